"""Limits of a run: a client that does not end is stopped, and its place is reported."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from fakes.environment import to_microseconds
from fakes.history.events import Event, RemoteCall
from fakes.values import is_finite
from simulator.sessions.holds import Hold
from simulator.sessions.real_time import read_elapsed_seconds
from simulator.sessions.session import Session

HANG = "hang"
"""Name of the oracle that complains of clients that do not end."""


class NoEnd(BaseException):
    """A client did not end. It is not an Exception, so that clients do not catch it and go on."""


class NoRealEnd(NoEnd):
    """Likewise, in real time; the client's place is then a matter of chance."""


@dataclass(frozen=True)
class Limits:
    """The limits of a run.

    Args:
        virtual_seconds: In the time of the world.
        calls: Calls that the client makes.
        real_seconds: In real time; checked in the main thread only, where Python can interrupt.

    Raises:
        ValueError: one is not a number above 0.
    """

    virtual_seconds: float = 86_400
    calls: int = 5_000
    real_seconds: float = 30

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not is_finite(value) or value <= 0:
                raise ValueError(f"{name} is {value!r}; expected a number above 0")


class LimitWatch:
    """Counts calls and checks the time, at every event of a session.

    Args:
        session: The session, in which no calls have been made yet.
        limits: The limits.
    """

    def __init__(self, session: Session, limits: Limits) -> None:
        self._limits = limits
        with session as world:
            self._end_microseconds = world.environment.now_microseconds + to_microseconds(limits.virtual_seconds)
        self._call_count = 0

    def passed_by(self, event: Event) -> str:
        """Say which limit *event* exceeds; empty if none."""
        if isinstance(event, RemoteCall):
            self._call_count += 1
        if self._call_count > self._limits.calls:
            return f"no end after {self._limits.calls} calls"
        if event.at_microseconds > self._end_microseconds:
            return f"no end after {self._limits.virtual_seconds:g} s of virtual time"
        return ""


@contextmanager
def limited(session: Session, limits: Limits) -> Iterator[Sequence[NoEnd]]:
    """Stop a client that passes the limits: from then on in-process calls and steps in time raise `NoEnd`.

    Gives all that were raised, whatever became of them: one may have ended no more than a thread of the client.
    """
    watch = LimitWatch(session, limits)
    raised: list[NoEnd] = []

    def stop_at_limit(_sequence: int, event: Event) -> None:
        if reason := watch.passed_by(event):
            raised.append(NoEnd(reason))
            raise raised[-1]

    unsubscribe = session.subscribe(stop_at_limit)
    try:
        with _alarm(session, limits.real_seconds):
            yield raised
    finally:
        unsubscribe()


TICK_SECONDS = 0.02
"""How often to check whether a client still makes progress, in real time."""


@contextmanager
def _alarm(session: Session, real_seconds: float) -> Iterator[None]:
    """Raise `NoEnd` in the main thread when it is stuck or takes too long, unless the alarm is already in use."""
    can_interrupt = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not can_interrupt or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    latest_seconds = read_elapsed_seconds() + real_seconds
    threads = {*threading.enumerate()}

    def tick(_number: int, _frame: FrameType | None) -> None:
        if read_elapsed_seconds() >= latest_seconds:
            raise NoRealEnd(f"no end after {real_seconds:g} s of real time")
        if threads.issuperset(threading.enumerate()) and (hold := _endless_hold(session)):
            raise NoEnd(f"no end: the call has no deadline, and the rule {hold.rule!r} holds it up")

    before = signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, min(TICK_SECONDS, real_seconds), TICK_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _endless_hold(session: Session) -> Hold | None:
    """Return what blocks the only thread of a client in virtual time, if nothing else could move the time."""
    if not session.clock.is_virtual or session.mover.is_other():
        return None
    return next((hold for hold in session.holds if hold.is_awaited and hold.ending is None), None)
