"""A session gives its world to one thread at a time, brought up to the present."""

import threading
from unittest.mock import MagicMock

import pytest

from fakes import default_world
from simulator.sessions.call_record import CallRecord
from simulator.sessions.clock import Clock
from simulator.sessions.session import Session

WAIT_SECONDS = 10


class CountingClock(Clock):
    """Counts how often it was asked to bring a world up to the present, and can refuse to."""

    def __init__(self):
        self.caught_up = []
        self.refusal = None

    def catch_up(self, world):
        if self.refusal is not None:
            raise self.refusal
        self.caught_up.append(world)


@pytest.fixture
def clock():
    return CountingClock()


@pytest.fixture
def session(clock):
    return Session(default_world(), seed=7, clock=clock)


def enter_in_another_thread(session):
    entered = threading.Event()

    def enter():
        with session:
            entered.set()

    thread = threading.Thread(target=enter, daemon=True)
    thread.start()
    return thread, entered


def test_entering_brings_the_world_up_to_the_present(session, clock):
    with session as world:
        assert clock.caught_up == [world]

    assert world is session.world


def test_the_world_stands_still_while_it_is_held(session, clock):
    with session as world, session as same:
        assert same is world
        assert world.environment.now_microseconds == clock.start_microseconds()


def test_only_one_thread_at_a_time_has_the_world(session):
    with session:
        thread, entered = enter_in_another_thread(session)
        assert not entered.is_set()

    thread.join(WAIT_SECONDS)
    assert entered.is_set()


def test_a_holder_that_fails_gives_the_world_back(session):
    with pytest.raises(ZeroDivisionError), session:
        raise ZeroDivisionError

    thread, entered = enter_in_another_thread(session)
    thread.join(WAIT_SECONDS)
    assert entered.is_set()


def test_a_clock_that_fails_does_not_leave_the_world_locked(session, clock):
    clock.refusal = OverflowError("the end of time")
    with pytest.raises(OverflowError), session:
        pytest.fail("the world is not at the present")
    clock.refusal = None

    thread, entered = enter_in_another_thread(session)
    thread.join(WAIT_SECONDS)
    assert entered.is_set()


def test_subscribers_are_told_of_each_event_with_its_number(session):
    told = []
    session.subscribe(lambda sequence, event: told.append(("first", sequence, event.name)))
    session.subscribe(lambda sequence, event: told.append(("second", sequence, event.name)))

    with session as world:
        world.delete_backup("orders-backup")
        world.delete_backup("carts-backup")

    assert told == [
        ("first", 1, "orders-backup"),
        ("second", 1, "orders-backup"),
        ("first", 2, "carts-backup"),
        ("second", 2, "carts-backup"),
    ]


def test_subscribers_are_told_of_the_world_after_a_reset_too(session):
    told = []
    session.subscribe(lambda sequence, event: told.append((sequence, event.name)))
    with session as world:
        world.delete_backup("orders-backup")

    session.reset()
    with session as world:
        world.delete_backup("carts-backup")

    assert told == [(1, "orders-backup"), (1, "carts-backup")]


def test_a_subscriber_that_left_is_told_no_more_and_the_others_still_are(session):
    told = []
    leave = session.subscribe(lambda *_: told.append("left"))
    session.subscribe(lambda *_: told.append("stayed"))
    leave()

    with session as world:
        world.delete_backup("orders-backup")

    assert told == ["stayed"]


def test_a_subscriber_that_leaves_while_it_is_told_keeps_nobody_from_being_told(session):
    told = []
    leave = session.subscribe(lambda *_: leave())
    session.subscribe(lambda *_: told.append("stayed"))

    with session as world:
        world.delete_backup("orders-backup")

    assert told == ["stayed"]


def test_reset_begins_again_with_the_declared_world_and_no_history(session):
    with session as world:
        world.delete_backup("orders-backup")
        world.environment.advance_to(world.environment.now_microseconds + 60)
    session.calls.append(MagicMock(spec=CallRecord))

    session.reset()

    with session as fresh:
        assert fresh is not world
        assert fresh.backups["orders-backup"] == session.declared.backups[0]
        assert fresh.environment.now_microseconds == session.clock.start_microseconds()
    assert len(session.calls) == 0
    assert len(session.timeline) == 0


def test_the_history_of_a_world_that_was_left_behind_stays_as_it_was(session):
    with session as world:
        world.delete_backup("orders-backup")
    before = session.timeline

    session.reset()

    assert [event.name for event in before] == ["orders-backup"]
    assert session.timeline is not before
