"""Calls that are held up: by which rule, until when, and what ends the hold."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from enum import Enum, auto

from simpy import Event

from fakes.environment import Environment


class Ending(Enum):
    """Why a call is no longer held up."""

    RELEASED = auto()
    """Its time has come or its rule was removed; the call goes on."""
    DEADLINE = auto()
    """The caller's deadline has passed."""
    GONE = auto()
    """The caller has cancelled the call."""
    WORLD_ENDED = auto()
    """The simulator was reset or closed."""


class Hold:
    """A call that is held up. Awaiting it returns its `Ending`.

    The code that runs the call has to call `expire` after *timeout_seconds*, and `client_gone` when the client goes.

    Args:
        rule: Name of the rule that holds it.
        timeout_seconds: Real time, in seconds, after which to call `expire`; None means never.
        deadline_microseconds: When the caller's deadline passes, if time is virtual and the caller has one.
        pass_time: Moves the world to the next deadline of a held call, unless calls have come or gone since it was
            last called; required if there is a deadline.
        has_expired: Returns whether the client's own deadline has passed.
        has_other_mover: Returns whether another thread moves the world.
    """

    def __init__(
        self,
        rule: str,
        *,
        timeout_seconds: float | None = None,
        deadline_microseconds: int | None = None,
        pass_time: Callable[[Hold], None] = lambda _: None,
        has_expired: Callable[[], bool] = lambda: False,
        has_other_mover: Callable[[], bool] = lambda: False,
    ) -> None:
        self.rule = rule
        self.timeout_seconds = timeout_seconds
        self.deadline_microseconds = deadline_microseconds
        self.ending: Ending | None = None
        self.is_awaited = False
        """Whether a thread of the client waits for the end of the call, for as long as that takes."""
        self.number = 0
        """How many calls had come and gone when this one was held up."""
        self.seen_count = 0
        """How many calls had come and gone when this one was last asked to expire."""
        self._pass_time = pass_time
        self._has_expired = has_expired
        self._has_other_mover = has_other_mover
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    def __await__(self) -> Generator[Hold, None, Ending]:
        if self.ending is None:
            yield self
        assert self.ending is not None
        return self.ending

    def expire(self) -> bool:
        """End the wait on the wall clock; in virtual time, move the world to the next deadline of a held call.

        If other calls have come or gone meanwhile, virtual time stays as it is this once. If another thread moves the
        world, it always stays as it is.

        Returns:
            Whether the call is no longer held up; if it still is, call this again after *timeout_seconds*.
        """
        if self.deadline_microseconds is None:
            self.end(Ending.RELEASED)
        elif self.ending is None and not self._has_other_mover():
            self._pass_time(self)
        return self.ending is not None

    def client_gone(self) -> None:
        """End the wait of a client that has cancelled the call, or whose own deadline has passed."""
        if self._has_expired():
            while self.deadline_microseconds is not None and self.ending is None:
                self._pass_time(self)  # virtual time follows the real time that the client has waited
            self.end(Ending.DEADLINE)
        self.end(Ending.GONE)

    def end(self, ending: Ending) -> None:
        """End the wait and continue the call in this thread; only the first end counts."""
        with self._lock:
            if self.ending is not None:
                return
            self.ending = ending
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def when_over(self, callback: Callable[[], None]) -> None:
        """Call *callback* in the thread that ends the wait, or at once if it has ended."""
        with self._lock:
            if self.ending is None:
                self._callbacks.append(callback)
                return
        callback()


class Holds:
    """The held calls of a session, in the order in which they came.

    Args:
        count: How many calls have come and gone so far.
    """

    def __init__(self, count: int = 0) -> None:
        self._holds: dict[Hold, None] = {}
        self._count = count
        self.deadlines: dict[Hold, Event] = {}
        """The agenda events for the deadlines of held calls."""

    def __iter__(self) -> Iterator[Hold]:
        return iter(tuple(self._holds))

    @property
    def count(self) -> int:
        """How many calls have come and gone."""
        return self._count

    def add(self, hold: Hold, environment: Environment) -> None:
        """Keep *hold* until it is over, and put its deadline on the agenda of *environment*."""
        self._holds[hold] = None
        self._count += 1
        hold.number = hold.seen_count = self._count
        hold.when_over(lambda: self._remove(hold))
        if hold.deadline_microseconds is None:
            return
        passing = environment.timeout(max(0, hold.deadline_microseconds - environment.now_microseconds))
        passing.callbacks.append(lambda _: hold.end(Ending.DEADLINE))
        self.deadlines[hold] = passing
        hold.when_over(lambda: _call_off(self.deadlines.pop(hold)))

    def _remove(self, hold: Hold) -> None:
        del self._holds[hold]
        self._count += 1

    def are_as_seen_by(self, hold: Hold) -> bool:
        """Whether no call has come or gone since this was last called with *hold*."""
        are_as_seen = hold.seen_count == self._count
        hold.seen_count = self._count
        return are_as_seen

    def next_deadline_microseconds(self) -> int | None:
        """When the first deadline of a held call passes in virtual time; None when there is none."""
        deadlines = [hold.deadline_microseconds for hold in self]
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def end(self, ending: Ending, rule: str | None = None) -> None:
        """End all holds, or only those of a rule."""
        for hold in self:
            if rule in (None, hold.rule):
                hold.end(ending)


def _call_off(event: Event) -> None:
    """Remove the listeners of *event*, so that the environment drops it without moving the time."""
    if event.callbacks is not None:
        event.callbacks.clear()
