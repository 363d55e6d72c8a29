"""A client that waits for ever is told where, since when, and what in the world is held."""

import asyncio
import inspect
import subprocess
import sys
from datetime import timedelta

import pytest

from simulator import Deadlock, Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2


def test_who_waits_for_ever_is_told_where_since_when_and_for_what(create_request_for, open_stub):
    with Simulator(allow_held=True) as sim:
        sim.gate(phase="PENDING", name="at-the-door")
        sim.inject(faults.hang(), method="ListRestores", name="silence")

        async def client():
            open_stub(sim).CreateRestore(create_request_for(sim))
            await asyncio.sleep(2.5)
            async with sim.aio_channel() as channel, asyncio.TaskGroup() as tasks:
                tasks.create_task(list_restores(RestoreServiceStub(channel)), name="lister")

        with pytest.raises(Deadlock) as failure:
            sim.run(client)
    line = list_restores.__code__.co_firstlineno + 1
    message = str(failure.value)
    assert "2025-01-01T00:00:02.500000Z" in message
    assert f"task 'lister' waits at {__file__}:{line} in list_restores" in message
    assert "task 'Task-" in message
    assert "at-the-door" in message
    assert "'silence' holds 1 call" in message
    assert "_invoke" not in message  # a task of gRPC's own


async def list_restores(stub):
    await stub.ListRestores(restore_pb2.ListRestoresRequest())


async def wait_for_each_other():
    me = asyncio.current_task()
    await asyncio.gather(asyncio.create_task(asyncio.wait([me])))


@pytest.mark.parametrize(
    "client",
    [
        lambda: asyncio.Event().wait(),
        lambda: asyncio.sleep(float("inf")),
        lambda: asyncio.sleep(1e12),
        lambda: asyncio.Queue().get(),
        wait_for_each_other,
    ],
    ids=["event", "for ever", "beyond the end of time", "queue", "each other"],
)
def test_waiting_for_what_never_comes_is_an_error(sim, client):
    async def main():
        await asyncio.sleep(1)
        await client()

    with pytest.raises(Deadlock, match="no restore and no call"):
        sim.run(main)
    assert sim.run(main_of_7) == 7


async def main_of_7():
    return 7


def test_polling_for_ever_is_told_after_a_limit(sim):
    async def poll():
        while True:
            sim.calls.summary()
            await asyncio.sleep(7)

    with pytest.raises(Deadlock, match=r"still waits after 600 s of virtual time.*'limit'") as caught:
        sim.run(poll, limit=timedelta(minutes=10))

    assert sim.elapsed == timedelta(seconds=602)
    assert f"waits at {__file__}:{poll.__code__.co_firstlineno + 3} in " in str(caught.value)
    with pytest.raises(Deadlock, match=r"86,400 s"):
        sim.run(poll)


def test_a_limit_that_makes_no_sense_is_refused(sim):
    with pytest.raises(ValueError, match="limit is -1"):
        sim.run(coroutine := main_of_7(), limit=-1)
    assert inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED, "else Python warns that nobody awaited it"
    with pytest.raises(TypeError, match="limit is '60'"):
        sim.event_loop(limit="60")


def test_who_still_waits_at_the_end_may_tidy_up(sim):
    tidied = []

    async def client():
        try:
            await asyncio.sleep(20)
            await asyncio.sleep(20)
        finally:
            await asyncio.sleep(5)
            tidied.append(sim.elapsed)

    with pytest.raises(Deadlock):
        sim.run(client, limit=10)

    assert tidied == [timedelta(seconds=25)]


def test_running_inside_an_event_loop_says_what_to_do(sim):
    async def within():
        with pytest.raises(RuntimeError, match=r"'await' the coroutine.*virtual_time=True"):
            sim.run(main_of_7())
        with pytest.raises(RuntimeError, match=r"'await'"):
            sim.run(main_of_7)
        return await main_of_7()

    assert asyncio.run(within()) == sim.run(within) == 7


def test_events_without_end_that_wake_nobody_are_told(sim, monkeypatch):
    monkeypatch.setattr("simulator.virtual_time.jumping_selector.FRUITLESS_EVENTS_MAX", 100)

    def tick(environment):
        while True:
            yield environment.timeout(timedelta(seconds=1) // timedelta(microseconds=1))

    with sim.session as world:
        world.environment.process(tick(world.environment))
    with pytest.raises(Deadlock, match="100 events woke none of its tasks"):
        sim.run(asyncio.Event().wait())


POLLER = """
import threading, time
from simulator import Simulator

def poll():
    while True:
        time.sleep(10)

with Simulator() as sim:
    with sim.virtual_sleep():
        poller = threading.Thread(target=poll, name="poller")
        poller.start()
        time.sleep(60)
    assert poller.is_alive() and not poller.daemon
"""


def test_a_thread_that_never_ends_is_told_and_does_not_keep_the_process_from_ending():
    ended = subprocess.run([sys.executable, "-c", POLLER], capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
    assert "<string>:10: RuntimeWarning: thread 'poller' outlives virtual_sleep()" in ended.stderr
    assert "from <string>:7 in poll (time.sleep); let it end inside the block" in ended.stderr
