"""Clients in other languages work: the shipped .proto files are all that they need, on both ports.

What a client has to see it checks itself, with the test runner of its language.
"""

import os
import re
from importlib.resources import files
from pathlib import Path

import pytest

from simulator import Simulator
from simulator.api.pool import POOL

API = Path(str(files("simulator.api")))
SEEN = ["SUCCESSFUL", "namespace_id"]
"""The phase in which the restore of the client in Java ended, and the first field that its empty request lacked."""

pytestmark = pytest.mark.timeout(900)  # the first run of a machine downloads and compiles what the clients depend on


@pytest.fixture
def arguments():
    """What the client in Java needs to know of a simulator: its address, a namespace, a project and a backup."""
    with Simulator(clock="on_poll") as sim:
        world = sim.world
        entities = (world.namespaces["shop-staging"], world.projects["shop"], world.backups["orders-backup"])
        yield [sim.target, *(entity.uid for entity in entities)]


def test_a_client_in_go_with_stubs_of_its_own_sees_what_it_expects(go_module, run, addresses):
    # Without paths, what is compiled is cached.
    lines = run("go", "test", "-trimpath", "-count=1", "-v", ".", cwd=go_module, **addresses)

    passed = [line for line in lines if line.startswith("--- PASS: ")]
    assert len(passed) == sum(file.read_text().count("\nfunc Test") for file in go_module.glob("*_test.go"))


def test_a_client_in_node_sees_what_it_expects(project, run, protos, addresses):
    client = project("node")
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", cwd=client)

    lines = run("node", "--test", "--test-reporter=tap", cwd=client, PDS_SIM_PROTOS=protos[0], **addresses)

    passed = [line for line in lines if line.startswith("ok ")]
    assert len(passed) == sum(file.read_text().count("\ntest(") for file in client.glob("*.test.js"))


def test_the_packages_in_go_of_what_others_publish_are_those_that_they_publish(project, run):
    client = project("go")
    generated = re.findall(r"^\t(\S+) => ", (client / "go.mod").read_text(), flags=re.MULTILINE)
    protos = [
        path.relative_to(API).as_posix() for folder in ("google", "grpc") for path in API.glob(f"{folder}/**/*.proto")
    ]
    packages = {POOL.FindFileByName(proto).GetOptions().go_package.partition(";")[0] for proto in protos}

    dropped = [f"-drop{what}={module}" for module in generated for what in ("require", "replace")]
    run("go", "mod", "edit", *dropped, cwd=client)
    assert set(run("go", "list", *packages, cwd=client)) == packages


def test_a_client_in_java_is_generated_from_all_proto_files(project, run, protos, arguments):
    client = project("java")

    run(
        *("mvn", "--batch-mode", "--quiet", f"-Dprotos={protos[0]}"),
        *("compile", "dependency:build-classpath", "-Dmdep.outputFile=libraries"),
        cwd=client,
        MAVEN_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # twice as fast for a run as short as this
    )
    libraries = (client / "libraries").read_text()

    generated = {path.stem for path in client.glob("target/classes/**/*.class")}
    assert {"RestoreServiceGrpc", "Meta", "PageBasedPaginationRequest", "Sort", "HealthGrpc", "BadRequest"} <= generated
    assert run("java", "-cp", f"target/classes{os.pathsep}{libraries}", "client.Main", *arguments, cwd=client) == SEEN


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
@pytest.mark.parametrize(("command", "told"), [("go", "go"), ("npm", "npm and node"), ("mvn", "mvn and javac")])
def test_a_missing_tool_is_told_and_fails_in_continuous_integration(
    run, monkeypatch, tmp_path, command, told, ci, outcome
):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", ci)

    with pytest.raises(outcome, match=f"install {told} to test"):
        run(command, cwd=tmp_path)
