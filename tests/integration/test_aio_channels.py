"""A channel for asyncio does what clients rely on, whichever way it takes."""

import asyncio
from types import SimpleNamespace

import grpc
import pytest
from grpc._cython import cygrpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from simulator import faults
from simulator.api import METHODS, SERVICE, RestoreServiceStub, restore_pb2
from simulator.transports.aio_channel import PerLoopCore
from tests.patience import PATIENCE_SECONDS

ANYTHING = restore_pb2.ListRestoresRequest()
NOTHING = restore_pb2.GetRestoreRequest(id="rst:none")
LIST = METHODS["ListRestores"].path


@pytest.fixture
async def channel(sim, transport):
    async with sim.aio_channel(transport=transport) as channel:
        yield channel


@pytest.fixture
def stub(channel):
    return RestoreServiceStub(channel)


@pytest.fixture
async def happened(sim):
    """What happens in the world from now on."""
    events, loop = asyncio.Queue(), asyncio.get_running_loop()
    unsubscribe = sim.session.subscribe(lambda _, event: loop.call_soon_threadsafe(events.put_nowait, event))
    yield events
    unsubscribe()


async def test_a_call_can_be_asked_how_it_went(stub):
    call = stub.ListRestores(ANYTHING, timeout=PATIENCE_SECONDS)

    assert len((await call).restores) == 0
    assert (await call.code(), await call.details()) == (grpc.StatusCode.OK, "")
    assert (tuple(await call.initial_metadata()), tuple(await call.trailing_metadata())) == ((), ())
    assert call.done()
    assert not call.cancelled()
    assert 0 <= call.time_remaining() <= PATIENCE_SECONDS


async def test_a_failure_tells_everything(stub):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.GetRestore(NOTHING)

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert caught.value.details() == "restore 'rst:none' not found"
    assert [key for key, _ in caught.value.trailing_metadata()] == ["grpc-status-details-bin"]
    assert "rst:none" in caught.value.debug_error_string()


async def test_metadata_arrives(sim, stub):
    await stub.ListRestores(ANYTHING, metadata=(("key", "value"), ("key-bin", b"\x00")))

    assert set(sim.calls[0].metadata) >= {("key", "value"), ("key-bin", b"\x00")}


async def test_a_call_that_hangs_keeps_nobody_waiting_and_can_be_cancelled(sim, stub, happened):
    sim.inject(faults.hang(), method="GetRestore")
    hanging = [stub.GetRestore(NOTHING) for _ in range(10)]
    for _ in hanging:
        assert (await asyncio.wait_for(happened.get(), PATIENCE_SECONDS)).kind == "fault"

    assert len((await stub.ListRestores(ANYTHING)).restores) == 0
    assert (await happened.get()).method == "ListRestores"
    for call in hanging:
        assert call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert call.cancelled()
        assert await call.code() is grpc.StatusCode.CANCELLED
    ended = [await asyncio.wait_for(happened.get(), PATIENCE_SECONDS) for _ in hanging]
    assert {event.code for event in ended} == {"CANCELLED"}


async def test_a_call_that_is_cancelled_at_once_has_no_effect(sim, stub, create_request):
    call = stub.CreateRestore(create_request())

    assert call.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call
    assert len(sim.world.restores) == 0


async def test_a_task_that_is_cancelled_cancels_its_call(sim, stub, happened):
    sim.inject(faults.hang(), method="ListRestores")

    async def client():
        await stub.ListRestores(ANYTHING)

    task = asyncio.create_task(client())
    assert (await asyncio.wait_for(happened.get(), PATIENCE_SECONDS)).kind == "fault"
    task.cancel()

    assert (await asyncio.wait_for(happened.get(), PATIENCE_SECONDS)).code == "CANCELLED"
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_deadline_that_passes_ends_the_call(sim, stub):
    sim.inject(faults.hang(), method="ListRestores")

    for timeout in (PATIENCE_SECONDS, -1):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.ListRestores(ANYTHING, timeout=timeout)
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_health_is_watched(channel):
    watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())

    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
    assert not watch.done()
    watch.cancel()
    assert await watch.code() is grpc.StatusCode.CANCELLED


@pytest.mark.parametrize("style", ["an iterator", "an asynchronous iterator", "writing"])
def test_reflection_answers(style, sim, transport):
    async def requests():
        yield reflection_pb2.ServerReflectionRequest(list_services="")

    async def ask():
        async with sim.aio_channel(transport=transport) as channel:
            stub = reflection_pb2_grpc.ServerReflectionStub(channel)
            if style != "writing":
                given = requests() if "asynchronous" in style else iter([item async for item in requests()])
                return [response async for response in stub.ServerReflectionInfo(given)]
            call = stub.ServerReflectionInfo()
            await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
            await call.done_writing()
            return [await call.read(), *([] if await call.read() is grpc.aio.EOF else ["more"])]

    (response,) = asyncio.run(ask())
    names = [service.name for service in response.list_services_response.service]
    assert SERVICE in names


async def test_a_stream_of_requests_gets_one_response(channel):
    method = channel.stream_unary(LIST, response_deserializer=restore_pb2.ListRestoresResponse.FromString)

    assert len((await method(iter([b""]))).restores) == 0


@pytest.mark.parametrize("kind", ["unary_unary", "unary_stream"])
async def test_a_method_that_is_not_there_is_unimplemented(channel, kind):
    call = getattr(channel, kind)("/x/y")(b"")

    assert await call.code() is grpc.StatusCode.UNIMPLEMENTED
    assert await call.details() == "Method not found!"


class Tracing(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self):
        self.passed = []

    async def intercept_unary_unary(self, continuation, details, request):
        self.passed.append(details.method)
        details.metadata.add("trace", "1")
        return await continuation(details, request)


async def test_interceptors_see_calls_and_change_them(sim, transport):
    tracing = Tracing()
    async with sim.aio_channel(transport=transport, interceptors=[tracing]) as channel:
        await RestoreServiceStub(channel).ListRestores(ANYTHING)

    assert [getattr(path, "decode", lambda path=path: path)() for path in tracing.passed] == [LIST]
    assert ("trace", "1") in sim.calls[0].metadata


async def test_what_is_no_interceptor_is_refused(sim, transport):
    with pytest.raises(ValueError, match=r"."):  # over a socket in the words of gRPC
        sim.aio_channel(transport=transport, interceptors=["none"])


async def test_a_closed_channel_takes_no_calls_and_has_cancelled_what_went_on(sim, transport, happened):
    sim.inject(faults.hang(), method="ListRestores")
    channel = sim.aio_channel(transport=transport)
    stub = RestoreServiceStub(channel)
    pending = stub.ListRestores(ANYTHING)
    assert (await asyncio.wait_for(happened.get(), PATIENCE_SECONDS)).kind == "fault"

    await channel.close()

    assert await pending.code() is grpc.StatusCode.CANCELLED
    with pytest.raises(grpc.aio.UsageError):
        stub.ListRestores(ANYTHING)


async def test_a_channel_becomes_ready(sim, transport):
    channel = sim.aio_channel(transport=transport)

    await asyncio.wait_for(channel.channel_ready(), PATIENCE_SECONDS)
    assert channel.get_state() is grpc.ChannelConnectivity.READY
    await channel.close()


@pytest.fixture
def made_before(sim, transport):
    """A channel and its stub, made where no event loop runs, as an ordinary fixture does."""
    return sim.aio_channel(transport=transport)


def test_a_channel_serves_each_event_loop_that_calls(made_before):
    stub = RestoreServiceStub(made_before)

    async def ask():
        watch = health_pb2_grpc.HealthStub(made_before).Watch(health_pb2.HealthCheckRequest())
        status = (await watch.read()).status
        watch.cancel()
        return status, len((await stub.ListRestores(ANYTHING, timeout=PATIENCE_SECONDS)).restores)

    async def close():
        await made_before.close()
        with pytest.raises(cygrpc.UsageError):
            await stub.ListRestores(ANYTHING)
        return made_before.get_state()

    assert [asyncio.run(ask()) for _ in range(2)] == [(health_pb2.HealthCheckResponse.SERVING, 0)] * 2
    assert asyncio.run(close()) is grpc.ChannelConnectivity.SHUTDOWN


async def test_a_channel_that_was_made_before_the_event_loop_does_all_that_others_do(made_before):
    async with made_before as channel:
        await channel.channel_ready()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await RestoreServiceStub(channel).GetRestore(NOTHING)

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_what_is_opened_in_an_event_loop_is_closed_once():
    """gRPC would free its memory again, and the process would end some time later."""
    closed = []
    opened = SimpleNamespace(
        _channel=SimpleNamespace(
            check_connectivity_state=lambda _: cygrpc.ConnectivityState.ready, close=lambda: closed.append(True)
        )
    )
    core = PerLoopCore(lambda: opened)

    async def call_and_close():
        core.check_connectivity_state(True)
        core.close()
        core.close()

    asyncio.run(call_and_close())

    assert closed == [True]
