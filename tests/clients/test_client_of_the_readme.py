"""The clients of other languages that the README shows get their answers, as they stand there."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.cli.http_port import HTTP_PORT

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
GRPC_PORT = 50051
TOOLS = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def snippet(addresses):
    """Gives the only snippet of the README in a language that begins so, for the server that runs."""

    def find(language, beginning=""):
        [text] = re.findall(rf"^```{language}\n({beginning}.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
        for usual, address in ((GRPC_PORT, addresses["PDS_SIM_GRPC"]), (HTTP_PORT, addresses["PDS_SIM_HTTP"])):
            text = text.replace(str(usual), address.rpartition(":")[2])
        return text

    return find


@pytest.fixture
def answers(tmp_path):
    """Runs commands, and gives the JSON documents that they print."""

    def run(script):
        ended = subprocess.run(  # noqa: S603  # our own README
            ["/bin/sh", "-ec", script],
            env=os.environ | {"PATH": TOOLS, "HOME": str(tmp_path), "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        found, rest = [], ended.stdout
        while rest:
            document, end = json.JSONDecoder().raw_decode(rest)
            found.append(document)
            rest = rest[end:].lstrip()
        return found

    return run


def test_buf_creates_a_restore(snippet, answers):
    [created] = answers(snippet("sh", "buf curl"))

    assert (created["meta"]["name"], created["status"]["phase"]) == ("orders-copy", "INITIALIZING")


def test_curl_drives_a_session(snippet, answers):
    session, rule, created, _advanced, listed, ended = answers(snippet("sh", "curl --data"))

    assert (session["id"], session["seed"], rule["fired"]) == ("mine", "7", "0")
    [restore] = listed["restores"]
    assert restore["meta"]["uid"] == created["meta"]["uid"]
    assert restore["status"]["errorCode"] == "FAILED_BACKUP_CREDENTIAL_SYNC"
    assert ended == {"complaints": []}


@pytest.mark.timeout(900)
def test_the_test_in_go_passes(snippet, go_module, run):
    folder = go_module / "orders"
    folder.mkdir()
    (folder / "orders_test.go").write_text(snippet("go"))

    lines = run("go", "test", "-trimpath", "-count=1", "-v", "./orders", cwd=go_module)

    assert sum(line.startswith("--- PASS: ") for line in lines) == 1


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def test_the_recipe_for_continuous_integration_runs_tests_side_by_side(run, tmp_path):
    [recipe] = re.findall(r"^```sh\n(set -e\n.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    ports = {GRPC_PORT: free_port(), HTTP_PORT: free_port()}
    recipe = recipe.replace("pds-sim serve", f"pds-sim serve --port {ports[GRPC_PORT]} --http-port {ports[HTTP_PORT]}")
    [test] = re.findall(r"^```ts\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    for number in range(3):
        (tmp_path / f"orders-{number}.test.mjs").write_text(test.replace(str(HTTP_PORT), str(ports[HTTP_PORT])))
    run("node", "--version", cwd=tmp_path)  # or says that it is missing

    lines = run("bash", "-c", recipe, cwd=tmp_path, PATH=TOOLS)

    assert "# pass 3" in lines
    assert not (tmp_path / "ready.json").exists()  # the server has ended, and is not left behind
