"""The client of another language that the README shows gets its answer, as it stands there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import Simulator

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PORT = "50051"


@pytest.fixture
def simulator():
    with Simulator(clock="wall", speed=60) as running:
        yield running


def test_it_creates_a_restore(simulator, tmp_path):
    [command] = re.findall(r"^```sh\n(buf curl .*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    port = simulator.target.rpartition(":")[2]
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    ended = subprocess.run(  # noqa: S603  # our own README
        ["/bin/sh", "-c", command.replace(PORT, port)],
        env=os.environ | {"PATH": tools, "HOME": str(tmp_path), "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    answered = json.loads(ended.stdout)
    [restore] = simulator.world.restores.values()
    assert (answered["meta"]["name"], answered["meta"]["uid"]) == ("orders-copy", restore.uid)
    assert answered["status"]["phase"] == "INITIALIZING"
    assert [call.method for call in simulator.calls] == ["CreateRestore"]
