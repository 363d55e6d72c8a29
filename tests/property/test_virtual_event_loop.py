"""Whatever tasks sleep, they wake in the order of time, among the events of the world, and alike in each run."""

import asyncio
from itertools import accumulate

from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator import Simulator

naps = st.lists(st.integers(0, 3_000_000), max_size=5)
"""Sleeps of a task, in microseconds; seldom the same as anything in the world."""
round_naps = st.lists(st.sampled_from([0, 1, 2, 5, 10]).map(lambda seconds: seconds * 1_000_000), max_size=5)
"""Sleeps that end together, and with phases of restores."""


def run(tasks, restores_count, create_request_for, open_stub):
    """What happens, with its time in microseconds since the beginning: wake-ups, and events of the world."""
    log = []
    with Simulator() as sim:
        start = sim.now

        def note(what):
            log.append((round((sim.now - start).total_seconds() * 1e6), what))

        async def sleeper(name, sleeps):
            for number, microseconds in enumerate(sleeps):
                await asyncio.sleep(microseconds / 1e6)
                note((name, number))

        async def main():
            await asyncio.gather(*(sleeper(name, sleeps) for name, sleeps in enumerate(tasks)))

        stub = open_stub(sim)
        for number in range(restores_count):
            stub.CreateRestore(create_request_for(sim, f"copy-{number}"))
        sim.session.subscribe(lambda number, _: note(("world", number)))
        sim.run(main)
    return log


@settings(max_examples=30)
@example(tasks=[[10, 1], [11]], restores_count=0)  # a microsecond apart
@example(tasks=[[4, 4, 3], [3, 4, 3], [15, 7532], [475, 7207]], restores_count=0)
@given(tasks=st.lists(naps | round_naps, max_size=6), restores_count=st.integers(0, 3))
def test_tasks_wake_in_order_of_time(create_request_for, open_stub, tasks, restores_count):
    log = run(tasks, restores_count, create_request_for, open_stub)

    assert [time for time, _ in log] == sorted(time for time, _ in log)
    for name, sleeps in enumerate(tasks):
        assert [time for time, what in log if what[0] == name] == list(accumulate(sleeps))
    woken = [(time, what[0] != "world") for time, what in log]
    assert woken == sorted(woken), "the world comes first at each time"
    assert run(tasks, restores_count, create_request_for, open_stub) == log
