"""Tasks come out of a cluster as out of one process, also when one of its workers dies."""

import json
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from click.testing import CliRunner

from scenarios.cli import main
from scenarios.exploration import dask_pool
from scenarios.exploration.dask_pool import DaskPool

START_SECONDS = 60
END_SECONDS = 30
LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("dask")


@pytest.fixture(scope="module")
def start(folder):
    """Starts a program of dask, which ends with the tests of this module."""
    with ExitStack() as stack:

        def start_program(name, *arguments):
            command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *LOOPBACK, *arguments]
            process = subprocess.Popen(  # noqa: S603  # our own interpreter
                command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
            return process

        yield start_program


@pytest.fixture(scope="module")
def address(start, folder):
    """The address of a scheduler."""
    file = folder / "scheduler.json"
    scheduler = start("scheduler", "--port", "0", "--scheduler-file", str(file))
    until = time.monotonic() + START_SECONDS
    while not file.exists() or not file.read_text().endswith("}"):
        assert scheduler.poll() is None, "the scheduler has ended"
        assert time.monotonic() < until, "the scheduler does not get ready"
        time.sleep(0.02)
    return json.loads(file.read_text())["address"]


@pytest.fixture
def workers(start, address, tmp_path, monkeypatch):
    """Two workers that find the client on their path."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    started = [start("worker", address, "--nthreads", "1", "--no-nanny") for _ in range(2)]
    yield started
    for worker in started:
        worker.terminate()
        worker.wait()


@pytest.mark.parametrize("function", ["lists", "kills_its_parent_once", "stops_its_parent_once"])
def test_results_are_the_same_on_a_cluster_also_where_a_worker_ends(address, workers, setup, tasks, expected, function):
    with DaskPool(address, setup(function)) as pool:
        results = dict(pool.results(tasks))

    assert json.dumps([results[number] for number in range(len(tasks))]) == expected
    ended_count = int(function != "lists")
    until = time.monotonic() + END_SECONDS
    while sum(worker.poll() is not None for worker in workers) < ended_count:
        assert time.monotonic() < until, "no worker has ended"
        time.sleep(0.02)
    assert sum(worker.poll() is None for worker in workers) == len(workers) - ended_count


@pytest.mark.usefixtures("workers", "setup")
def test_an_exploration_finds_the_same_on_a_cluster_where_a_worker_dies_as_here(address, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # where findings are written

    def findings(function, *where):
        arguments = ["explore", "--check", f"client_of_pools:{function}", "--examples", "60", "--seed", "3", "--json"]
        outcome = CliRunner().invoke(main, [*arguments, *where])
        assert outcome.exit_code == 1
        shutil.rmtree("findings")  # in which another client's would be kept
        return json.loads(outcome.stdout.splitlines()[-1])

    here, there = findings("lists"), findings("kills_its_parent_once", "--dask", address)

    assert there == here
    assert here["runs"] == 61


@pytest.mark.usefixtures("workers")
def test_a_setup_that_makes_no_sense_is_refused_by_the_workers(address, setup, tasks):
    with DaskPool(address, setup("restores")) as pool, pytest.raises(ValueError, match="has no function 'restores'"):
        next(pool.results(tasks))


def test_a_cluster_without_workers_and_none_at_all_are_told(address, setup, monkeypatch):
    monkeypatch.setattr(dask_pool, "CONNECT_SECONDS", 0.3)
    with (
        pytest.raises(OSError, match=f"the dask cluster at {address} has no worker"),
        DaskPool(address, setup("lists")),
    ):
        pass
    with pytest.raises(OSError, match=r"no dask scheduler answers at tcp://127.0.0.1:9"):
        DaskPool("tcp://127.0.0.1:9", setup("lists")).__enter__()
    with pytest.raises(ValueError, match=r"'nonsense' is no address; expected one such as 'tcp://"):
        DaskPool("nonsense", setup("lists")).__enter__()
