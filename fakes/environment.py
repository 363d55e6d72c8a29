"""A simpy environment that counts whole microseconds and lets a timeout be called off.

Time is an integer, microseconds since 1970, because that is exactly what `datetime` can hold: advancing ten times by a
tenth of a second arrives where advancing once by a second does, which no sum of floats promises.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop

import simpy

MICROSECONDS = 1_000_000
"""Microseconds in a second."""

END_OF_TIME_MICROSECONDS = 253_402_300_799_999_999
"""The last microsecond of the year 9999, where the dates of Python and of protobuf end."""


def to_microseconds(seconds: float) -> int:
    """Round *seconds* to whole microseconds."""
    return round(seconds * MICROSECONDS)


class Environment(simpy.Environment):
    """The clock and the agenda of one world.

    simpy keeps a timeout on its agenda once it is there. One that nobody listens to any more is no event for us: it is
    dropped when its turn comes and never moves the clock.
    """

    @property
    def now_microseconds(self) -> int:
        """The time, in microseconds since 1970."""
        return int(self._now)

    def call_after(self, delay_microseconds: int, callback: Callable[[], None]) -> simpy.Timeout:
        """Call *callback* after the delay; give the timeout to `call_off` to prevent it."""
        timeout = self.timeout(delay_microseconds)
        assert timeout.callbacks is not None
        timeout.callbacks.append(lambda _: callback())
        return timeout

    def call_off(self, timeout: simpy.Timeout) -> None:
        """Prevent a call that `call_after` arranged; one that was made already stays made."""
        if timeout.callbacks is not None:
            timeout.callbacks.clear()

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
        while self.peek() <= target_microseconds:
            self.step()
        if self._now < target_microseconds:
            self.run(until=target_microseconds)
