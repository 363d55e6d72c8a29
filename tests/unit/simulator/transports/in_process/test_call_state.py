"""A call ends once, in the first way that it comes to; its deadline passes in the time of the world."""

import logging

import grpc
import pytest
from freezegun import freeze_time

from simulator import default_world
from simulator.sessions.clock import Clock, make_clock
from simulator.sessions.session import Session
from simulator.transports.in_process.call_state import Ended, Line

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
        (lambda line: line.succeed("answer"), grpc.StatusCode.OK),
        (lambda line: line.fail(ABORTED), grpc.StatusCode.ABORTED),
        (lambda line: line.cancel(), grpc.StatusCode.CANCELLED),
        (lambda line: line.expire(), grpc.StatusCode.DEADLINE_EXCEEDED),
    ],
)
def test_the_first_end_holds(virtual, ends, code):
    line, told = Line(None, virtual, ()), []
    assert line.when_done(lambda: told.append(line.code))
    assert line.is_waiting()

    ends(line)
    line.succeed("another answer")

    assert not line.cancel()
    assert not line.fail(ABORTED)
    assert not line.is_waiting()
    assert line.await_end()
    assert not line.when_done(print)
    assert told == [line.code] == [code]
    assert line.response == ("answer" if code is grpc.StatusCode.OK else None)


def test_who_fails_to_be_told_keeps_nobody_from_being_told(virtual, caplog):
    caplog.set_level(logging.CRITICAL)
    line, told = Line(None, virtual, ()), []
    line.when_done(lambda: 1 / 0)
    line.when_done(lambda: told.append(1))

    line.cancel()

    assert told == [1]


def test_in_virtual_time_the_time_of_the_world_is_what_is_left_but_ends_nothing(virtual):
    line = Line(5, virtual, ())

    with virtual as world:
        world.environment.advance_to(world.environment.now_microseconds + 3_000_000)
        assert line.remaining_seconds() == 2
        world.environment.advance_to(world.environment.now_microseconds + 3_000_000)

    assert line.remaining_seconds() == 0
    assert line.is_waiting()
    assert line.patience_seconds() == 0


def test_on_the_wall_clock_a_deadline_passes_with_the_clock(wall):
    with freeze_time("2025-06-01") as frozen:
        line = Line(5, wall, ())
        frozen.tick(3)
        assert line.remaining_seconds() == line.patience_seconds() == 2
        assert line.is_waiting()
        frozen.tick(3)

        assert not line.is_waiting()
        assert line.remaining_seconds() == 0
    assert line.code is grpc.StatusCode.DEADLINE_EXCEEDED


def test_waiting_ends_after_so_many_seconds_even_where_the_clock_stands_still(wall):
    with freeze_time("2025-06-01"):
        line = Line(1000, wall, ())

        assert not line.await_end(0.001)
        assert line.is_waiting()


@pytest.mark.parametrize("timeout_seconds", [0, -1, float("nan"), float("inf"), 1e10])
def test_some_deadlines_have_always_passed(virtual, timeout_seconds):
    assert Line(timeout_seconds, virtual, ()).code is grpc.StatusCode.DEADLINE_EXCEEDED
