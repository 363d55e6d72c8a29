"""The clients of other languages that the README shows get their answers, as they stand there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.cli.http_port import HTTP_PORT, serving_http
from scenarios.loading.setups import read_setup
from simulator import Simulator
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
GRPC_PORT = 50051


@pytest.fixture
def simulator():
    with Simulator(clock="wall", speed=60) as running:
        yield running


@pytest.fixture
def run(tmp_path):
    """Runs the only command of the README that begins so, against a server, and gives the JSON that it prints."""

    def run(server, beginning, more=()):
        [command] = re.findall(rf"^```sh\n({beginning}.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
        tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        with serving_http(server.channel(), "127.0.0.1", 0, (), (), more) as url:
            for usual, port in ((GRPC_PORT, server.target), (HTTP_PORT, url)):
                command = command.replace(str(usual), port.rpartition(":")[2])
            ended = subprocess.run(  # noqa: S603  # our own README
                ["/bin/sh", "-c", command],
                env=os.environ | {"PATH": tools, "HOME": str(tmp_path), "NO_PROXY": "127.0.0.1"},
                capture_output=True,
                text=True,
                check=False,
            )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return run


@pytest.mark.parametrize("beginning", ["buf curl", "curl http"])
def test_it_creates_a_restore(simulator, run, beginning):
    answered = run(simulator, beginning)

    [restore] = simulator.world.restores.values()
    assert (answered["meta"]["name"], answered["meta"]["uid"]) == ("orders-copy", restore.uid)
    assert answered["status"]["phase"] == "INITIALIZING"
    assert [call.method for call in simulator.calls] == ["CreateRestore"]


def test_it_makes_a_session(run):
    with SimulatorServer(SessionSetup(), read_scenario=read_setup) as server:
        made = run(server, "curl --data", server.descriptors)

        assert (made["seed"], made["clock"], made["dedicatedPort"]) == ("7", "manual", True)
        assert [hosted.id for hosted in server.sessions] == ["default", made["id"]]
