"""Waiting until something is so: in virtual time, on the wall clock, and for clients in other threads."""

import asyncio
import math
import threading
import time
from datetime import timedelta
from itertools import pairwise

import grpc
import pytest

from simulator import Phase
from simulator.api import SERVICE, RestoreServiceStub, restore_pb2

SPEED = 100_000.0
"""At which minutes take milliseconds."""


@pytest.fixture
def create(sim, stub):
    def make(name="orders-copy", **arguments):
        return stub.CreateRestore(
            sim.requests.create(name, backup="orders-backup", namespace="shop-staging", **arguments)
        )

    return make


def test_time_passes_until_a_function_returns_what_is_true(sim, create):
    create()

    sim.advance_until(lambda: "orders-copy" in sim.world.deployments)

    assert sim.world.restores["orders-copy"].status.phase.name == "SUCCESSFUL"
    assert sim.elapsed == timedelta(seconds=158.4)
    sim.advance_until(lambda: True, limit=0)
    assert sim.elapsed == timedelta(seconds=158.4)


def test_time_passes_no_further_than_the_limit(sim, create):
    create()

    with pytest.raises(
        TimeoutError, match=r"never_so did not become true within 30 s of virtual time: .*what comes nex"
    ):
        sim.advance_until(never_so, limit=30)

    assert sim.world.restores["orders-copy"].status.phase.name == "RESTORING_CLOUDSNAP"


def never_so():
    return False


def test_what_can_never_become_true_is_told_with_where_things_stand(sim, create):
    create()
    sim.gate(phase="PENDING")

    with pytest.raises(TimeoutError) as caught:
        sim.advance_until(never_so)
    sim.clear_rules()

    assert str(caught.value) == (
        "never_so did not become true within 1800 s of virtual time: nothing is left that could happen;"
        " 'orders-copy' is PENDING; 1 call: 1 CreateRestore OK"
    )


def test_calls_are_waited_for_in_virtual_time(sim, stub, create):
    created = create()
    poll = sim.requests.get(created)
    stub.GetRestore(poll)

    assert [call.method for call in sim.advance_until_calls("GetRestore")] == ["GetRestore"]
    with pytest.raises(TimeoutError, match=r"not called 2 times with OK within .*1 GetRestore OK"):
        sim.advance_until_calls("GetRestore", 2, code="OK")
    with pytest.raises(ValueError, match="method is 'GetRestor'; did you mean 'GetRestore'"):
        sim.advance_until_calls("GetRestor")


COUNTS = [
    (("GetRestor",), {}, ValueError, "method is 'GetRestor'; did you mean 'GetRestore'"),
    (("GetRestore",), {"code": "NOPE"}, ValueError, "code is 'NOPE'; expected one of 'OK'"),
    (("GetRestore",), {"code": "UNAVAILBLE"}, ValueError, "code is 'UNAVAILBLE'; did you mean 'UNAVAILABLE'"),
    (("GetRestore", "3"), {}, TypeError, "count is '3'; expected a whole number"),
    (("GetRestore", -1), {}, ValueError, "count is -1; expected 0 or more"),
]


@pytest.mark.parametrize(("names", "named", "error", "message"), COUNTS)
def test_calls_that_there_can_not_be_are_refused(sim, names, named, error, message):
    with pytest.raises(error, match=message):
        sim.advance_until_calls(*names, **named)
    with pytest.raises(error, match=message):
        sim.calls.wait_for(*names, **named)
    if len(names) == 1:
        with pytest.raises(error, match=message):
            sim.calls.of(*names, **named)


@pytest.mark.parametrize("timeout", [-1, math.nan, math.inf, "5"])
def test_calls_are_not_waited_for_without_a_limit_that_makes_sense(sim, timeout):
    with pytest.raises(ValueError, match=rf"timeout is {timeout!r}; expected a finite number of seconds, 0 or more"):
        sim.calls.wait_for("GetRestore", timeout=timeout)


def test_calls_of_a_method_that_there_is_not_are_found_once_somebody_has_made_one(sim):
    with pytest.raises(grpc.RpcError):
        sim.channel().unary_unary(path := f"/{SERVICE}/GetNothing")(b"")
    assert [call.code for call in sim.calls.of(path)] == ["UNIMPLEMENTED"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("orders-copy",), ValueError, "phase is None; expected one of INITIALIZING"),
        ((None,), TypeError, "restore is None; expected its uid or name"),
        (("orders-copy", "DONE"), ValueError, "phase is 'DONE'"),
        (("nobody", "FAILED"), KeyError, "no restore 'nobody'"),
        ((never_so, None, -1), ValueError, "limit is -1"),
    ],
)
@pytest.mark.parametrize("clock", ["manual", "wall"])
def test_what_can_not_be_waited_for_is_refused(make_simulator, open_stub, clock, arguments, error, message):
    with make_simulator(clock=clock) as sim:
        open_stub(sim).CreateRestore(
            sim.requests.create("orders-copy", backup="orders-backup", namespace="shop-staging")
        )

        with pytest.raises(error, match=message):
            sim.advance_until(*arguments)


def test_on_the_wall_clock_a_phase_is_waited_for_even_if_it_has_passed(make_simulator, open_stub):
    with make_simulator(clock="wall", speed=SPEED) as sim:
        stub = open_stub(sim)
        stub.CreateRestore(sim.requests.create("orders-copy", backup="orders-backup", namespace="shop-staging"))

        restore = sim.advance_until("orders-copy", "SUCCESSFUL")
        assert restore.status.phase.name == "SUCCESSFUL"
        assert sim.advance_until("orders-copy", "PENDING").uid == restore.uid
        sim.advance_until(lambda: sim.elapsed > timedelta(seconds=200))
        with pytest.raises(TimeoutError, match="'orders-copy' can't come to FAILED any more; no restore is live"):
            sim.advance_until("orders-copy", "FAILED")


def test_on_the_wall_clock_the_limit_is_real_time(make_simulator):
    with make_simulator(clock="wall") as sim:
        with pytest.raises(TimeoutError, match=r"never_so did not become true within 0.01 real seconds; .*; 0 calls"):
            sim.advance_until(never_so, limit=0.01)
        with pytest.raises(TimeoutError, match=r"GetRestore was not called 1 times within 0.01 real seconds"):
            sim.advance_until_calls("GetRestore", limit=timedelta(seconds=0.01))


def test_a_client_in_another_thread_is_waited_for_while_virtual_time_stands_still(sim, open_stub, create):
    created = create()
    stub, gone_on = open_stub(sim), threading.Event()
    request = sim.requests.get(created)

    def client():
        for _ in range(3):
            stub.GetRestore(request)
        gone_on.wait(10)
        stub.GetRestore(request)

    thread = threading.Thread(target=client)
    thread.start()
    calls = sim.calls
    made = calls.wait_for("GetRestore", 3, code="OK")
    gone_on.set()
    thread.join()

    assert [call.method for call in made] == ["GetRestore"] * 3
    assert len(calls.wait_for("GetRestore", 4)) == 4
    assert sim.elapsed == timedelta(0)
    with pytest.raises(
        TimeoutError, match=r"not called 5 times with OK within 0.01 real seconds; 5 calls: 4 GetRestore OK"
    ):
        calls.wait_for("GetRestore", 5, code="OK", timeout=0.01)
    with pytest.raises(ValueError, match="method is 'Get'"):
        calls.wait_for("Get")


def test_in_a_coroutine_calls_are_waited_for_as_the_error_says(sim):
    run = getattr(sim, "run", asyncio.run)

    async def poll(stub):
        for _ in range(3):
            await asyncio.sleep(0.001)
            await stub.ListRestores(restore_pb2.ListRestoresRequest())

    async def main():
        async with sim.aio_channel() as channel, asyncio.TaskGroup() as tasks:
            tasks.create_task(poll(RestoreServiceStub(channel)))
            with pytest.raises(RuntimeError) as caught:
                sim.calls.wait_for("ListRestores", 3)
            while len(sim.calls.of("ListRestores")) < 3:  # noqa: ASYNC110  # as the error says
                await asyncio.sleep(0.1)
        assert "'while len(sim.calls.of('ListRestores')) < 3: await asyncio.sleep(0.1)'" in str(caught.value)

    run(main())


def test_a_reset_begins_to_count_again(sim):
    sim.advance(60)
    assert sim.elapsed == timedelta(minutes=1)

    sim.reset()

    assert sim.elapsed == timedelta(0)


@pytest.mark.parametrize("how", ["wait_for", "advance_until_calls", "advance_until", "phase"])
def test_threads_in_virtual_time_go_on_while_one_waits(sim, stub, create, how):
    request = sim.requests.get(create())

    def client():
        while not stub.GetRestore(request).status.phase >= Phase.SUCCESSFUL:
            time.sleep(10)

    with sim.virtual_sleep():
        thread = threading.Thread(target=client)
        thread.start()
        if how == "wait_for":
            sim.calls.wait_for("GetRestore", 4)
        elif how == "advance_until_calls":
            assert len(sim.advance_until_calls("GetRestore", 4)) == 4
        elif how == "advance_until":
            sim.advance_until(lambda: len(sim.calls) == 5)
        else:
            sim.advance_until("orders-copy", "RESTORING_CLOUDSNAP", limit=60)
        waited = sim.elapsed
        with pytest.raises(TimeoutError, match=r"never_so did not become true within 2 s .*: that is over"):
            sim.advance_until(never_so, limit=2)
        thread.join()

    assert timedelta(seconds=3 if how == "phase" else 30) <= waited <= timedelta(seconds=32)
    polls = sim.calls.of("GetRestore")
    assert [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(polls)] == [10] * 16
