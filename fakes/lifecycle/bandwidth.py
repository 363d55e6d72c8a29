"""A link whose bandwidth is shared equally by the downloads that run on it at the same time.

Every download gets the same number of bytes while it runs, so one number, the bytes that each running download has got
since the link was last idle, tells of all of them how far they are: a download is finished when that number has grown
by its size. So a download that starts or ends costs a heap operation, however many others run. (Processor sharing in
virtual time, as in weighted fair queueing.)
"""

from __future__ import annotations

import math
from heapq import heappop, heappush
from typing import Any, Protocol

from fakes.environment import MICROSECONDS, Entry, Environment

DOWNLOADED = "downloaded"
"""Kind of the entry with which downloads of a link end."""

ROUNDING_MICROSECONDS = 0.001
"""What a quotient of floats may be off without costing a download another microsecond."""


Transfer = tuple[float, int, Any]
"""A download that runs: how many bytes each download will have got when it ends, its number, and whose it is."""


class Downloader(Protocol):
    """Who downloads."""

    transfer: Transfer | None
    """The download that runs, if one does."""


class SharedLink:
    """The downloads of one cluster.

    Args:
        environment: The clock.
        bandwidth_bytes_per_second: What all downloads get together.
    """

    def __init__(self, environment: Environment, bandwidth_bytes_per_second: float) -> None:
        self.bytes_per_microsecond = bandwidth_bytes_per_second / MICROSECONDS
        self._environment = environment
        self._heap: list[Transfer] = []
        self._running_count = 0
        self._level = 0.0
        self._level_at_microseconds = 0
        self._started_count = 0
        self._entry: Entry | None = None

    def start(self, size_bytes: float, owner: Downloader) -> None:
        """Start to download *size_bytes*; `finish` tells when they are here."""
        if self._running_count:
            self._settle()
        else:
            self._level = 0.0
            self._level_at_microseconds = self._environment.now_microseconds
            self._heap.clear()
        self._started_count += 1
        owner.transfer = (self._level + size_bytes, self._started_count, owner)
        heappush(self._heap, owner.transfer)
        self._running_count += 1
        self._schedule_next()

    def stop(self, owner: Downloader) -> float:
        """Stop a download before it is finished; the others share what it used.

        Returns:
            The bytes that are missing; none when nothing is downloaded.
        """
        if owner.transfer is None:
            return 0.0
        self._settle()
        missing = max(0.0, owner.transfer[0] - self._level)
        owner.transfer = None
        self._running_count -= 1
        self._schedule_next()
        return missing

    def finish(self) -> list[Any]:
        """End the download that is due, and those that are finished together with it.

        Returns:
            Whose they are.
        """
        self._entry = None
        self._settle()
        # Rounding may leave the level a fraction of a byte short of the download for which the entry was scheduled.
        self._level = max(self._level, self._heap[0][0])
        finished = []
        while self._heap and self._heap[0][0] <= self._level:
            transfer = heappop(self._heap)
            owner = transfer[2]
            if owner.transfer is transfer:
                owner.transfer = None
                self._running_count -= 1
                finished.append(owner)
        self._schedule_next()
        return finished

    def _settle(self) -> None:
        """Bring the level up to the present."""
        now = self._environment.now_microseconds
        elapsed = now - self._level_at_microseconds
        self._level += elapsed * self.bytes_per_microsecond / self._running_count
        self._level_at_microseconds = now

    def _schedule_next(self) -> None:
        """Schedule the end of the next download."""
        if self._entry is not None:
            self._environment.cancel(self._entry)
            self._entry = None
        while self._heap and self._heap[0][2].transfer is not self._heap[0]:
            heappop(self._heap)
        if self._heap:
            missing = max(0.0, self._heap[0][0] - self._level)
            delay = math.ceil(missing * self._running_count / self.bytes_per_microsecond - ROUNDING_MICROSECONDS)
            self._entry = self._environment.schedule_entry(delay, DOWNLOADED, self)
