"""The shipped .proto files are all that clients in compiled languages need: stubs made of them compile and work."""

import os
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from simulator import Simulator
from simulator.api.pool import POOL

API = Path(str(files("simulator.api")))
HERE = Path(__file__).parent
GO_MODULE = "github.com/portworx/portworxapis"
SEEN = ["SUCCESSFUL", "namespace_id"]
"""The phase in which the restore of a client ended, and the first field that its empty request lacked."""

pytestmark = pytest.mark.timeout(900)  # the first run of a machine downloads and compiles what the clients depend on


def require_tools(*tools):
    """Skip the test where *tools* are missing, and say so; in continuous integration that is a failure."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        refuse = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        refuse(f"install {' and '.join(missing)} to test the clients of other languages")


@pytest.fixture
def project(tmp_path):
    """Copies the sources of a client to where they can be built, and gives the folder."""
    return lambda name: shutil.copytree(HERE / name, tmp_path / name)


@pytest.fixture
def arguments():
    """What a client needs to know of a simulator: its address, a namespace, a project and a backup."""
    with Simulator(clock="on_poll") as sim:
        world = sim.world
        entities = (world.namespaces["shop-staging"], world.projects["shop"], world.backups["orders-backup"])
        yield [sim.target, *(entity.uid for entity in entities)]


def run(*command, cwd, **variables):
    ended = subprocess.run(  # noqa: S603  # what this module says
        list(map(str, command)), cwd=cwd, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, f"{command[0]} failed:\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout.splitlines()


def test_a_client_in_go_is_generated_without_options(project, arguments):
    require_tools("go")
    client = project("go")
    generated = client / "generated"
    (generated / GO_MODULE).mkdir(parents=True)
    (generated / GO_MODULE / "go.mod").write_text(f"module {GO_MODULE}\n\ngo 1.24.0\n")
    run("go", "build", "-o", "bin/", "tool", cwd=client)  # protoc's plugins, of the versions in go.mod

    protos = sorted(path.relative_to(API) for path in API.glob("public/**/*.proto"))
    protoc = (sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={API}")
    tools = f"{client / 'bin'}{os.pathsep}{os.environ['PATH']}"
    run(*protoc, f"--go_out={generated}", f"--go-grpc_out={generated}", *protos, cwd=client, PATH=tools)

    run("go", "build", "-trimpath", "-o", "client", ".", cwd=client)  # without paths, what is compiled is cached
    assert run("./client", *arguments, cwd=client) == SEEN


def test_the_packages_in_go_of_what_others_publish_are_those_that_they_publish(project):
    require_tools("go")
    client = project("go")
    protos = [
        path.relative_to(API).as_posix() for folder in ("google", "grpc") for path in API.glob(f"{folder}/**/*.proto")
    ]
    packages = {POOL.FindFileByName(proto).GetOptions().go_package.partition(";")[0] for proto in protos}

    run("go", "mod", "edit", f"-droprequire={GO_MODULE}", f"-dropreplace={GO_MODULE}", cwd=client)
    assert set(run("go", "list", *packages, cwd=client)) == packages


def test_a_client_in_java_is_generated_from_all_proto_files(project, arguments):
    require_tools("javac", "mvn")
    client = project("java")

    run(
        *("mvn", "--batch-mode", "--quiet", f"-Dprotos={API}"),
        *("compile", "dependency:build-classpath", "-Dmdep.outputFile=libraries"),
        cwd=client,
        MAVEN_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # twice as fast for a run as short as this
    )
    libraries = (client / "libraries").read_text()

    generated = {path.stem for path in client.glob("target/classes/**/*.class")}
    assert {"RestoreServiceGrpc", "Meta", "PageBasedPaginationRequest", "Sort", "HealthGrpc", "BadRequest"} <= generated
    assert run("java", "-cp", f"target/classes{os.pathsep}{libraries}", "client.Main", *arguments, cwd=client) == SEEN
