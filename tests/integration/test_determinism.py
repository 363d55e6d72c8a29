"""The same scenarios give the same history, to the byte, in any process and with any hash seed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.loading.loader import load_cases, load_scenario
from scenarios.running.runner import ScenarioRun

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "scenarios" / "library").glob("*.yaml"))
CASES = [scenario for file in FILES for scenario in load_cases(file)]


@pytest.fixture(scope="module")
def timelines(tmp_path_factory):
    """The timelines of the library by file name, as ``pds-sim run`` writes them with a hash seed."""

    def write(hash_seed):
        directory = tmp_path_factory.mktemp("timelines")
        outcome = subprocess.run(  # noqa: S603  # our own command
            [Path(sys.executable).with_name("pds-sim"), "run", "-q", "--timeline", directory, *FILES],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (outcome.returncode, outcome.stderr) == (0, "")
        assert outcome.stdout.endswith(f"\n{len(CASES)} passed, 0 failed\n")
        return {file.name: file.read_bytes() for file in directory.iterdir()}

    return {hash_seed: write(hash_seed) for hash_seed in ("1", "2")}


def test_two_processes_write_the_same_bytes(timelines):
    assert timelines["1"] == timelines["2"]
    assert set(timelines["1"]) == {f"{scenario.title}.jsonl" for scenario in CASES}
    assert all(timelines["1"].values())


@pytest.mark.parametrize("scenario", CASES, ids=lambda scenario: scenario.title)
def test_this_process_has_the_same_history(timelines, scenario):
    with ScenarioRun(scenario) as current:
        list(current.steps())

        assert current.simulator.timeline.to_json_lines().encode() == timelines["1"][f"{scenario.title}.jsonl"]


def test_another_seed_gives_another_history(timelines):
    [file] = [file for file in FILES if file.stem == "drawn-durations"]
    with ScenarioRun(load_scenario(file), seed=43) as current:
        list(current.steps())

        assert current.simulator.timeline.to_json_lines().encode() != timelines["1"]["drawn-durations.jsonl"]


def test_a_reset_gives_the_same_history_again(timelines):
    [file] = [file for file in FILES if file.stem == "drawn-durations"]
    with ScenarioRun(load_scenario(file)) as current:
        list(current.steps())
        current.simulator.reset()
        list(current.steps())

        assert current.simulator.timeline.to_json_lines().encode() == timelines["1"]["drawn-durations.jsonl"]


TASKS = """
import asyncio
import random

import grpc

from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2


async def client(sim, stub, number):
    drawn = random.Random(number)
    for attempt in range(4):
        try:
            request = sim.requests.create(f"copy-{number}-{attempt}", backup="orders-backup", namespace="shop-staging")
            created = await stub.CreateRestore(request, timeout=4)
            await asyncio.sleep(drawn.random() * 20)
            await stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid), timeout=2)
        except grpc.aio.AioRpcError:
            await asyncio.sleep(drawn.expovariate(1))


async def main(sim):
    async with sim.aio_channel() as channel:
        await asyncio.gather(*(client(sim, RestoreServiceStub(channel), number) for number in range(8)))


with Simulator(seed=5) as sim:
    sim.inject(faults.hang(), method="GetRestore", probability=0.3)
    sim.inject(faults.error(), method="CreateRestore", probability=0.3)
    sim.run(main(sim))
    print(sim.timeline.to_json_lines())
"""


def test_tasks_of_asyncio_have_the_same_history_in_each_process():
    histories = [
        subprocess.run(  # noqa: S603  # our own
            [sys.executable, "-c", TASKS],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]

    assert histories[0] == histories[1]
    assert b"DEADLINE_EXCEEDED" in histories[0]
