"""With a pacer, a world on the wall clock moves although nobody calls."""

import threading

import pytest

from fakes import ANYBODY, Phase, RestoreSpec, default_world
from fakes.history.events import Transition
from simulator.sessions.clock import WallClock, read_wall_microseconds
from simulator.sessions.control import SessionControl
from simulator.sessions.pacer import Pacer
from simulator.sessions.session import Session

WAIT_SECONDS = 30
VIRTUAL_SECONDS_IN_A_SECOND = 1e6


@pytest.fixture
def clock():
    return WallClock(VIRTUAL_SECONDS_IN_A_SECOND, read_wall_microseconds)


@pytest.fixture
def session(clock):
    return Session(default_world(), seed=7, clock=clock)


@pytest.fixture
def succeeded(session):
    """Is set when a restore succeeds."""
    succeeded = threading.Event()

    def look(_, event):
        if isinstance(event, Transition) and event.status.phase is Phase.SUCCESSFUL:
            succeeded.set()

    session.subscribe(look)
    return succeeded


def start_restore(session, name="orders-copy"):
    with session as world:
        order = RestoreSpec(
            name=name,
            namespace=world.namespaces["shop-staging"].uid,
            project=world.projects["shop"].uid,
            backup=world.backups["orders-backup"].uid,
        )
        return world.create_restore(order, ANYBODY)


def pacers():
    return [thread for thread in threading.enumerate() if thread.name == "pds-simulator-pacer"]


def test_a_restore_goes_on_although_nobody_asks(session, succeeded):
    restore = start_restore(session)

    with Pacer(session):
        assert succeeded.wait(WAIT_SECONDS)

    assert restore.status.phase is Phase.SUCCESSFUL


def test_an_idle_world_wakes_up_with_the_next_restore(session, succeeded):
    with Pacer(session):
        for name in ("one", "two"):
            succeeded.clear()
            start_restore(session, name)
            assert succeeded.wait(WAIT_SECONDS)

    assert [restore.status.phase for restore in session.world.restores.values()] == [Phase.SUCCESSFUL] * 2


def test_a_world_that_begins_again_is_paced_too(session, succeeded):
    with Pacer(session):
        start_restore(session)
        assert succeeded.wait(WAIT_SECONDS)
        session.reset()
        succeeded.clear()
        start_restore(session)
        assert succeeded.wait(WAIT_SECONDS)

    assert len(session.world.restores) == 1


def test_a_clock_that_is_changed_meanwhile_counts_from_then_on(session, succeeded):
    control = SessionControl(session)
    control.change_clock(mode="manual")
    start_restore(session)

    with Pacer(session):
        control.change_clock(mode="wall", speed=VIRTUAL_SECONDS_IN_A_SECOND)
        assert succeeded.wait(WAIT_SECONDS)


def test_a_pacer_leaves_no_thread_behind(session):
    before = pacers()

    with Pacer(session):
        during = pacers()

    assert len(during) == len(before) + 1
    assert pacers() == before


def test_without_a_pacer_a_restore_waits_for_somebody_to_ask(session):
    restore = start_restore(session)

    assert restore.status.phase is Phase.INITIALIZING
