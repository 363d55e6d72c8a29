"""A link whose bandwidth is shared equally by the downloads that run on it at the same time.

Every download gets the same number of bytes while it runs, so one number, the bytes that each running download has got
since the link was last idle, tells of all of them how far they are: a download is finished when that number has grown
by its size. So a download that starts or ends costs a heap operation, however many others run. (Processor sharing in
virtual time, as in weighted fair queueing.)
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from typing import Any, Protocol

from fakes.environment import MICROSECONDS, Entry, Environment

DOWNLOADED = "downloaded"
"""Kind of the agenda entry at which downloads of a link end."""

ROUNDING_MICROSECONDS = 0.001
"""A rounding error that does not cost a download another microsecond."""


Transfer = tuple[float, int, Any]
"""A running download: the level of the link at which it ends, its number, and its owner."""


class Downloader(Protocol):
    """The owner of a download."""

    transfer: Transfer | None
    """Its running download, if any."""


class SharedLink:
    """The downloads of one cluster.

    Args:
        environment: The clock.
        bandwidth_bytes_per_second: The bandwidth that all downloads share.
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

    @property
    def bytes_per_second(self) -> float:
        """The bandwidth that all downloads share."""
        return self.bytes_per_microsecond * MICROSECONDS

    @property
    def running_count(self) -> int:
        """How many downloads share the link."""
        return self._running_count

    def missing_bytes(self, owner: Downloader) -> float:
        """The bytes that a download still has to get; 0 when nothing is downloaded."""
        return 0.0 if owner.transfer is None else max(0.0, owner.transfer[0] - self._level_now())

    def start(self, size_bytes: float, owner: Downloader) -> None:
        """Start to download *size_bytes*; `finish` returns the owner when they have arrived."""
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

    @property
    def progress(self) -> tuple[float, int, int]:
        """The level of the link, the time it was computed for, and how many downloads have been started."""
        return self._level, self._level_at_microseconds, self._started_count

    def load(self, progress: tuple[float, int, int], owners: Iterable[Downloader]) -> None:
        """Continue a link from its `progress`, with the running downloads of *owners*."""
        self._level, self._level_at_microseconds, self._started_count = progress
        self._heap = [owner.transfer for owner in owners if owner.transfer is not None]
        heapify(self._heap)
        self._running_count = len(self._heap)

    def expect(self, entry: Entry) -> None:
        """Remember the entry at which the next download ends."""
        self._entry = entry

    def stop(self, owner: Downloader) -> float:
        """Stop a download before it is finished; the others share what it used.

        Returns:
            The bytes that are missing; 0 when nothing is downloaded.
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
        """End the download that is due, and those that finish with it.

        Returns:
            Their owners.
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
        """Bring the level up to date."""
        self._level = self._level_now()
        self._level_at_microseconds = self._environment.now_microseconds

    def _level_now(self) -> float:
        elapsed = self._environment.now_microseconds - self._level_at_microseconds
        return self._level + elapsed * self.bytes_per_microsecond / self._running_count

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
