"""Delays and hanging calls end with the caller's deadline, which in virtual time takes no real time."""

import queue
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import grpc
import pytest

from simulator import Constant, Simulator, faults
from simulator.api import RestoreServiceStub
from tests.patience import PATIENCE_SECONDS

LONG_SECONDS = 1000
"""A deadline that no test can wait for."""


@pytest.fixture(params=["manual", "on_poll"])
def virtual(request):
    with Simulator(seed=7, clock=request.param) as simulator:
        yield simulator


@pytest.fixture
def wall():
    with Simulator(seed=7, clock="wall") as simulator:
        yield simulator


@pytest.fixture
def events():
    """Waits for the next event of a kind in the history of a simulator: ``events(sim)("rpc")``."""

    def subscribe(simulator):
        coming = queue.SimpleQueue()
        simulator.session.subscribe(lambda _, event: coming.put(event))

        def await_one(kind):
            while (event := coming.get(timeout=PATIENCE_SECONDS)).kind != kind:
                pass
            return event

        return await_one

    return subscribe


@pytest.fixture
def await_event(wall, events):
    return events(wall)


NEVER_IN_TIME = [
    faults.delay(Constant(LONG_SECONDS * 2)),
    faults.hang(),
    faults.lose_response("DEADLINE_EXCEEDED"),
]


@pytest.mark.parametrize("effect", NEVER_IN_TIME, ids=repr)
def test_in_virtual_time_a_call_that_ends_by_its_deadline_takes_its_deadline(
    virtual, create_request_for, effect, open_stub
):
    stub = open_stub(virtual)
    virtual.inject(effect, method="CreateRestore")
    before = virtual.now

    with pytest.raises(grpc.RpcError) as caught:
        stub.CreateRestore(create_request_for(virtual), timeout=LONG_SECONDS)

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert virtual.now - before == timedelta(seconds=LONG_SECONDS)
    (record,) = virtual.calls
    assert record.code == "DEADLINE_EXCEEDED"
    assert record.deadline_seconds == LONG_SECONDS
    assert record.answered_microseconds - record.arrived_microseconds == LONG_SECONDS * 1_000_000
    assert len(virtual.world.restores) == (effect.name == "lose_response")


@pytest.mark.parametrize("options", [{}, {"timeout": LONG_SECONDS}])
def test_in_virtual_time_a_delay_within_the_deadline_is_answered_at_once_and_recorded(
    virtual, create_request_for, options, open_stub
):
    stub = open_stub(virtual)
    virtual.inject(faults.delay(Constant(LONG_SECONDS / 2)), method="CreateRestore")
    before = virtual.now

    assert stub.CreateRestore(create_request_for(virtual), **options).meta.name == "orders-copy"
    assert virtual.now == before
    assert virtual.calls[0].delay_seconds == LONG_SECONDS / 2
    assert virtual.calls[0].code == "OK"


def test_without_a_deadline_a_call_hangs_until_the_client_gives_up(virtual, create_request_for, events, open_stub):
    await_event = events(virtual)
    stub = open_stub(virtual)
    virtual.inject(faults.hang(), method="CreateRestore", name="silence")
    pending = stub.CreateRestore.future(create_request_for(virtual))
    await_event("fault")
    assert not pending.done()

    pending.cancel()

    call = await_event("rpc")
    assert (call.method, call.code) == ("CreateRestore", "CANCELLED")
    assert call.message == "the caller no longer waits for an answer, which never came by the rule 'silence'"
    assert len(virtual.world.restores) == 0


@pytest.mark.parametrize("effect", [faults.delay(Constant(3600)), faults.hang()], ids=repr)
def test_on_the_wall_clock_a_call_that_waits_keeps_nobody_else_waiting(
    wall, create_request_for, await_event, effect, open_stub
):
    stub = open_stub(wall)
    wall.inject(effect, method="CreateRestore", restore="held-*")
    pending = [stub.CreateRestore.future(create_request_for(wall, f"held-{number}")) for number in range(40)]
    for _ in pending:
        await_event("fault")

    with ThreadPoolExecutor() as pool:
        others = [
            pool.submit(stub.CreateRestore, create_request_for(wall, f"other-{number}"), timeout=PATIENCE_SECONDS)
            for number in range(4)
        ]
        names = [other.result().meta.name for other in others]
    assert names == [f"other-{number}" for number in range(4)]
    assert not any(call.done() for call in pending)

    for call in pending:
        call.cancel()
    ended = [await_event("rpc").code for _ in range(44)]
    assert sorted(ended) == ["CANCELLED"] * 40 + ["OK"] * 4
    assert len(wall.world.restores) == 4


@pytest.mark.parametrize("effect", [faults.delay(Constant(3600)), faults.hang()], ids=repr)
def test_on_the_wall_clock_a_deadline_that_passes_ends_the_call_without_effect(
    wall, create_request_for, await_event, effect, open_stub
):
    stub = open_stub(wall)
    wall.inject(effect, method="CreateRestore")

    with pytest.raises(grpc.RpcError) as caught:
        stub.CreateRestore(create_request_for(wall), timeout=0.05)

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert await_event("rpc").code == "DEADLINE_EXCEEDED"
    assert len(wall.world.restores) == 0


def test_on_the_wall_clock_a_lost_response_leaves_the_restore_when_the_deadline_passes(
    wall, create_request_for, await_event, open_stub
):
    stub = open_stub(wall)
    wall.inject(faults.lose_response("DEADLINE_EXCEEDED"), method="CreateRestore")

    with pytest.raises(grpc.RpcError) as caught:
        stub.CreateRestore(create_request_for(wall), timeout=0.05)

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert await_event("rpc").code == "DEADLINE_EXCEEDED"
    assert "orders-copy" in wall.world.restores


def test_on_the_wall_clock_a_delay_takes_its_time_in_the_time_of_the_world(create_request_for, open_stub):
    with Simulator(clock="wall", speed=36_000) as sim:
        stub = open_stub(sim)
        sim.inject(faults.delay(Constant(360)), method="CreateRestore")

        assert stub.CreateRestore(create_request_for(sim), timeout=PATIENCE_SECONDS).meta.name == "orders-copy"

    (record,) = sim.calls
    assert record.delay_seconds == 360
    # A little less, for clocks that do not run alike.
    assert record.answered_microseconds - record.arrived_microseconds > 300_000_000


@pytest.mark.parametrize("mode", ["manual", "on_poll", "wall"])
@pytest.mark.parametrize("channel", ["of the simulator", "of somebody else"])
def test_a_simulator_that_closes_ends_the_calls_that_hang(create_request_for, events, mode, channel, open_channel):
    sim = Simulator(clock=mode)
    with sim:
        opened = open_channel(sim) if channel == "of the simulator" else grpc.insecure_channel(sim.target)
        await_event = events(sim)
        sim.inject(faults.hang(), method="CreateRestore")
        pending = RestoreServiceStub(opened).CreateRestore.future(create_request_for(sim))
        await_event("fault")

    assert pending.code() in {grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE}
    opened.close()
    assert [(call.method, call.code) for call in sim.calls] == [("CreateRestore", "UNAVAILABLE")]
    assert len(sim.world.restores) == 0
