"""Exploration: how many fault schedules a core runs in a second, what more processes and machines give, and memory."""

import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import Client
from hypothesis import HealthCheck, given, settings

from scenarios.clients.functions import find_function
from scenarios.exploration import explore, rule_sets
from scenarios.exploration.dask_pool import DaskPool
from scenarios.exploration.explorer import searches
from scenarios.exploration.pools import Processes
from simulator import Simulator

pytestmark = pytest.mark.benchmark(group="exploration")
HERE = Path(__file__).parent
CLIENT = "polling_client:check"
SETUP = {
    "client": {"check": CLIENT},
    "world": {},
    "clock": "manual",
    "limits": {},
    "space": {},
    "oracles": ["client", "call_storm", "duplicate_restore", "polled_final_restore"],
    "seed": 1,
}
WORKERS = 2
MEMORY = """
import json, resource, sys
from scenarios.exploration import explore

def resident_kib():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 1024

count, early = int(sys.argv[1]), []
sys.path.append(sys.argv[2])

def watch(progress):
    if progress.runs >= count // 10 and not early:
        early.append(resident_kib())

exploration = explore("polling_client:check", examples=count, seed=1, watcher=watch)
print(json.dumps({"runs": exploration.runs, "early": early[0], "late": resident_kib()}))
"""


@pytest.fixture(autouse=True)
def _path(monkeypatch):
    """The client is on the path, and so it is for processes that we start."""
    monkeypatch.syspath_prepend(HERE)


def with_explore(count):
    assert explore(CLIENT, examples=count, seed=1).runs == count + 1


def with_hypothesis(count):
    check, ran = find_function(CLIENT), []

    @settings(max_examples=count, database=None, derandomize=True, deadline=None, suppress_health_check=HealthCheck)
    @given(rules=rule_sets())
    def survives(rules):
        with Simulator(rules=rules, strict=False, listen=False) as sim:
            check(sim)
        ran.append(rules)

    survives()
    assert len(ran) >= count


@pytest.mark.parametrize("way", [with_explore, with_hypothesis])
def test_schedules_of_a_core(benchmark, tell, sizes, way):
    count, rates = min(sizes.few, 300), []

    def run():
        began = time.process_time()
        way(count)
        rates.append(count / (time.process_time() - began))

    benchmark.pedantic(run, rounds=sizes.rounds(8), warmup_rounds=1)
    rate = statistics.median(rates)
    what = f"schedules in a second of a core, {way.__name__.replace('_', ' ')}, a client of twenty calls in process"
    tell(f"{rate:.0f} {what}; goal ≥ 300", what=what, goal="≥ 300", ratio=rate)


def test_hypothesis_and_the_search(against, sizes):
    count = min(sizes.few, 300)
    against(
        lambda: with_hypothesis(count),
        lambda: with_explore(count),
        what="times as long as pds-sim explore, rule sets that hypothesis draws, a client of twenty calls in process",
        goal="≤ 1.5",
        rounds=8,
    )


def run_in(pool, count):
    tasks = searches(0, count, ["CreateRestore", "GetRestore"])
    assert sum(result["runs"] for _, result in pool.results(tasks)) == count


def test_two_processes(against, sizes):
    count = sizes.few
    with Processes(1, SETUP) as one, Processes(WORKERS, SETUP) as two:
        against(
            lambda: run_in(two, count),
            lambda: run_in(one, count),
            what="times the schedules of one process, two processes",
            goal="≥ 1.8",
            rounds=10,
            inverse=True,
        )


@contextmanager
def dask_cluster(folder):
    """A scheduler and workers on this machine; gives the address."""
    file = folder / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": str(HERE)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": folder}
    own = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    programs = [["scheduler", "--port", "0"], *[["worker", "--nthreads", "1", "--no-nanny"]] * WORKERS]
    started = [
        subprocess.Popen([sys.executable, "-m", f"distributed.cli.dask_{name}", *arguments, *own], **quiet)
        for name, *arguments in programs
    ]
    try:
        while not file.exists() or not file.read_text().endswith("}"):
            assert started[0].poll() is None, "the scheduler has ended"
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(WORKERS)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def test_a_cluster(against, sizes, tmp_path):
    count = 10 * sizes.few
    with (
        dask_cluster(tmp_path) as address,
        DaskPool(address, SETUP) as cluster,
        Processes(WORKERS, SETUP) as processes,
    ):
        against(
            lambda: run_in(cluster, count),
            lambda: run_in(processes, count),
            what=f"times as long as in processes of our own, {count:,} schedules on a dask cluster of two workers",
            goal="≤ 1.15",
            rounds=3,
        )


def test_memory(benchmark, run_python, tell, sizes):
    found = json.loads(benchmark.pedantic(run_python, args=(MEMORY, sizes.some, HERE), rounds=1))
    assert found["runs"] == sizes.some + 1
    growth = found["late"] / found["early"]
    what = f"times the memory after a tenth, {sizes.some:,} schedules"
    tell(f"{growth:.3f} {what}; goal ≤ 1.05", what=what, goal="≤ 1.05", ratio=growth)
