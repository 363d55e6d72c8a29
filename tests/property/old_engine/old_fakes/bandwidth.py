"""A link whose bandwidth is shared equally by the downloads that run on it at the same time.

Every download gets the same number of bytes while it runs, so one number, the bytes that each running download has got
since the link was last idle, tells of all of them how far they are: a download is finished when that number has grown
by its size. So a download that starts or ends costs a heap operation, however many others run. (Processor sharing in
virtual time, as in weighted fair queueing.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from old_fakes.environment import MICROSECONDS, ArrangedCall, Environment

ROUNDING_MICROSECONDS = 0.001
"""What a quotient of floats may be off without costing a download another microsecond."""


@dataclass(slots=True, eq=False)
class Download:
    """A download that runs on a link; `SharedLink.join` makes it."""

    finished_at_level: float
    done: Callable[[], None]
    running: bool = True


class SharedLink:
    """The downloads of one cluster.

    Args:
        environment: The clock.
        bandwidth_bytes_per_second: What all downloads get together.
    """

    def __init__(self, environment: Environment, bandwidth_bytes_per_second: float) -> None:
        self._environment = environment
        self._bytes_per_microsecond = bandwidth_bytes_per_second / MICROSECONDS
        self._heap: list[tuple[float, int, Download]] = []
        self._running_count = 0
        self._level = 0.0
        self._level_at_microseconds = 0
        self._ordinals = count()
        self._call: ArrangedCall | None = None

    def join(self, size_bytes: float, done: Callable[[], None]) -> Download:
        """Start to download *size_bytes* and call *done* when they are here."""
        self._settle()
        download = Download(self._level + size_bytes, done)
        heappush(self._heap, (download.finished_at_level, next(self._ordinals), download))
        self._running_count += 1
        self._await_next()
        return download

    def leave(self, download: Download) -> float:
        """End a download before it is finished; the others share what it used.

        Returns:
            The bytes that are missing; none when it had ended already.
        """
        if not download.running:
            return 0.0
        self._settle()
        download.running = False
        self._running_count -= 1
        missing = max(0.0, download.finished_at_level - self._level)
        self._await_next()
        return missing

    def _settle(self) -> None:
        """Bring the level up to the present."""
        now = self._environment.now_microseconds
        if self._running_count:
            elapsed = now - self._level_at_microseconds
            self._level += elapsed * self._bytes_per_microsecond / self._running_count
        else:
            self._level = 0.0
            self._heap.clear()
        self._level_at_microseconds = now

    def _await_next(self) -> None:
        """Arrange to be called when the next download is finished."""
        if self._call is not None:
            self._environment.call_off(self._call)
            self._call = None
        while self._heap and not self._heap[0][2].running:
            heappop(self._heap)
        if self._heap:
            missing = max(0.0, self._heap[0][0] - self._level)
            delay = math.ceil(missing * self._running_count / self._bytes_per_microsecond - ROUNDING_MICROSECONDS)
            self._call = self._environment.call_after(delay, self._finish)

    def _finish(self) -> None:
        """End the download that is due, and those that are finished together with it."""
        self._settle()
        # Rounding may leave the level a fraction of a byte short of the download for which this call was arranged.
        self._level = max(self._level, self._heap[0][0])
        finished = []
        while self._heap and self._heap[0][0] <= self._level:
            download = heappop(self._heap)[2]
            if download.running:
                download.running = False
                self._running_count -= 1
                finished.append(download)
        self._await_next()
        for download in finished:
            download.done()
