"""Calls that rules hold up end by their deadline, go on when the rule is removed, and end with their world."""

import asyncio
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import grpc
import pytest

from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.sessions import session
from simulator.transports.in_process import call_state
from tests.patience import PATIENCE_SECONDS

LONG_SECONDS = 3600
"""No test can wait for so long in real time."""
ANYTHING = restore_pb2.ListRestoresRequest()


@dataclass(frozen=True)
class Forgives:
    """Answers in place of every error."""

    name = "forgives"

    async def around(self, call, proceed, firing):  # noqa: ARG002  # so effects are called
        try:
            return await proceed(call)
        except Exception:  # noqa: BLE001
            return b""


@dataclass(frozen=True)
class WaitsFor:
    """Keeps the thread of a call waiting."""

    gate: threading.Event
    name = "waits_for"

    def around(self, call, proceed, firing):  # noqa: ARG002
        assert self.gate.wait(PATIENCE_SECONDS)
        return proceed(call)


def in_process(simulator):
    return RestoreServiceStub(simulator.channel())


@pytest.fixture(params=["manual", "on_poll", "wall"])
def clock(request):
    return request.param


@pytest.fixture
def sim(clock):
    with Simulator(seed=7, clock=clock, strict=False) as simulator:
        yield simulator


@pytest.fixture
def virtual():
    with Simulator(seed=7, strict=False) as simulator:
        yield simulator


@pytest.fixture
def await_event():
    """Subscribes to the history of a simulator: ``await_event(sim)("fault")`` waits for the next event of a kind."""

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
def hold(open_stub, await_event, create_request_for):
    """Makes calls that create restores, and waits until a rule holds them."""

    def make(simulator, *names, timeout=LONG_SECONDS):
        await_one, stub = await_event(simulator), open_stub(simulator)
        calls = [stub.CreateRestore.future(create_request_for(simulator, name), timeout=timeout) for name in names]
        for _ in calls:
            await_one("fault")
        return calls

    return make


AROUND_EACH_OTHER = [
    [faults.lose_response(), faults.hang()],
    [faults.hang(), faults.lose_response()],
    [faults.lose_response(), faults.delay(LONG_SECONDS * 2)],
    [faults.delay(LONG_SECONDS * 2), faults.lose_response()],
    [faults.lose_response(), faults.lose_response("DEADLINE_EXCEEDED")],
    [faults.lose_response("DEADLINE_EXCEEDED"), faults.lose_response()],
    [faults.lose_response("DEADLINE_EXCEEDED"), faults.hang()],
    [faults.lose_response(), faults.stale(5), faults.hang()],
    [Forgives(), faults.hang()],
    [Forgives(), faults.lose_response(), faults.hang()],
]


@pytest.mark.parametrize("effects", AROUND_EACH_OTHER, ids=lambda effects: ", ".join(effect.name for effect in effects))
def test_the_deadline_of_the_caller_wins_in_every_order_of_rules_and_every_clock(sim, open_stub, clock, effects):
    for effect in effects:
        sim.inject(effect, method="ListRestores")

    with pytest.raises(grpc.RpcError) as caught:
        open_stub(sim).ListRestores(ANYTHING, timeout=0.2 if clock == "wall" else LONG_SECONDS)

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_virtual_time_moves_on_to_the_deadline_even_where_that_passes_in_real_time_first(
    virtual, open_stub, await_event, monkeypatch
):
    monkeypatch.setattr(session, "DEADLINE_GRACE_SECONDS", LONG_SECONDS)
    await_one = await_event(virtual)
    virtual.inject(faults.lose_response(), method="ListRestores")
    virtual.inject(faults.hang(), method="ListRestores")
    before = virtual.now

    with pytest.raises(grpc.RpcError) as caught:
        open_stub(virtual).ListRestores(ANYTHING, timeout=0.5)

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert await_one("rpc").code == "DEADLINE_EXCEEDED"
    assert timedelta(seconds=0.1) < virtual.now - before <= timedelta(seconds=0.5)


@pytest.mark.parametrize("effect", [faults.hang(), faults.lose_response("DEADLINE_EXCEEDED")], ids=repr)
def test_a_removed_rule_lets_the_calls_that_it_holds_go_on_to_their_answers(sim, hold, effect):
    rule = sim.inject(effect, method="CreateRestore")
    other = sim.inject(faults.hang(), method="CreateRestore", restore="third")
    first, second, third = calls = hold(sim, "first", "second", "third", timeout=None)
    assert not any(call.done() for call in calls)
    before = sim.now

    sim.remove_rule(rule)

    assert first.result(PATIENCE_SECONDS).meta.name == "first"
    assert second.result(PATIENCE_SECONDS).meta.name == "second"
    assert not third.done()
    if sim.session.clock.is_virtual:
        assert sim.now == before
    sim.remove_rule(other)
    assert third.result(PATIENCE_SECONDS).meta.name == "third"


@pytest.mark.parametrize("clock", ["manual", "wall"])
def test_removing_a_delay_lets_the_calls_that_it_holds_go_on(sim, create_request_for):
    rule = sim.inject(faults.delay(LONG_SECONDS), method="CreateRestore")
    call = in_process(sim).CreateRestore.future(create_request_for(sim), timeout=LONG_SECONDS)
    assert not call.done()

    sim.remove_rule(rule)

    assert call.result(PATIENCE_SECONDS).meta.name == "orders-copy"


def test_an_answer_that_was_an_error_is_what_a_removed_rule_lets_through(sim, open_stub, await_event):
    await_one = await_event(sim)
    rule = sim.inject(faults.lose_response("DEADLINE_EXCEEDED"), method="GetRestore")
    call = open_stub(sim).GetRestore.future(restore_pb2.GetRestoreRequest(id="rst:none"))
    await_one("fault")

    sim.remove_rule(rule)

    assert call.code() is grpc.StatusCode.NOT_FOUND


def test_clearing_the_rules_lets_all_calls_go_on(sim, hold):
    sim.inject(faults.hang(), restore="first")
    sim.inject(faults.hang(), restore="second")
    calls = hold(sim, "first", "second", timeout=None)

    sim.clear_rules()

    assert [call.result(PATIENCE_SECONDS).meta.name for call in calls] == ["first", "second"]


def test_a_reset_ends_the_calls_that_wait_and_they_change_nothing(sim, hold, create_request_for, open_stub):
    sim.inject(faults.hang(), method="CreateRestore", restore="hangs")
    sim.inject(faults.lose_response("DEADLINE_EXCEEDED"), method="CreateRestore", restore="lost")
    hanging = hold(sim, "hangs", "lost", timeout=None)
    assert [restore.name for restore in sim.world.restores.values()] == ["lost"]

    sim.reset()

    for call in hanging:
        assert call.code() is grpc.StatusCode.UNAVAILABLE
        assert "reset" in call.details()
    assert len(sim.world.restores) == len(sim.calls) == len(sim.timeline) == 0
    assert open_stub(sim).CreateRestore(create_request_for(sim, "hangs")).meta.name == "hangs"


def test_a_call_that_a_reset_overtakes_in_an_effect_changes_nothing_in_the_new_world(
    sim, open_stub, create_request_for, await_event
):
    gate, await_one = threading.Event(), await_event(sim)
    sim.inject(faults.lose_response(), method="CreateRestore")
    sim.inject(WaitsFor(gate), method="CreateRestore")
    call = open_stub(sim).CreateRestore.future(create_request_for(sim))
    await_one("fault")

    sim.reset()
    gate.set()

    assert call.code() is grpc.StatusCode.UNAVAILABLE
    assert "reset" in call.details()
    assert len(sim.world.restores) == len(sim.calls) == 0


def test_what_is_on_the_way_of_time_happens_before_the_deadline(virtual, open_stub, create_request_for):
    stub = open_stub(virtual)
    created = stub.CreateRestore(create_request_for(virtual))
    virtual.inject(faults.hang(), method="GetRestore")

    with pytest.raises(grpc.RpcError):
        stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid), timeout=2)

    assert [event.kind for event in virtual.timeline] == ["transition", "rpc", "fault", "transition", "rpc"]
    assert virtual.timeline[-1].at_microseconds - virtual.timeline[2].at_microseconds == 2_000_000


def test_calls_that_wait_at_the_same_time_share_the_wait(virtual, hold):
    virtual.inject(faults.hang(), method="CreateRestore")
    before = virtual.now

    calls = hold(virtual, *map(str, range(5)), timeout=10)

    assert {call.code() for call in calls} == {grpc.StatusCode.DEADLINE_EXCEEDED}
    assert virtual.now - before == timedelta(seconds=10)


def test_threads_that_call_at_the_same_time_share_the_wait(virtual, monkeypatch):
    monkeypatch.setattr(call_state, "DEADLINE_GRACE_SECONDS", 0.3)  # also on a machine that is busy
    virtual.inject(faults.hang(), method="ListRestores")
    before, stub, start = virtual.now, in_process(virtual), threading.Barrier(4)

    def call(seconds):
        start.wait(PATIENCE_SECONDS)
        with pytest.raises(grpc.RpcError) as caught:
            stub.ListRestores(ANYTHING, timeout=seconds)
        return caught.value.code()

    with ThreadPoolExecutor(4) as pool:
        codes = set(pool.map(call, (10, 5, 10, 7)))

    assert codes == {grpc.StatusCode.DEADLINE_EXCEEDED}
    assert virtual.now - before == timedelta(seconds=10)
    assert [call.answered_microseconds - call.arrived_microseconds for call in virtual.calls] == [
        5_000_000,
        7_000_000,
        10_000_000,
        10_000_000,
    ]


def test_each_of_several_calls_ends_by_its_own_deadline(virtual):
    virtual.inject(faults.hang(), method="ListRestores")
    before, ended = virtual.now, {}

    def end(call):
        ended[seconds[call]] = (virtual.now - before).total_seconds()
        if len(ended) == 1:  # who is told can call again, at that very time
            again = in_process(virtual).ListRestores.future(ANYTHING, timeout=3)
            again.add_done_callback(lambda _: ended.update(again=(virtual.now - before).total_seconds()))
            kept.append(again)

    kept = []
    seconds = {in_process(virtual).ListRestores.future(ANYTHING, timeout=timeout): timeout for timeout in (10, 5, 20)}
    for call in seconds:
        call.add_done_callback(end)
    for call in seconds:
        assert call.code() is grpc.StatusCode.DEADLINE_EXCEEDED

    assert ended == {5: 5, "again": 8, 10: 10, 20: 20}


def test_whoever_moves_the_time_lets_deadlines_pass(virtual):
    virtual.inject(faults.hang(), method="ListRestores")
    call = in_process(virtual).ListRestores.future(ANYTHING, timeout=60)

    virtual.advance(59)
    assert not call.done()
    assert virtual.step()
    assert call.done()

    (record,) = virtual.calls
    assert record.code == "DEADLINE_EXCEEDED"
    assert record.answered_microseconds - record.arrived_microseconds == 60_000_000


def test_the_deadline_of_a_call_that_was_answered_moves_no_time(virtual):
    rule = virtual.inject(faults.hang(), method="ListRestores")
    call = in_process(virtual).ListRestores.future(ANYTHING, timeout=60)
    before = virtual.now

    virtual.remove_rule(rule)
    assert call.code() is grpc.StatusCode.OK
    virtual.run_until_idle()

    assert virtual.now == before


def test_the_deadline_passes_though_nobody_asks_the_call(virtual):
    virtual.inject(faults.hang(), method="ListRestores")
    told = queue.SimpleQueue()
    call = in_process(virtual).ListRestores.future(ANYTHING, timeout=60)
    call.add_done_callback(lambda call: told.put(call.code()))

    assert told.get(timeout=PATIENCE_SECONDS) is grpc.StatusCode.DEADLINE_EXCEEDED


def test_a_call_that_nobody_holds_in_hand_any_more_is_cancelled(virtual, await_event):
    await_one = await_event(virtual)
    virtual.inject(faults.hang(), method="ListRestores")

    in_process(virtual).ListRestores.future(ANYTHING)

    assert await_one("rpc").code == "CANCELLED"


def test_ctrl_c_ends_a_call_that_waits(virtual, monkeypatch):
    virtual.inject(faults.hang(), method="ListRestores")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("simulator.transports.in_process.call_state.CallState.await_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        in_process(virtual).ListRestores(ANYTHING)

    assert [call.code for call in virtual.calls] == ["CANCELLED"]


async def test_tasks_that_call_at_the_same_time_share_the_wait(virtual, transport):
    virtual.inject(faults.hang(), method="ListRestores")
    before = virtual.now
    async with virtual.aio_channel(transport=transport) as channel:
        stub = RestoreServiceStub(channel)

        async def call(seconds):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await stub.ListRestores(ANYTHING, timeout=seconds)
            return caught.value.code(), (virtual.now - before).total_seconds()

        answers = await asyncio.gather(*map(call, (10, 5, 10)))

    assert {code for code, _ in answers} == {grpc.StatusCode.DEADLINE_EXCEEDED}
    assert virtual.now - before == timedelta(seconds=10)
    if transport == "in_process":
        assert [seconds for _, seconds in answers] == [10, 5, 10]


async def test_a_task_can_let_the_call_of_another_go_on(virtual):
    rule = virtual.inject(faults.hang(), method="ListRestores")
    before = virtual.now
    async with virtual.aio_channel() as channel:
        call = asyncio.ensure_future(RestoreServiceStub(channel).ListRestores(ANYTHING, timeout=60))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        virtual.advance(10)
        virtual.remove_rule(rule)

        assert not (await call).restores

    assert virtual.now - before == timedelta(seconds=10)
