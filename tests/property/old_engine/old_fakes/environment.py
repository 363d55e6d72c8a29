"""A simpy environment that counts whole microseconds and lets a call that was arranged be called off.

Time is an integer, microseconds since 1970, because that is exactly what `datetime` can hold: advancing ten times by a
tenth of a second arrives where advancing once by a second does, which no sum of floats promises.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

import simpy
from simpy.events import NORMAL

MICROSECONDS = 1_000_000
"""Microseconds in a second."""

END_OF_TIME_MICROSECONDS = 253_402_300_799_999_999
"""The last microsecond of the year 9999, where the dates of Python and of protobuf end."""


def to_microseconds(seconds: float) -> int:
    """Round *seconds* to whole microseconds."""
    return round(seconds * MICROSECONDS)


class ArrangedCall:
    """A call that is arranged for a time: all that the agenda needs of an event, for a third of what one costs."""

    __slots__ = ("at_microseconds", "callback")

    _ok = True

    def __init__(self, at_microseconds: int, callback: Callable[[], None]) -> None:
        self.at_microseconds = at_microseconds
        self.callback: Callable[[], None] | None = callback

    @property
    def callbacks(self) -> tuple[Callable[[simpy.Event], None], ...]:
        """Who listens, as simpy wants to know it."""
        return () if self.callback is None else (self._call,)

    @callbacks.setter
    def callbacks(self, _: None) -> None:
        """Simpy takes the callbacks away before it calls them; what was called off is told by `callback`."""

    def _call(self, _: simpy.Event) -> None:
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()


class Environment(simpy.Environment):
    """The clock and the agenda of one world.

    simpy keeps an event on its agenda once it is there. One that nobody listens to any more is no event for us: it is
    dropped when its turn comes and never moves the clock.
    """

    @property
    def now_microseconds(self) -> int:
        """The time, in microseconds since 1970."""
        now: int = self._now  # type: ignore[assignment]  # it starts as a whole number, and only such are added
        return now

    def call_after(self, delay_microseconds: int, callback: Callable[[], None]) -> ArrangedCall:
        """Call *callback* after the delay; give what is returned to `call_off` to prevent it."""
        at_microseconds = self.now_microseconds + delay_microseconds
        call = ArrangedCall(at_microseconds, callback)
        agenda: Any = self._queue  # simpy means only its own events to stand there
        heappush(agenda, (at_microseconds, NORMAL, next(self._eid), call))
        return call

    def call_off(self, call: ArrangedCall) -> None:
        """Prevent a call that `call_after` arranged; one that was made already stays made."""
        call.callback = None

    def peek(self) -> simpy.core.SimTime:
        """Tell the time of the next event that somebody listens to; infinity when there is none."""
        while self._queue and not self._queue[0][3].callbacks:
            heappop(self._queue)
        return super().peek()

    def advance_to(self, target_microseconds: int) -> None:
        """Let everything happen up to the target time, the events at exactly that time included.

        simpy's own ``run(until=t)`` stops before the events at t.

        Raises:
            OverflowError: the target lies after the year 9999, where no date and no Timestamp of the API can follow.
        """
        if target_microseconds > END_OF_TIME_MICROSECONDS:
            raise OverflowError("the clock ends with the year 9999; the target lies after that")
        queue: Any = self._queue
        while queue and queue[0][0] <= target_microseconds:
            event = queue[0][3]
            if type(event) is ArrangedCall:
                # What simpy's `step` does, without its detours.
                at_microseconds = heappop(queue)[0]
                callback = event.callback
                if callback is not None:
                    self._now = at_microseconds
                    event.callback = None
                    callback()
            elif event.callbacks:
                self.step()
            else:
                heappop(queue)
        self._now = max(self._now, target_microseconds)
