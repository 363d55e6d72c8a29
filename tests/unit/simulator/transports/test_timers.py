"""Functions are called later, in the order of their times, from one thread; what is prevented is not called."""

import threading
from contextlib import contextmanager

import pytest
from freezegun import freeze_time

from simulator.transports.timers import Timers
from tests.patience import PATIENCE_SECONDS

NEVER_SECONDS = 1e12


@pytest.fixture
def timers():
    timers = Timers()
    yield timers
    timers.stop()


@pytest.fixture
def called():
    """Notes what is called, and waits for the last of it."""

    class Called(list):
        over = threading.Event()

        def note(self, what):
            return lambda: self.append(what)

        def await_end(self):
            assert self.over.wait(PATIENCE_SECONDS)
            return self

    return Called()


@pytest.fixture
def all_at_once(timers):
    """Lets nothing be called before everything is arranged."""

    @contextmanager
    def arrange():
        arranged = threading.Event()
        timers.call_after(0, lambda: arranged.wait(PATIENCE_SECONDS))
        yield
        arranged.set()

    return arrange


def test_what_is_due_first_is_called_first(timers, called, all_at_once):
    with all_at_once():
        timers.call_after(0.03, called.over.set)
        timers.call_after(0.02, called.note("second"))
        timers.call_after(0.01, called.note("first"))

    assert called.await_end() == ["first", "second"]


def test_what_is_prevented_is_not_called(timers, called, all_at_once):
    with all_at_once():
        prevent = timers.call_after(0.01, called.note("prevented"))
        timers.call_after(0.02, called.over.set)
        prevent()

    assert called.await_end() == []


def test_to_prevent_what_has_happened_does_nothing(timers, called):
    prevent = timers.call_after(0, called.over.set)
    called.await_end()

    prevent()
    prevent()


def test_a_time_beyond_all_measure_keeps_nobody_waiting(timers, called):
    timers.call_after(NEVER_SECONDS, called.note("never"))
    timers.call_after(0, called.over.set)

    assert called.await_end() == []


def test_one_that_fails_does_not_keep_others_from_being_called(timers, called, caplog):
    timers.call_after(0, lambda: 1 / 0)
    timers.call_after(0.01, called.over.set)

    assert called.await_end() == []
    assert "ZeroDivisionError" in caplog.text


def test_frozen_time_does_not_hold_it_up(timers, called):
    with freeze_time("2019-03-09"):
        timers.call_after(0.01, called.over.set)

        assert called.await_end() == []


def test_nothing_is_called_after_the_end(called):
    timers = Timers()
    timers.call_after(NEVER_SECONDS, called.note("never"))
    timers.stop()
    timers.call_after(0, called.note("too late"))

    assert not [thread for thread in threading.enumerate() if thread.name == "pds-simulator-timers"]
    assert called == []
