"""An event loop in virtual time does not jump over what really waits: threads, processes, connections."""

import asyncio
import logging
import os
import queue
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import grpc
import pytest

from simulator import faults
from simulator.api import RestoreServiceStub, restore_pb2


async def job_in_the_default_executor():
    await asyncio.to_thread(time.sleep, 0.03)


async def job_in_an_executor_of_ones_own():
    with ThreadPoolExecutor() as executor:
        await asyncio.get_running_loop().run_in_executor(executor, time.sleep, 0.03)


async def future_of_an_executor():
    with ThreadPoolExecutor() as executor:
        await asyncio.wrap_future(executor.submit(time.sleep, 0.03))


async def thread_that_calls_back():
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def work():
        time.sleep(0.03)
        loop.call_soon_threadsafe(future.set_result, None)

    threading.Thread(target=work).start()
    await future


async def thread_that_is_handed_its_work():
    """Handed over without the loop's knowing, as in the thread pool of anyio."""
    loop = asyncio.get_running_loop()
    work = queue.Queue()

    def work_off():
        while (future := work.get()) is not None:
            time.sleep(0.03)
            loop.call_soon_threadsafe(future.set_result, None)

    threading.Thread(target=work_off).start()
    for _ in range(2):
        work.put(future := loop.create_future())
        await future
    work.put(None)


SLEEPING = (sys.executable, "-c", "import time; time.sleep(0.03)")


async def process():
    child = await asyncio.create_subprocess_exec(*SLEEPING)
    assert await child.wait() == 0


async def process_of_the_shell():
    child = await asyncio.create_subprocess_shell("sleep 0.03")
    assert await child.wait() == 0


async def process_with_a_pipe():
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import time; time.sleep(0.03); print(7)", stdout=asyncio.subprocess.PIPE
    )
    assert await child.communicate() == (b"7\n", None)


def later(function, *arguments):
    """What another process would do: nothing of it shows in the loop."""
    thread = threading.Thread(target=lambda: (time.sleep(0.03), function(*arguments)), daemon=True)
    thread.start()


async def connection():
    with socket.create_server(("127.0.0.1", 0)) as server:
        reader, writer = await asyncio.open_connection(*server.getsockname())
        accepted, _ = server.accept()
        with accepted:
            later(accepted.sendall, b"7")
            assert await reader.readexactly(1) == b"7"
        writer.close()
        await writer.wait_closed()


async def raw_socket():
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        later(there.sendall, b"7")
        assert await asyncio.get_running_loop().sock_recv(here, 1) == b"7"


async def pipe():
    reading, writing = os.pipe()
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.add_reader(reading, future.set_result, None)
    later(os.write, writing, b"7")
    await future
    loop.remove_reader(reading)
    os.close(reading)
    os.close(writing)


async def name_lookup():
    assert await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 80)


REAL_WAITS = (
    job_in_the_default_executor,
    job_in_an_executor_of_ones_own,
    future_of_an_executor,
    thread_that_calls_back,
    thread_that_is_handed_its_work,
    process,
    process_of_the_shell,
    process_with_a_pipe,
    connection,
    raw_socket,
    pipe,
    name_lookup,
)


@pytest.mark.parametrize("wait", REAL_WAITS, ids=lambda wait: wait.__name__)
def test_what_really_waits_is_not_jumped_over(sim, elapsed, wait):
    sim.run(lambda: asyncio.wait_for(wait(), 0.001))
    assert elapsed() == 0


async def serve_itself():
    """A server and its client in one loop: all that comes over their sockets is there at once."""

    async def answer(reader, writer):
        await asyncio.sleep(float(await reader.readline()))
        writer.write(b"done")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"30\n")
        assert await reader.read() == b"done"
        writer.close()
        await writer.wait_closed()


async def listen_while_sleeping():
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0):
        await asyncio.sleep(30)


async def take_datagrams_while_sleeping():
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )
    await asyncio.sleep(30)
    transport.close()


async def leave_idle_threads_behind():
    given, released = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: (given.set(), released.wait()))
    thread.start()
    await asyncio.to_thread(given.wait)
    await asyncio.sleep(30)
    released.set()
    thread.join()


async def have_a_background_thread():
    threading.Thread(target=time.sleep, args=(0.2,), daemon=True).start()
    await asyncio.sleep(30)


async def keep_a_connection():
    """As a pool of connections does: the loop watches it, but nobody waits for what comes over it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        _, writer = await asyncio.open_connection(*server.getsockname())
        accepted, _ = server.accept()
        with accepted:
            await asyncio.gather(wait_for_tasks(), asyncio.wait_for(asyncio.sleep(30), 60))
        writer.close()
        await writer.wait_closed()


def test_a_call_in_process_waits_for_no_connection(sim, elapsed):
    sim.inject(faults.hang(), method="ListRestores")

    async def main():
        here, there = socket.socketpair()
        with here, there:
            asyncio.get_running_loop().add_reader(here, lambda: None)
            async with sim.aio_channel() as channel:
                call = RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest(), timeout=20)
                with pytest.raises(grpc.aio.AioRpcError):
                    await call

    sim.run(main)
    assert elapsed() == 20


async def wait_for_tasks():
    lock, semaphore = asyncio.Lock(), asyncio.Semaphore()

    async def hold():
        async with lock, semaphore, asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            await tasks.create_task(asyncio.sleep(10))

    await asyncio.wait([asyncio.create_task(hold()), asyncio.create_task(hold())])


NOT_REAL_WAITS = (
    serve_itself,
    listen_while_sleeping,
    take_datagrams_while_sleeping,
    leave_idle_threads_behind,
    have_a_background_thread,
    keep_a_connection,
)


@pytest.mark.parametrize("client", NOT_REAL_WAITS, ids=lambda client: client.__name__)
def test_what_only_waits_to_be_asked_is_jumped_over(sim, elapsed, client):
    sim.run(client)
    assert elapsed() == 30


@dataclass(frozen=True)
class Blocks:
    """An effect that is no coroutine runs in a thread."""

    name = "blocks"

    def around(self, call, proceed, firing):  # noqa: ARG002  # so effects are called
        time.sleep(0.03)
        return proceed(call)


def test_an_effect_that_blocks_is_not_jumped_over(sim, elapsed):
    sim.inject(Blocks(), method="ListRestores")

    async def main():
        async with sim.aio_channel() as channel:
            call = RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest())
            await asyncio.wait_for(call, 0.001)

    sim.run(main)
    assert elapsed() == 0


def test_a_loop_that_really_waits_for_long_says_for_what(sim, caplog, monkeypatch):
    monkeypatch.setattr("simulator.virtual_time.jumping_selector.POLLS_BEFORE_WARNING", 1)
    sim.run(job_in_the_default_executor)
    warning = next(record.message for record in caplog.records if record.levelno == logging.WARNING)
    assert warning == "virtual time has stood still for 0.005 s, for a job in an executor"


def test_a_job_whose_call_is_held_up_waits_in_virtual_time(sim, elapsed, stub):
    """A timeout of so many seconds is rounded up to 10 s on a socket: what connecting takes is no part of it."""
    sim.inject(faults.hang(), method="ListRestores")

    async def main():
        return await asyncio.gather(
            asyncio.to_thread(code_of, lambda: stub.ListRestores(restore_pb2.ListRestoresRequest(), timeout=2000)),
            asyncio.sleep(8),
        )

    assert sim.run(main)[0] is grpc.StatusCode.DEADLINE_EXCEEDED
    assert elapsed() == 2000


def test_a_call_that_blocks_the_loop_takes_its_deadline(sim, elapsed, stub):
    sim.inject(faults.hang(), method="ListRestores")
    request = restore_pb2.ListRestoresRequest()

    async def main():
        codes = [code_of(lambda: stub.ListRestores(request, timeout=2000))]
        with ThreadPoolExecutor() as executor:
            codes.append(executor.submit(code_of, lambda: stub.ListRestores(request, timeout=2000)).result())
        return codes

    assert sim.run(main) == [grpc.StatusCode.DEADLINE_EXCEEDED] * 2
    assert elapsed() == 4000


def code_of(call):
    with pytest.raises(grpc.RpcError) as failure:
        call()
    return failure.value.code()
