"""In an event loop in virtual time, a client that looks at a clock of Python sees the time of the world."""

import asyncio
import datetime
import threading
import time
from datetime import UTC
from time import monotonic

import pytest
import tenacity

from simulator import Simulator


def read(clock):
    return {
        "from time import": monotonic,
        "datetime.now": lambda: datetime.datetime.now(UTC).timestamp(),
        "datetime.today": lambda: datetime.datetime.today().timestamp(),  # noqa: DTZ002  # clients do
    }.get(clock) or getattr(time, clock)


CLOCKS = {
    "time": 1,
    "time_ns": 1e9,
    "monotonic": 1,
    "monotonic_ns": 1e9,
    "perf_counter": 1,
    "perf_counter_ns": 1e9,
    "from time import": 1,
    "datetime.now": 1,
    "datetime.today": 1,
}
"""Clocks, with how much they count in a second."""


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_client_that_polls_until_a_deadline_ends_there(sim, elapsed, clock):
    async def poll():
        deadline = read(clock)() + 60 * CLOCKS[clock]
        while read(clock)() < deadline:  # noqa: ASYNC110  # clients do
            await asyncio.sleep(0.5)

    sim.run(poll)
    assert elapsed() == pytest.approx(60, abs=0.5)


def test_clocks_tell_the_time_of_the_world(sim):
    async def main():
        await asyncio.sleep(90)
        return datetime.datetime.now(UTC), time.time(), time.monotonic()

    before = time.monotonic()
    now, seconds, monotonic_seconds = sim.run(main)
    after = time.monotonic()
    assert now == sim.now
    assert seconds == sim.now.timestamp()
    assert monotonic_seconds > after + 60 > before + 60
    assert after - before < 10


def test_tenacity_stops_after_a_delay(sim, elapsed):
    @tenacity.retry(wait=tenacity.wait_fixed(2), stop=tenacity.stop_after_delay(9), reraise=True)
    async def attempt():
        raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        sim.run(attempt)
    assert elapsed() == 10


def test_who_blocks_the_loop_makes_others_late(sim, elapsed):
    async def block():
        time.sleep(4)  # noqa: ASYNC251  # nobody should

    async def sleep():
        await asyncio.sleep(3)
        return elapsed()

    async def main():
        return (await asyncio.gather(sleep(), block()))[0]

    assert sim.run(main) == 4


def test_who_waits_by_looking_at_the_clock_waits_in_the_end(sim, elapsed):
    async def spin():
        deadline = time.monotonic() + 0.1
        while time.monotonic() < deadline:
            pass
        while time.monotonic() < deadline + 0.1:  # noqa: ASYNC110  # clients do
            await asyncio.sleep(0)

    sim.run(spin)
    assert elapsed() == pytest.approx(0.2, abs=0.03)


def test_other_threads_look_at_the_real_clocks(sim):
    async def main():
        await asyncio.sleep(3600)
        return await asyncio.to_thread(time.time)

    assert sim.run(main) == pytest.approx(time.time(), abs=60)


def test_loops_of_two_simulators_have_their_own_time():
    both_run = threading.Barrier(2, timeout=20)
    seen = {}

    def run(seconds):
        async def main():
            both_run.wait()
            began = time.time()
            await asyncio.sleep(seconds)
            seen[seconds] = time.time() - began
            both_run.wait()

        with Simulator() as sim:
            sim.run(main)

    functions = time.monotonic, time.time, time.sleep, datetime.datetime
    threads = [threading.Thread(target=run, args=(seconds,)) for seconds in (10, 600)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {10: 10, 600: 600}
    assert (time.monotonic, time.time, time.sleep, datetime.datetime) == functions


def test_a_client_sees_either_its_threads_time_or_its_loops(sim):
    with (
        sim.virtual_sleep(),
        pytest.raises(RuntimeError, match=r"sim\.run\(\) can't begin inside virtual_sleep\(\) of this"),
    ):
        sim.run(lambda: asyncio.sleep(1))


@pytest.mark.parametrize("clock", ["manual", "wall"])
def test_a_client_sees_the_time_of_one_simulator(sim, clock):
    with Simulator(clock=clock) as other, sim.virtual_sleep():
        for begin in (lambda: other.run(lambda: asyncio.sleep(1)), other.event_loop):
            with pytest.raises(RuntimeError, match=r"can't begin inside virtual_sleep\(\) of another simulator"):
                begin()
        assert sim.elapsed.total_seconds() == 0
    with Simulator() as other, sim.virtual_sleep(modules=["json"]):
        other.run(lambda: asyncio.sleep(1))
        assert other.elapsed.total_seconds() == 1
