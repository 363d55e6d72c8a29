"""Unmodified clients on asyncio wait in virtual time; what really waits is not jumped over."""

import asyncio
import json
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import grpc
import pytest
import tenacity
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from simulator import Phase, Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2
from tests.patience import PATIENCE_SECONDS

GET, LIST = restore_pb2.GetRestoreRequest, restore_pb2.ListRestoresRequest


@pytest.fixture
def run(sim, transport):
    """Runs a client, a function of a stub, in virtual time."""

    def run(client):
        async def main():
            async with sim.aio_channel(transport=transport) as channel:
                return await client(RestoreServiceStub(channel))

        return sim.run(main)

    return run


async def restore_and_wait(stub, request):
    """A client as people write it: it polls, backs off, and knows of no simulator."""
    created = await stub.CreateRestore(request)
    delay_seconds = 1.0
    while True:
        restore = await stub.GetRestore(GET(id=created.meta.uid))
        if restore.status.phase in (Phase.SUCCESSFUL, Phase.FAILED):
            return restore
        await asyncio.sleep(delay_seconds)
        delay_seconds = min(delay_seconds * 2, 30)


def test_a_client_that_polls_and_backs_off_sees_its_restore_succeed(run, elapsed, create_request):
    restore = run(lambda stub: restore_and_wait(stub, create_request()))

    assert restore.status.phase == Phase.SUCCESSFUL
    assert elapsed() == 1 + 2 + 4 + 8 + 16 + 5 * 30


async def sleep(seconds):
    await asyncio.sleep(seconds)


async def share_one_permit():
    semaphore = asyncio.Semaphore(1)

    async def visit():
        async with semaphore:
            await asyncio.sleep(500)

    await asyncio.gather(visit(), visit(), visit())


async def time_out():
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(200):
            await asyncio.Event().wait()


async def be_called_later():
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(900, future.set_result, "done")
    assert await future == "done"


async def be_called_from_the_beginning():
    await asyncio.sleep(300)
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_at(1000, future.set_result, None)
    await future


async def retry_by_tenacity():
    outcomes = iter((OSError(), OSError(), None))

    @tenacity.retry(wait=tenacity.wait_exponential(multiplier=200), stop=tenacity.stop_after_attempt(5))
    async def attempt():
        if outcome := next(outcomes):
            raise outcome

    await attempt()


@pytest.mark.parametrize(
    ("client", "seconds"),
    [
        pytest.param(lambda: sleep(0), 0, id="sleep(0)"),
        pytest.param(lambda: sleep(600), 600, id="sleep"),
        pytest.param(lambda: sleep(0.3), 0.3, id="a fraction"),
        pytest.param(lambda: sleep(100_000_000), 100_000_000, id="years"),
        pytest.param(lambda: asyncio.gather(*(sleep(100) for _ in range(4))), 100, id="four tasks"),
        pytest.param(lambda: asyncio.wait_for(sleep(500), 600), 500, id="wait_for"),
        pytest.param(share_one_permit, 1500, id="semaphore"),
        pytest.param(time_out, 200, id="timeout"),
        pytest.param(be_called_later, 900, id="call_later"),
        pytest.param(be_called_from_the_beginning, 1000, id="call_at"),
        pytest.param(retry_by_tenacity, 200 + 400, id="tenacity"),
    ],
)
def test_waiting_takes_virtual_time_and_no_other(sim, elapsed, client, seconds):
    async def main():
        await client()
        return asyncio.get_running_loop().time()

    started = time.perf_counter()
    assert sim.run(main) == elapsed() == seconds
    assert time.perf_counter() - started < PATIENCE_SECONDS


def test_ten_tenths_of_a_second_are_a_second(sim, elapsed):
    async def main():
        for _ in range(10):
            await asyncio.sleep(0.1)

    sim.run(main)
    assert elapsed() == 1


def test_deadlines_and_cancelled_calls_take_their_time(sim, run, elapsed):
    sim.inject(faults.hang(), method="ListRestores", times=3)

    async def client(stub):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stub.ListRestores(LIST()), 5)
        at_timeout = elapsed()
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub.ListRestores(LIST(), timeout=2000)  # gRPC rounds so much up to 10 s on a socket
        at_deadline = elapsed()
        # The timer of the loop comes before the deadline of the call.
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stub.ListRestores(LIST(), timeout=60), 3)
        await stub.ListRestores(LIST())
        return failure.value.code(), at_timeout, at_deadline, elapsed()

    assert run(client) == (grpc.StatusCode.DEADLINE_EXCEEDED, 5, 2005, 2008)


def test_a_channel_of_the_clients_own_waits_in_virtual_time_too(sim, elapsed, create_request):
    sim.inject(faults.hang(), method="ListRestores")

    async def main():
        async with grpc.aio.insecure_channel(sim.target) as channel:
            stub = RestoreServiceStub(channel)
            with pytest.raises(grpc.aio.AioRpcError):
                await stub.ListRestores(LIST(), timeout=6000)  # gRPC rounds so much up to 10 s on a socket
            return await restore_and_wait(stub, create_request())

    assert sim.run(main).status.phase == Phase.SUCCESSFUL
    assert elapsed() == 6000 + 1 + 2 + 4 + 8 + 16 + 5 * 30


def test_a_rule_that_is_removed_by_a_timer_lets_a_call_go_on(sim, run, elapsed):
    rule = sim.inject(faults.hang(), method="ListRestores")

    async def client(stub):
        asyncio.get_running_loop().call_later(40, sim.remove_rule, rule)
        return await stub.ListRestores(LIST())

    assert not run(client).restores
    assert elapsed() == 40


def test_a_task_that_has_no_timer_waits_for_events_of_the_world(sim, elapsed, create_request, stub):
    """Nothing in the loop is due: the world moves on by itself, event by event."""
    created = stub.CreateRestore(create_request())

    async def main():
        over = asyncio.Event()
        sim.session.subscribe(lambda _, event: over.set() if "SUCCESSFUL" in str(event) else None)
        await over.wait()

    sim.run(main)
    assert sim.world.restores[created.meta.uid].status.phase is Phase.SUCCESSFUL
    assert elapsed() == pytest.approx(158.4)


@pytest.mark.parametrize("clock", ["manual", "on_poll"])
def test_who_sleeps_sees_all_that_has_happened_until_then(clock, create_request_for, open_stub):
    with Simulator(clock=clock) as sim:
        created = open_stub(sim).CreateRestore(create_request_for(sim))
        seen = []

        async def main():
            for _ in range(3):
                await asyncio.sleep(1)
                seen.append(sim.world.restores[created.meta.uid].status.phase)

        sim.run(main)
    assert seen == [Phase.PENDING, Phase.PENDING, Phase.RESTORING_CLOUDSNAP]


def test_on_the_wall_clock_the_event_loop_is_an_ordinary_one():
    with Simulator(clock="wall") as sim:
        started = time.perf_counter()
        loop = sim.run(lambda: running_loop_after(0.02))
        assert time.perf_counter() - started >= 0.02
    assert type(loop) is asyncio.SelectorEventLoop


async def running_loop_after(seconds):
    await asyncio.sleep(seconds)
    return asyncio.get_running_loop()


def test_tasks_are_cancelled_at_the_end_and_may_take_virtual_time_for_it(sim, elapsed):
    ends = []

    async def background():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(4)
            ends.append(elapsed())

    async def main():
        task = asyncio.create_task(background())
        await asyncio.sleep(1)
        return task

    assert sim.run(main).cancelled()
    assert ends == [5]


def test_only_one_loop_moves_a_world(sim):
    loops = [sim.event_loop(), sim.event_loop()]

    async def main():
        with ThreadPoolExecutor() as executor:
            return executor.submit(loops[1].run_forever).exception()

    failure = loops[0].run_until_complete(main())
    for loop in loops:
        loop.close()
    assert "can't begin inside an event loop of this simulator" in str(failure)
    assert isinstance(failure, RuntimeError)


def test_the_time_of_a_loop_goes_on_over_a_reset(sim, elapsed):
    async def main():
        began = time.time()
        await asyncio.sleep(10)
        sim.reset()
        await asyncio.sleep(5)
        return asyncio.get_running_loop().time(), time.time() - began

    assert sim.run(main) == (15, 15)
    assert elapsed() == 5


def test_what_is_no_coroutine_is_refused(sim):
    with pytest.raises(TypeError, match="main is 7; expected a coroutine, or a function that gives one"):
        sim.run(7)
    with pytest.raises(TypeError, match="expected a coroutine"):
        sim.run(lambda: 7)


def test_a_loop_in_another_thread_moves_the_world(sim, elapsed):
    with ThreadPoolExecutor() as executor:
        executor.submit(sim.run, sleep(12)).result()
    assert elapsed() == 12


def test_a_loop_without_tasks_waits_to_be_given_some(sim, elapsed):
    loop = sim.event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    time.sleep(0.15)
    asyncio.run_coroutine_threadsafe(sleep(12), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    assert elapsed() == 12


@pytest.mark.parametrize("timeout", [0.1234567, 3, 7.25, 86_400])
def test_a_timeout_is_exact_however_slow_the_client_is(sim, elapsed, monkeypatch, timeout):
    sim.inject(faults.hang(), method="ListRestores")
    monkeypatch.setattr("time.time", count(1e9, 0.007).__next__)  # at each look, it is 7 ms later

    async def main():
        async with sim.aio_channel() as channel:
            with pytest.raises(grpc.aio.AioRpcError):
                await RestoreServiceStub(channel).ListRestores(LIST(), timeout=timeout)

    sim.run(main)
    assert elapsed() == round(timeout, 6)


def test_retries_by_a_service_config_wait_among_timers(sim, elapsed):
    sim.inject(faults.error(), method="ListRestores", times=1)
    policy = {"maxAttempts": 2, "initialBackoff": "10s", "maxBackoff": "10s", "backoffMultiplier": 1}
    policy["retryableStatusCodes"] = ["UNAVAILABLE"]
    config = json.dumps({"methodConfig": [{"name": [{}], "retryPolicy": policy}]})
    ends = {}

    async def note(name, awaitable):
        await awaitable
        ends[name] = elapsed()

    async def main():
        async with sim.aio_channel(options=[("grpc.service_config", config)]) as channel:
            call = RestoreServiceStub(channel).ListRestores(LIST())
            await asyncio.gather(note("sooner", asyncio.sleep(5)), note("call", call), note("later", asyncio.sleep(20)))

    sim.run(main)
    assert ends["sooner"] == 5
    assert 8 <= ends["call"] <= 12  # gRPC varies it by a fifth
    assert ends["later"] == 20


def test_a_stream_that_nothing_comes_from_lets_time_pass(sim, elapsed):
    seen = []

    async def watch(channel):
        async for response in HealthStub(channel).Watch(HealthCheckRequest()):
            seen.append((response.status, elapsed()))  # noqa: PERF401  # the stream does not end

    async def main():
        async with sim.aio_channel() as channel:
            task = asyncio.create_task(watch(channel))
            await asyncio.sleep(30)
            task.cancel()

    sim.run(main)
    assert seen == [(HealthCheckResponse.SERVING, 0)]
    assert elapsed() == 30


def test_the_deadline_of_a_stream_passes_among_timers(sim, elapsed):
    ends = []

    async def watch(channel):
        with pytest.raises(grpc.aio.AioRpcError, match="DEADLINE_EXCEEDED"):
            [_ async for _ in HealthStub(channel).Watch(HealthCheckRequest(), timeout=20)]
        ends.append(("stream", elapsed()))

    async def sleep(seconds):
        await asyncio.sleep(seconds)
        ends.append(("sleep", elapsed()))

    async def main():
        async with sim.aio_channel() as channel:
            await asyncio.gather(sleep(10), watch(channel), sleep(30))

    sim.run(main)
    assert ends == [("sleep", 10), ("stream", 20), ("sleep", 30)]


def test_an_interrupt_ends_the_client_in_order(sim):
    ends = []

    async def main():
        asyncio.get_running_loop().call_later(50, signal.raise_signal, signal.SIGINT)
        try:
            async for _ in generator:
                await asyncio.sleep(3)
        finally:
            ends.append("client")

    async def ticks():
        try:
            while True:
                yield
        finally:
            await asyncio.sleep(1)
            ends.append("generator")

    generator = ticks()
    with pytest.raises(KeyboardInterrupt):
        sim.run(main)
    assert ends == ["client", "generator"]


MOVES = {
    "advance": lambda sim: sim.advance(60),
    "advance_until": lambda sim: sim.advance_until(lambda: False, limit=60),
    "advance_until_calls": lambda sim: sim.advance_until_calls("GetRestore", limit=60),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES.keys())
@pytest.mark.parametrize("begun", [True, False])
def test_moving_the_world_over_other_tasks_is_refused(sim, move, begun):
    async def main():
        other = asyncio.create_task(asyncio.sleep(10))
        await asyncio.sleep(1 if begun else 0)
        third = asyncio.create_task(asyncio.sleep(10)) if not begun else None
        with pytest.raises(RuntimeError, match=r"'await asyncio\.sleep"):
            move(sim)
        await asyncio.gather(other, *([third] if third else []))
        assert sim.elapsed.total_seconds() == 10
        sim.advance(60)

    sim.run(main)
    assert sim.elapsed.total_seconds() == 70
