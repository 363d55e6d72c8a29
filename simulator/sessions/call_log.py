"""The calls that clients made, and assertions about them."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

from fakes.printable import printable
from fakes.suggestions import counted
from fakes.values import is_finite
from simulator.api import METHODS
from simulator.sessions.attempts import FirstAttempts, LogicalCall, logical_calls, require_clock
from simulator.sessions.call_checks import require_calls, require_code, require_method
from simulator.sessions.call_record import CallRecord
from simulator.sessions.clock import ClockMode
from simulator.sessions.real_time import LOOK_EVERY_SECONDS, wait_until

KEPT_BYTES_EACH = 2_048
"""Bytes of requests and responses that a call may keep, on average, if not all calls are kept."""
FORGOTTEN_AT_ONCE = 1_000
"""The fraction of the calls that is forgotten at a time, when there are many."""
UNKNOWN_METHOD = "unknown"
"""Stands in counts for all unknown methods."""


class CallLog(Sequence[CallRecord]):
    """The calls so far, in the order in which they were answered, numbered from 1; reading is safe from any thread.

    It has all of them, unless old ones were forgotten; the numbers of the others stay.

    Args:
        clock_mode: What moves the time of the world. Gaps between attempts are measured in the time that clients wait
            in: real time on the wall clock, else virtual time.
    """

    look_every_seconds: float = LOOK_EVERY_SECONDS
    """How often `wait_for` looks for new calls."""

    def __init__(self, clock_mode: ClockMode = ClockMode.MANUAL) -> None:
        self._clock_mode = clock_mode
        self._kept_max: int | None = None
        self.counts: dict[tuple[str, str], int] = {}
        """How many calls were made, by method and code, including those that are not kept or from before `clear`."""
        self._begin()

    def _begin(self) -> None:
        # As plain tuples, because the garbage collector rescans records, but not tuples of plain values.
        self._records: list[tuple[Any, ...]] = []
        self._arrived_count = 0
        self._forgotten_count = 0
        self._kept_bytes = 0
        self._part_counts: dict[bytes, int] = {}
        """How many of the kept records share a part of an answer."""
        self._first_attempts = FirstAttempts()

    @property
    def clock_mode(self) -> ClockMode:
        """The clock that gaps between attempts are measured by."""
        return self._clock_mode

    def load(
        self, records: Iterable[CallRecord], counts: Mapping[tuple[str, str], int], *, arrived: int, forgotten: int
    ) -> None:
        """Continue after the calls of a snapshot: how many had *arrived*, and how many were *forgotten*."""
        self._begin()
        self._records = [tuple(record) for record in records]
        self._arrived_count, self._forgotten_count = arrived, forgotten
        self.counts = dict(counts)
        self.limit(self._kept_max)

    @property
    def first_number(self) -> int:
        """The number of the first call that is kept, or of the next one where there is none."""
        return self._forgotten_count + 1

    @property
    def last_number(self) -> int:
        """The number of the last call; 0 where none was made yet."""
        return self._forgotten_count + len(self._records)

    @property
    def arrived_count(self) -> int:
        """How many calls have arrived, including those that are not answered yet."""
        return self._arrived_count

    def next_number(self) -> int:
        """Count a call that arrives, and return its number, from 1; the world has to be locked."""
        self._arrived_count += 1
        return self._arrived_count

    @overload
    def __getitem__(self, index: int) -> CallRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[CallRecord]: ...
    def __getitem__(self, index: int | slice) -> CallRecord | list[CallRecord]:
        if isinstance(index, slice):
            return [CallRecord._make(row) for row in self._records[index]]
        return CallRecord._make(self._records[index])

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[CallRecord]:
        return map(CallRecord._make, self._records[:])

    @property
    def _clock(self) -> str:
        return "wall" if self._clock_mode is ClockMode.WALL else "virtual"

    def append(self, record: CallRecord) -> None:
        """Add a call that has been answered."""
        self._records.append(tuple(record))
        # A client can call any number of unknown methods.
        counted = (record.method if record.method in METHODS else UNKNOWN_METHOD, record.code)
        self.counts[counted] = self.counts.get(counted, 0) + 1
        if self._kept_max is not None:
            self._kept_bytes += self._count_bytes(record, 1)
            self._forget_oldest(self._kept_max)

    def limit(self, kept_max: int | None) -> None:
        """Keep so many calls, and `KEPT_BYTES_EACH` times as many bytes of requests and responses; None keeps all."""
        self._kept_max = kept_max
        if kept_max is not None:
            self._part_counts.clear()
            self._kept_bytes = sum(self._count_bytes(record, 1) for record in self)
            self._forget_oldest(kept_max)

    def _forget_oldest(self, kept_max: int) -> None:
        records = self._records
        surplus = len(records) - kept_max
        # Some more than necessary, because forgetting takes time linear in the number of calls.
        count_min = surplus + kept_max // FORGOTTEN_AT_ONCE if surplus > 0 else 0
        bytes_max = kept_max * KEPT_BYTES_EACH
        count = 0
        while count < count_min or (self._kept_bytes > bytes_max and count < len(records) - 1):
            self._kept_bytes -= self._count_bytes(CallRecord._make(records[count]), -1)
            count += 1
        if count:
            self._records = records[count:]  # a new list, because another thread may be reading this one
            self._forgotten_count += count

    def _count_bytes(self, record: CallRecord, change: int) -> int:
        """Count one record more or less, and return the bytes that it alone has; parts of answers may be shared."""
        count = len(record.request_bytes) + len(record.message)
        count += sum(len(key) + len(value) for key, value in record.metadata)
        for part in record.response_parts or ():
            others = self._part_counts.get(part, 0) - (change < 0)
            if others == 0:
                count += len(part)
            if others or change > 0:
                self._part_counts[part] = others + (change > 0)
            else:
                del self._part_counts[part]
        return count

    def clear(self) -> None:
        """Forget all calls, and count from 1 again."""
        self._begin()

    def of(self, method: str, *, code: str | None = None) -> list[CallRecord]:
        """The calls of one method; with *code*, only those that ended with it.

        Raises:
            ValueError: the code is unknown, or the method is, and nobody has called it.
        """
        require_code(code)
        if all(record.method != method for record in self):
            require_method(method)
        return [record for record in self if record.method == method and code in (None, record.code)]

    def wait_for(
        self, method: str, count: int = 1, *, code: str | None = None, timeout: float = 10.0
    ) -> list[CallRecord]:
        """Wait, in real time, until a client in another thread or process has made calls of a method.

        Args:
            method: Name of the method, such as ``"GetRestore"``.
            count: How many calls to wait for, counted from the start; a call counts once it is answered.
            code: Only calls that ended with this status code count, such as ``"UNAVAILABLE"``.
            timeout: How long to wait at most, in seconds.

        Returns:
            The calls so far.

        Raises:
            RuntimeError: it is called inside a coroutine, where it would let no other task run.
            TimeoutError: there were fewer; the message says which calls there were.
            TypeError: the count is not a whole number.
            ValueError: the method or code is unknown, or the timeout is not a finite number from 0.
        """
        __tracebackhide__ = True
        require_calls(method, count, code)
        if not is_finite(timeout) or timeout < 0:
            raise ValueError(f"timeout is {timeout!r}; expected a finite number of seconds, 0 or more")
        if asyncio._get_running_loop() is not None:  # noqa: SLF001  # documented; the other one raises
            raise RuntimeError(
                "calls.wait_for() is called inside a coroutine, where no other task can run meanwhile; expected"
                f" 'while len(sim.calls.of({method!r})) < {count}: await asyncio.sleep(0.1)'"
            )

        def are_made() -> bool:
            self.update()
            return len(self.of(method, code=code)) >= count

        if not wait_until(are_made, timeout, every_seconds=self.look_every_seconds):
            wanted = f"{method} was not called {count} times" + (f" with {code}" if code else "")
            raise TimeoutError(f"{wanted} within {timeout:g} real seconds; {self.summary()}")
        return self.of(method, code=code)

    def update(self) -> None:
        """Read new calls from a server; a simulator in this process has them all."""

    def summary(self) -> str:
        """Summarize the calls in one line, by method and code."""
        counts = Counter((record.method, record.code) for record in self)
        return counted([f"{count} {' '.join(what)}" for what, count in counts.most_common()], len(self), "call")

    def __repr__(self) -> str:
        return f"<{self.summary()}>"

    def logical(self, method: str | None = None) -> list[LogicalCall]:
        """The calls that clients meant to make: attempts with the same method, caller and request belong together.

        A new one begins after an attempt that was answered with OK. Attempts are in the order in which they came.
        """
        return logical_calls(self if method is None else self.of(method), self._clock)

    def after(self, number: int) -> Iterator[tuple[int, CallRecord]]:
        """The kept calls after the one with a number, each with its own."""
        records, first = self._records, self.first_number
        for index in range(max(number + 1 - first, 0), len(records)):
            yield first + index, CallRecord._make(records[index])

    def first_attempt(self, number: int) -> int:
        """The number of the first attempt at the same call; see `logical`. The world has to be locked.

        Args:
            number: The number of a kept call. If its first attempt is not kept, the oldest that is kept counts as such.
        """
        return self._first_attempts.number_of(number, self.first_number, self.after)

    def assert_backoff(
        self,
        min_seconds: float,
        factor: float = 2.0,
        jitter: float = 0.1,
        *,
        method: str | None = None,
        clock: str | None = None,
    ) -> None:
        """Assert that clients that retried waited longer each time.

        The gap before the attempt number n + 1 has to be at least ``min_seconds * factor ** (n - 1)``, less the jitter.

        Args:
            min_seconds: The shortest gap before the second attempt.
            factor: How many times as long each gap is as the one before.
            jitter: By which fraction of it a gap may be shorter.
            method: The method whose calls to check; None means all.
            clock: ``"virtual"`` or ``"wall"``; left out, the one that clients of this simulator wait by: ``"wall"`` for
                a simulator with ``clock="wall"``, else ``"virtual"``.

        Raises:
            ValueError: a number is not finite or below zero, or the clock is unknown.
            AssertionError: a gap was too short, or nobody retried; the message shows the attempts and names the
                clock.
        """
        __tracebackhide__ = True
        for name, value in (("min_seconds", min_seconds), ("factor", factor), ("jitter", jitter)):
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
                raise ValueError(f"{name} is {value!r}; expected a finite number from 0")
        measured = require_clock(self._clock if clock is None else clock)
        retried = [call for call in self.logical(method) if len(call.attempts) > 1]
        if not retried:
            raise AssertionError(f"nobody tried again; {len(self)} calls were made, none twice")
        for call in retried:
            for number, gap_seconds in enumerate(call.gaps_seconds(measured), start=1):
                wanted_seconds = _grown(min_seconds, factor, number - 1) * (1 - jitter)
                if gap_seconds < wanted_seconds:
                    called = printable(call.attempts[0].method)
                    raise AssertionError(
                        f"attempt {number + 1} of {called} came {gap_seconds:.3f} s after the one before it,"
                        f" expected at least {wanted_seconds:.3f} s in {measured} time"
                        f" (the simulator's clock is {self._clock_mode.value!r})\n{call.told(measured)}"
                    )


def _grown(seconds: float, factor: float, times: int) -> float:
    """Multiply *seconds* by *factor* so many times; results too large for a float are infinite."""
    if seconds == 0:
        return 0
    try:
        return float(seconds * factor**times)
    except OverflowError:
        return math.inf
