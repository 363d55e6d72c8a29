"""Clients on trio wait in virtual time, by a clock that moves the world of a simulator."""

import subprocess
import sys
import threading
import time

import grpc
import pytest
import trio

from simulator import Phase, Simulator, faults
from simulator.api import restore_pb2
from simulator.virtual_time.trio_clock import TrioClock


@pytest.fixture
def run(sim):
    return lambda main: trio.run(main, clock=TrioClock(sim))


async def four_sleepers():
    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(trio.sleep, 10)


async def move_on():
    with trio.move_on_after(25):
        await trio.sleep_forever()


async def pass_messages():
    sending, receiving = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:

        async def send():
            await trio.sleep(7)
            await sending.send("done")

        nursery.start_soon(send)
        assert await receiving.receive() == "done"


async def poll_until_a_deadline():
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:  # noqa: ASYNC110  # clients do
        await trio.sleep(0.5)


@pytest.mark.parametrize(
    ("client", "seconds"), [(four_sleepers, 10), (move_on, 25), (pass_messages, 7), (poll_until_a_deadline, 60)]
)
def test_waiting_takes_virtual_time(run, elapsed, client, seconds):
    run(client)
    assert elapsed() == seconds


def test_what_happens_in_the_world_happens_in_between(sim, run, stub, create_request):
    created = stub.CreateRestore(create_request())
    seen = []

    async def look():
        for _ in range(3):
            await trio.sleep(1)
            seen.append(sim.world.restores[created.meta.uid].status.phase)

    run(look)
    assert seen == [Phase.PENDING, Phase.PENDING, Phase.RESTORING_CLOUDSNAP]


async def job():
    await trio.to_thread.run_sync(time.sleep, 0.03)


async def process():
    await trio.run_process([sys.executable, "-c", "import time; time.sleep(0.03)"], stdin=subprocess.DEVNULL)


async def connection():
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    client = await trio.open_tcp_stream("127.0.0.1", listeners[0].socket.getsockname()[1])
    async with client, await listeners[0].accept() as server, listeners[0]:
        token = trio.lowlevel.current_trio_token()
        real_sleep = time.sleep
        send = lambda: (real_sleep(0.03), trio.from_thread.run(server.send_all, b"7", trio_token=token))  # noqa: E731
        threading.Thread(target=send, daemon=True).start()
        assert await client.receive_some() == b"7"


@pytest.mark.parametrize("client", [job, process, connection])
def test_what_really_waits_is_not_jumped_over(run, elapsed, client):
    async def main():
        with trio.fail_after(0.001):
            await client()

    run(main)
    assert elapsed() == 0


def test_a_call_in_the_task_takes_its_deadline(sim, run, stub, elapsed):
    sim.inject(faults.hang(), method="ListRestores")

    async def main():
        with pytest.raises(grpc.RpcError):
            stub.ListRestores(restore_pb2.ListRestoresRequest(), timeout=15)

    run(main)
    assert elapsed() == 15


def test_who_waits_for_ever_is_cancelled_and_told(sim, run):
    cleaned_up = []

    async def wait():
        try:
            await trio.Event().wait()
        finally:
            cleaned_up.append(trio.current_time())

    async def main():
        await trio.sleep(3)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(wait)

    with pytest.raises(BaseExceptionGroup) as failure:
        run(main)
    [cancelled] = failure.value.exceptions
    assert isinstance(cancelled, trio.Cancelled)
    assert "the client waits for ever" in str(cancelled)
    assert f"waits at {__file__}:{wait.__code__.co_firstlineno + 2} in " in str(cancelled)
    assert "since 2025-01-01T00:00:03" in str(cancelled)
    assert cleaned_up == [3]
    with sim.virtual_sleep():
        """The world is free again."""


SHIELDED = """
import trio
from simulator import Simulator
from simulator.virtual_time.trio_clock import TrioClock

async def main():
    with trio.CancelScope(shield=True):
        await trio.sleep_forever()

with Simulator() as sim:
    trio.run(main, clock=TrioClock(sim))
"""


def test_who_waits_for_ever_when_cancelled_ends_trio():
    """In a process of its own: trio leaves its tasks where they are."""
    ended = subprocess.run([sys.executable, "-c", SHIELDED], capture_output=True, text=True, check=False)  # noqa: S603  # our own
    assert ended.returncode != 0
    assert "Deadlock: the client waits for ever" in ended.stderr


def test_the_wall_clock_is_refused():
    with Simulator(clock="wall") as sim, pytest.raises(ValueError, match="clock='wall'; expected 'manual' or"):
        TrioClock(sim)
