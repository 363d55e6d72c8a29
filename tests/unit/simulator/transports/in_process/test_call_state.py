"""A call ends once, in the first way that it comes to; its deadline passes in the time of the world."""

import logging
import queue

import grpc
import pytest
from freezegun import freeze_time

from simulator import default_world
from simulator.sessions.clock import Clock, make_clock
from simulator.sessions.session import Session
from simulator.transports.in_process.call_state import CallState, Ended

ABORTED = Ended(grpc.StatusCode.ABORTED, "not now")


@pytest.fixture
def virtual():
    return Session(default_world(), seed=7, clock=Clock())


@pytest.fixture
def wall():
    return Session(default_world(), seed=7, clock=make_clock("wall", speed=1))


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        (lambda state: state.succeed("answer"), grpc.StatusCode.OK),
        (lambda state: state.fail(ABORTED), grpc.StatusCode.ABORTED),
        (lambda state: state.cancel(), grpc.StatusCode.CANCELLED),
        (lambda state: state.expire(), grpc.StatusCode.DEADLINE_EXCEEDED),
    ],
)
def test_the_first_end_holds(virtual, ends, code):
    state, told = CallState(None, virtual, ()), []
    assert state.when_done(lambda: told.append(state.code))
    assert state.is_waiting()

    ends(state)
    state.succeed("another answer")

    assert not state.cancel()
    assert not state.fail(ABORTED)
    assert not state.is_waiting()
    assert state.await_end()
    assert not state.when_done(print)
    assert told == [state.code] == [code]
    assert state.response == ("answer" if code is grpc.StatusCode.OK else None)


def test_who_fails_to_be_told_keeps_nobody_from_being_told(virtual, caplog):
    caplog.set_level(logging.CRITICAL)
    state, told = CallState(None, virtual, ()), []
    state.when_done(lambda: 1 / 0)
    state.when_done(lambda: told.append(1))

    state.cancel()

    assert told == [1]


def test_in_virtual_time_the_time_of_the_world_is_what_is_left_but_ends_nothing(virtual):
    state = CallState(5, virtual, ())

    with virtual as world:
        world.environment.advance_to(world.environment.now_microseconds + 3_000_000)
        assert state.remaining_seconds() == 2
        world.environment.advance_to(world.environment.now_microseconds + 3_000_000)

    assert state.remaining_seconds() == 0
    assert state.is_waiting()


def test_in_virtual_time_what_never_comes_is_waited_for_until_the_deadline(virtual):
    state = CallState(5, virtual, ())
    start = virtual.world.environment.now_microseconds

    with pytest.raises(Ended, match="Deadline Exceeded"):
        state.take(queue.SimpleQueue())

    assert virtual.world.environment.now_microseconds == start + 5_000_000


def test_on_the_wall_clock_a_deadline_passes_with_the_clock(wall):
    with freeze_time("2025-06-01") as frozen:
        state = CallState(5, wall, ())
        frozen.tick(3)
        assert state.remaining_seconds() == 2
        assert state.is_waiting()
        frozen.tick(3)

        assert not state.is_waiting()
        assert state.remaining_seconds() == 0
    assert state.code is grpc.StatusCode.DEADLINE_EXCEEDED


def test_waiting_ends_after_so_many_seconds_even_where_the_clock_stands_still(wall):
    with freeze_time("2025-06-01"):
        state = CallState(1000, wall, ())

        assert not state.await_end(0.001)
        assert state.is_waiting()


@pytest.mark.parametrize("timeout_seconds", [0, -1, float("nan"), float("inf"), 1e10])
def test_some_deadlines_have_always_passed(virtual, timeout_seconds):
    assert CallState(timeout_seconds, virtual, ()).code is grpc.StatusCode.DEADLINE_EXCEEDED
