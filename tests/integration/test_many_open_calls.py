"""However many calls hang, have sent half a request or keep a stream open, all others are answered, by few threads."""

import asyncio
import threading

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from simulator import Constant, Simulator, faults
from simulator.api import METHODS, restore_pb2
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.no_cover  # the same lines, a thousand times

MANY = 1_000
NEW_THREADS_MAX = 11
"""That a simulator and its clients need, however many calls are open."""
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
CREATE = METHODS["CreateRestore"]
LIST = METHODS["ListRestores"]


@pytest.fixture
def held():
    """A simulator in which every creation hangs."""
    with Simulator(strict=False) as simulator:
        simulator.inject(faults.hang(), method="CreateRestore")
        yield simulator


@pytest.fixture
async def open_many(held):
    """Opens calls of one kind from one client, and gives them when all have arrived."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    async with grpc.aio.insecure_channel(held.target, options=options) as channel:
        yield lambda start: [start(channel) for _ in range(MANY)]


def hanging(channel):
    return channel.unary_unary(CREATE.path)(b"")


def half_a_request(channel):
    return channel.stream_unary(LIST.path)()


def an_idle_stream(channel):
    return channel.stream_stream(REFLECTION)()


async def is_answered(target):
    """Ask for the health of the simulator, and call it, with a connection of one's own."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    async with grpc.aio.insecure_channel(target, options=options) as channel:
        health = await health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(), timeout=PATIENCE_SECONDS
        )
        listed = await channel.unary_unary(LIST.path)(b"", timeout=PATIENCE_SECONDS)
        reflected = channel.stream_stream(REFLECTION)(iter([b"\x3a\x00"]), timeout=PATIENCE_SECONDS)
        services = [response async for response in reflected]
    return (
        health.status == health_pb2.HealthCheckResponse.SERVING
        and restore_pb2.ListRestoresResponse.FromString(listed).pagination.total_records == 0
        and len(services) == 1
    )


async def all_arrived(sim):
    """Wait until all calls have come to the server, which goes on answering meanwhile."""
    while len(sim._server._calls) < MANY:
        assert await is_answered(sim.target)


@pytest.mark.parametrize("start", [hanging, half_a_request, an_idle_stream], ids=lambda start: start.__name__)
async def test_everything_else_is_answered(held, open_many, start):
    thread_count = threading.active_count()  # those that earlier tests have left
    calls = open_many(start)
    await all_arrived(held)

    assert await is_answered(held.target)
    assert threading.active_count() - thread_count <= NEW_THREADS_MAX
    assert not any(call.done() for call in calls)
    for call in calls:
        call.cancel()


async def test_a_client_that_gives_up_is_recorded_when_it_does(held, open_many):
    calls = open_many(hanging)
    await all_arrived(held)

    for call in calls:
        call.cancel()
    while len(held.calls.of("CreateRestore", code="CANCELLED")) < MANY:
        assert await is_answered(held.target)


async def test_closing_ends_all_of_them_at_once(held, open_many):
    calls = open_many(hanging)
    await all_arrived(held)

    await asyncio.get_running_loop().run_in_executor(None, held.close)

    assert {await call.code() for call in calls} == {grpc.StatusCode.UNAVAILABLE}
    assert {call.code for call in held.calls.of("CreateRestore")} == {"UNAVAILABLE"}


async def test_calls_that_are_delayed_wait_side_by_side_and_are_answered():
    with Simulator(clock="wall", speed=100) as sim:
        sim.inject(faults.delay(Constant(30)), method="ListRestores")
        options = [("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.insecure_channel(sim.target, options=options) as channel:
            calls = [channel.unary_unary(LIST.path)(b"", timeout=PATIENCE_SECONDS) for _ in range(MANY)]
            answers = await asyncio.gather(*calls)

    assert len(answers) == MANY
    assert {(call.code, call.delay_seconds) for call in sim.calls} == {("OK", 30)}


def test_while_somebody_has_the_world_health_is_told_and_all_calls_are_answered_afterwards(sim):
    channel = sim.channel(transport="loopback")
    listing = channel.unary_unary(LIST.path)
    health = health_pb2_grpc.HealthStub(channel)

    with sim.session:
        pending = [
            listing.future(restore_pb2.ListRestoresRequest(pagination={"page_size": size}).SerializeToString())
            for size in range(1, 21)
        ]
        status = health.Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE_SECONDS).status
        assert not any(call.done() for call in pending)

    assert status == health_pb2.HealthCheckResponse.SERVING
    assert all(call.result(timeout=PATIENCE_SECONDS) for call in pending)
    assert {call.request.pagination.page_size for call in sim.calls} == {*range(1, 21)}


async def test_a_reset_ends_them_and_a_rule_that_is_removed_lets_them_go_on(held, open_many):
    first = open_many(hanging)
    await all_arrived(held)
    await asyncio.to_thread(held.reset)
    assert {await call.code() for call in first} == {grpc.StatusCode.UNAVAILABLE}

    rule = held.inject(faults.hang(), method="CreateRestore")
    second = open_many(hanging)
    while len(held.timeline.faults(rule.name)) < MANY:
        assert await is_answered(held.target)
    await asyncio.to_thread(held.remove_rule, rule)

    # They are answered: an empty request is refused.
    assert {await call.code() for call in second} == {grpc.StatusCode.INVALID_ARGUMENT}
