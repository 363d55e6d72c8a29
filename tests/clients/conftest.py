"""Clients of other teams: programs in other languages, and stubs in Python, generated into the default descriptor pool.

What gRPC and Google publish for everybody is vendored: it lies at a path of the team's own, so that protobuf takes its
symbols for a second definition wherever the same ones are known already.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import pytest

API = Path(str(files("simulator.api")))
KNOWN_FIELD = "string custom_resource_name = 3 [(google.api.field_behavior) = OUTPUT_ONLY];"
NEWER_FIELD = "string newer_field = 4;"

HERE = Path(__file__).parent
TOOLS = {"go": ("go",), "mvn": ("mvn", "javac"), "node": ("node",), "npm": ("npm", "node")}
"""What a command needs that may be missing on a machine."""
BUILD_SECONDS = 600
START_SECONDS = 30


def generate_stubs(protos, stubs):
    subprocess.run(  # noqa: S603  # our own interpreter
        [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            f"--proto_path={protos}",
            f"--python_out={stubs}",
            f"--grpc_python_out={stubs}",
            *sorted(str(path.relative_to(protos)) for path in protos.rglob("*.proto")),
        ],
        check=True,
    )


@pytest.fixture(scope="session", params=["same", "newer"])
def stubs(request, tmp_path_factory):
    """A folder with stubs of the API, the newer ones with a field that the simulator does not know."""
    protos, stubs = (tmp_path_factory.mktemp(f"{request.param}-{what}") for what in ("protos", "stubs"))
    for proto in API.rglob("*.proto"):
        path = proto.relative_to(API).as_posix()
        copy = protos / (path if path.startswith("public/") else f"vendored/{path}")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(
            re.sub(r'^import "(google/(?:api|rpc)/)', r'import "vendored/\1', proto.read_text(), flags=re.MULTILINE)
        )
    if request.param == "newer":
        restore = protos / "public/portworx/pds/restore/apiv1/restore.proto"
        before = restore.read_text()
        assert before.count(KNOWN_FIELD) == 1
        restore.write_text(before.replace(KNOWN_FIELD, f"{KNOWN_FIELD}\n  {NEWER_FIELD}"))
    generate_stubs(protos, stubs)
    return stubs


@pytest.fixture(scope="session")
def run():
    """Runs a command to its end, and gives the lines that it prints.

    Where the tools for it are missing, the test is skipped and says so; in continuous integration it fails.
    """

    def run(*command, cwd, **variables):
        program = command[-1].split()[0] if command[0] == "sh" else command[0]
        missing = [tool for tool in TOOLS.get(program, ()) if shutil.which(tool) is None]
        if missing:
            refuse = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            refuse(f"install {' and '.join(missing)} to test the clients of other languages")
        ended = subprocess.run(  # noqa: S603  # what the tests say
            list(map(str, command)),
            cwd=cwd,
            env=os.environ | {name: str(value) for name, value in variables.items()},
            capture_output=True,
            text=True,
            check=False,
            timeout=BUILD_SECONDS,
        )
        assert ended.returncode == 0, f"{command[0]} failed:\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout.splitlines()

    return run


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """Copies the sources of a client to where they can be built, and gives the folder."""
    return lambda name: shutil.copytree(HERE / name, tmp_path_factory.mktemp(name) / name)


@pytest.fixture(scope="session")
def protos(run, tmp_path_factory):
    """The folder that ``pds-sim protos`` writes, and the commands that it prints, by language."""
    folder = tmp_path_factory.mktemp("written") / "protos"
    printed = run(sys.executable, "-m", "scenarios.cli", "protos", "--output", folder, cwd=folder.parent)
    languages = [paragraph.splitlines() for paragraph in "\n".join(printed).split("\n\n")[1:]]
    return folder, {
        language: [needs, *(line.strip() for line in lines)]
        for heading, *lines in languages
        for language, _, needs in [heading.partition(": ")]
    }


@pytest.fixture(scope="session")
def shell(run, tmp_path_factory):
    """Runs a line of a shell in a folder, with the programs in its ``bin``, protoc, buf and our Python on the PATH."""
    protoc = tmp_path_factory.mktemp("protoc") / "protoc"
    protoc.write_text(f'#!/bin/sh\nexec {sys.executable} -m grpc_tools.protoc "$@"\n')
    protoc.chmod(0o755)

    def run_line(line, folder, **variables):
        places = [folder / "bin", protoc.parent, Path(sys.executable).parent, os.environ["PATH"]]
        return run("sh", "-ec", line, cwd=folder, PATH=os.pathsep.join(map(str, places)), **variables)

    return run_line


RECIPES = (HERE.parents[1] / "simulator" / "recipes.md").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def go_module(project, run, protos, shell):
    """The client in Go, with the stubs that protoc makes without options."""
    client = project("go")
    [making_modules] = re.findall(r"^```sh\n(for module in .*?)^```$", RECIPES, flags=re.MULTILINE | re.DOTALL)
    shell(making_modules, client)
    run("go", "build", "-o", "bin/", "tool", cwd=client)  # protoc's plugins, of the versions in go.mod

    _, languages = protos
    _, protoc, _ = languages["Go"]
    shell(protoc, client)
    return client


@pytest.fixture(scope="session")
def addresses(tmp_path_factory):
    """The addresses of a running ``pds-sim serve``, as variables of the environment."""
    ready = tmp_path_factory.mktemp("served") / "ready.json"
    command = [sys.executable, "-m", "scenarios.cli", "serve", "--port=0", "--http-port=0", f"--ready-file={ready}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:  # noqa: S603  # our own interpreter
        until = time.monotonic() + START_SECONDS
        while not ready.exists():
            assert server.poll() is None, "the server has ended"
            assert time.monotonic() < until, "the server does not get ready"
            time.sleep(0.02)
        found = json.loads(ready.read_text())
        yield {"PDS_SIM_GRPC": found["grpc"], "PDS_SIM_HTTP": found["http"]}
        server.terminate()
