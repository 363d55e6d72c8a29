"""A client that is a function of a module, and tasks that run it."""

import json

import pytest

from scenarios.exploration.pools import InProcess
from scenarios.exploration.search import perform
from scenarios.exploration.trials import Trials

CLIENT = """
import os, signal, subprocess, sys, time
from pathlib import Path
from simulator.api import RestoreServiceStub, restore_pb2

HERE = Path(__file__).parent


def lists(sim):
    print("not an answer")
    RestoreServiceStub(sim.channel()).ListRestores(restore_pb2.ListRestoresRequest())


def dies_once(sim):
    try:
        (HERE / "died").touch(exist_ok=False)
    except FileExistsError:
        lists(sim)
    else:
        os.kill(os.getpid(), signal.SIGKILL)


def kills_its_parent_once(sim):
    signals_its_parent_once(sim, signal.SIGKILL)


def stops_its_parent_once(sim):
    signals_its_parent_once(sim, signal.SIGTERM)


def signals_its_parent_once(sim, number):
    try:
        (HERE / "sent").touch(exist_ok=False)
    except FileExistsError:
        lists(sim)
    else:
        os.kill(os.getppid(), number)
        time.sleep(60)


def dies_of_error(sim):
    if sim.rules:
        os.kill(os.getpid(), signal.SIGKILL)


def never_gives_up(sim):
    while sim.rules:
        try:
            time.sleep(60)
        except BaseException:
            pass


def hangs(sim):
    (HERE / "began").touch()
    time.sleep(60)


def takes_stdin(sim):
    if not (HERE / "taken").exists():
        (HERE / "taken").touch()
        assert sys.stdin.read() == ""
        os.close(0)
    lists(sim)


def forks_and_returns(sim):
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        lists(sim)


def leaves_a_process(sim):
    if not (HERE / "left").exists():
        (HERE / "left").write_text(str(subprocess.Popen(["sleep", "60"]).pid))
    lists(sim)
"""


@pytest.fixture
def setup(tmp_path, monkeypatch):
    """Makes the setup of trials with a function of a module that is on the path of this process alone."""
    (tmp_path / "client_of_pools.py").write_text(CLIENT)
    monkeypatch.syspath_prepend(tmp_path)

    def make(function):
        return {
            "client": {"check": f"client_of_pools:{function}"},
            "world": {},
            "clock": "manual",
            "limits": {},
            "space": {"effects": ["error"]},
            "oracles": ["client", "unhandled_status", "hang"],
            "seed": 7,
        }

    return make


@pytest.fixture
def tasks():
    return [{"search": {"first": first, "count": 5}} for first in range(0, 20, 5)]


@pytest.fixture
def expected(setup, tasks):
    """What comes of the tasks in this process, as JSON."""
    trials = Trials.from_plain(setup("lists"))
    return json.dumps([result for _, result in InProcess(lambda task: perform(trials, task)).results(tasks)])
