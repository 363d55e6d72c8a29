"""The clients of other languages that the pages of documentation show get their answers, as they stand there."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.cli.http_port import HTTP_PORT

ROOT = Path(__file__).parents[2]
PAGES = "".join((ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "simulator/recipes.md"))
GRPC_PORT = 50051
TOOLS = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def shown(language, beginning=""):
    """The only snippet in a language that begins so."""
    [text] = re.findall(rf"^```{language}\n({beginning}.*?)^```$", PAGES, flags=re.MULTILINE | re.DOTALL)
    return text


def with_ports(text, grpc_port, http_port):
    return text.replace(str(GRPC_PORT), str(grpc_port)).replace(str(HTTP_PORT), str(http_port))


@pytest.fixture
def snippet(addresses):
    """Gives the only snippet in a language that begins so, for the server that runs."""
    ports = [addresses[name].rpartition(":")[2] for name in ("PDS_SIM_GRPC", "PDS_SIM_HTTP")]
    return lambda language, beginning="": with_ports(shown(language, beginning), *ports)


@pytest.fixture
def answers(tmp_path):
    """Runs commands, and gives the JSON documents that they print."""

    def run(script):
        ended = subprocess.run(  # noqa: S603  # our own documentation
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
    ports = free_port(), free_port()
    start = "pds-sim serve --port {} --http-port {}".format(*ports)
    for number in range(3):
        (tmp_path / f"orders-{number}.test.mjs").write_text(with_ports(shown("ts"), *ports))
    (tmp_path / "test_orders.py").write_text(shown("python", "import pytest\n"))
    run("node", "--version", cwd=tmp_path)  # or says that it is missing

    recipe = with_ports(shown("sh", "set -e\n"), *ports).replace("pds-sim serve", start)
    lines = run("bash", "-c", recipe, cwd=tmp_path, PATH=TOOLS)

    assert "# pass 3" in lines
    assert any("1 passed in " in line for line in lines)
    assert not (tmp_path / "ready.json").exists()  # the server has ended, and is not left behind


def test_a_test_with_stubs_of_its_own_passes(protos, shell, tmp_path):
    _needs, command = protos[1]["Python"]
    shell(command, tmp_path)
    (tmp_path / "test_own_stubs.py").write_text(shown("python", "from public"))

    lines = shell("pytest -q test_own_stubs.py", tmp_path, PYTHONPATH=tmp_path / "generated" / "python")

    assert any("1 passed in " in line for line in lines)
