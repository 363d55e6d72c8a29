"""The calls that clients made, and what can be proved by them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple, overload

from google.protobuf.message import DecodeError, Message

from fakes.environment import MICROSECONDS
from fakes.history.events import to_datetime
from fakes.printable import printable
from simulator.api import METHODS
from simulator.sessions.attempts import AttemptKey, FirstAttempts, attempt_key
from simulator.sessions.clock import ClockMode

Metadata = Sequence[tuple[str, str | bytes]]

KEPT_BYTES_EACH = 2_048
"""Bytes that a call may take of what was sent, on average, where not all calls are kept."""
FORGOTTEN_AT_ONCE = 1_000
"""Of many calls, this fraction is forgotten at once."""
UNKNOWN_METHOD = "unknown"
"""Stands in counts for all methods that there are not."""
SHOWN_MAX = 20
"""Attempts that a message shows."""


class CallRecord(NamedTuple):
    """One call and how it was answered.

    It keeps bytes, which are cheap and which readers can't change; a tuple, because one is made for every call.

    Args:
        method: Name of the method, such as ``"CreateRestore"``; the path of one that there is not.
        request_bytes: The request as it came.
        response_parts: What the answer is put together from; None when the call failed. Parts are shared with other
            answers: a list of fifty restores would else be fifty kilobytes in the log.
        code: Name of the status code, such as ``"OK"``.
        message: What the status says.
        metadata: What the client sent along; what proves who it is, such as a token or a cookie, as ``[redacted]``.
        caller: Name of the token with which it was made; empty in a world without tokens.
        arrived_microseconds: When it came, in the time of the world, in microseconds since 1970.
        answered_microseconds: When it was answered, likewise.
        wall_microseconds: When it came, by the wall clock.
        deadline_seconds: How long the client was ready to wait; None means for ever.
        delay_seconds: How long rules held it up, in the time of the world; in virtual time this is written down only.
        subject: Uid of what it was about; empty where there was none.
        call: Its number in the order of arrival, as events have it (`fakes.history.events.RemoteCall.call`).
    """

    method: str
    request_bytes: bytes
    response_parts: tuple[bytes, ...] | None
    code: str
    message: str
    metadata: Metadata
    caller: str
    arrived_microseconds: int
    answered_microseconds: int
    wall_microseconds: int
    deadline_seconds: float | None
    delay_seconds: float
    subject: str = ""
    call: int = 0

    @property
    def request(self) -> Message | None:
        """The request; None when its bytes were no such message, or there is no such method."""
        try:
            return METHODS[self.method].request.FromString(self.request_bytes)
        except (DecodeError, KeyError):
            return None

    @property
    def response_bytes(self) -> bytes | None:
        """The answer as it went; None when the call failed."""
        return None if self.response_parts is None else b"".join(self.response_parts)

    @property
    def response(self) -> Message | None:
        """The answer; None when the call failed."""
        content = self.response_bytes
        return None if content is None else METHODS[self.method].response.FromString(content)

    @property
    def at(self) -> datetime:
        """When it came, in the time of the world."""
        return to_datetime(self.arrived_microseconds)


class CallLog(Sequence[CallRecord]):
    """The calls so far, in the order in which they were answered, numbered from 1; reading is safe from any thread.

    It has all of them, unless old ones were forgotten; the numbers of the others stay.

    Args:
        clock_mode: What moves the time of the world. Gaps between attempts are measured in the time that clients wait
            in: on the wall clock that of the wall, else virtual time.
    """

    def __init__(self, clock_mode: ClockMode = ClockMode.MANUAL) -> None:
        self._clock_mode = clock_mode
        self._kept_max: int | None = None
        self.counts: dict[tuple[str, str], int] = {}
        """How many calls there have been, by method and code, also those that are not kept or from before `clear`."""
        self._begin()

    def _begin(self) -> None:
        # As plain tuples: the garbage collector looks at records again and again, but not at tuples of plain values.
        self._records: list[tuple[Any, ...]] = []
        self._arrived_count = 0
        self._forgotten_count = 0
        self._kept_bytes = 0
        self._part_counts: dict[int, int] = {}
        """How many of the records that are kept have a part of an answer, by its id."""
        self._first_attempts = FirstAttempts()

    @property
    def first_number(self) -> int:
        """The number of the first call that is kept, or of the next one where there is none."""
        return self._forgotten_count + 1

    @property
    def last_number(self) -> int:
        """The number of the last call; 0 where none was made yet."""
        return self._forgotten_count + len(self._records)

    def next_number(self) -> int:
        """Count a call that arrives, and give its number in that order, from 1; the world has to be locked."""
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
        # Anybody can call methods that there are not, by any number of names.
        counted = (record.method if record.method in METHODS else UNKNOWN_METHOD, record.code)
        self.counts[counted] = self.counts.get(counted, 0) + 1
        if self._kept_max is not None:
            self._kept_bytes += self._count_bytes(record, 1)
            self._forget_oldest(self._kept_max)

    def limit(self, kept_max: int | None) -> None:
        """Keep so many calls, and `KEPT_BYTES_EACH` times as many bytes of what was sent; None keeps all."""
        self._kept_max = kept_max
        if kept_max is not None:
            self._part_counts.clear()
            self._kept_bytes = sum(self._count_bytes(record, 1) for record in self)
            self._forget_oldest(kept_max)

    def _forget_oldest(self, kept_max: int) -> None:
        records = self._records
        surplus = len(records) - kept_max
        # Some more than it has to be, because forgetting takes as long as there are calls.
        count_min = surplus + kept_max // FORGOTTEN_AT_ONCE if surplus > 0 else 0
        bytes_max = kept_max * KEPT_BYTES_EACH
        count = 0
        while count < count_min or (self._kept_bytes > bytes_max and count < len(records) - 1):
            self._kept_bytes -= self._count_bytes(CallRecord._make(records[count]), -1)
            count += 1
        if count:
            self._records = records[count:]  # another list, because somebody may be reading this one
            self._forgotten_count += count

    def _count_bytes(self, record: CallRecord, change: int) -> int:
        """Count one record more or less, and give the bytes that it has for itself; parts of answers may be shared."""
        count = len(record.request_bytes) + len(record.message)
        count += sum(len(key) + len(value) for key, value in record.metadata)
        for part in record.response_parts or ():
            others = self._part_counts.get(id(part), 0) - (change < 0)
            if others == 0:
                count += len(part)
            if others or change > 0:
                self._part_counts[id(part)] = others + (change > 0)
            else:
                del self._part_counts[id(part)]
        return count

    def clear(self) -> None:
        """Forget all calls, and count from 1 again."""
        self._begin()

    def of(self, method: str, *, code: str | None = None) -> list[CallRecord]:
        """The calls of one method, of those only the ones that ended with *code* where that is given."""
        return [record for record in self if record.method == method and code in (None, record.code)]

    def logical(self, method: str | None = None) -> list[LogicalCall]:
        """The calls that clients meant to make: attempts with the same method, caller and request belong together.

        A new one begins after an attempt that was answered with OK. Attempts are in the order in which they came.
        """
        finished: list[LogicalCall] = []
        open_calls: dict[AttemptKey, LogicalCall] = {}
        records = self if method is None else self.of(method)
        for record in sorted(records, key=lambda record: (record.arrived_microseconds, record.wall_microseconds)):
            key = attempt_key(record)
            if key not in open_calls:
                open_calls[key] = LogicalCall([], self._clock)
                finished.append(open_calls[key])
            open_calls[key].attempts.append(record)
            if record.code == "OK":
                del open_calls[key]
        return finished

    def after(self, number: int) -> Iterator[tuple[int, CallRecord]]:
        """The calls after the one with a number, each with its own, of those that are kept."""
        records, first = self._records, self.first_number
        for index in range(max(number + 1 - first, 0), len(records)):
            yield first + index, CallRecord._make(records[index])

    def first_attempt(self, number: int) -> int:
        """The number of the first attempt at the same thing as a call; see `logical`. The world has to be locked.

        Args:
            number: Of a call that is kept. Where its first attempt is not, the oldest that is kept counts as such.
        """
        return self._first_attempts.number_of(number, self)

    def assert_backoff(
        self,
        min_seconds: float,
        factor: float = 2.0,
        jitter: float = 0.1,
        *,
        method: str | None = None,
        clock: str | None = None,
    ) -> None:
        """Assert that clients that tried again waited, longer each time.

        The gap before the attempt number n + 1 has to be at least ``min_seconds * factor ** (n - 1)``, less the jitter.

        Args:
            min_seconds: The shortest gap before the second attempt.
            factor: By how much each gap is longer than the one before.
            jitter: What a gap may be shorter, as a fraction of it.
            method: Of which method; None means of all.
            clock: ``"virtual"`` or ``"wall"``; left out, the one that clients of this simulator wait by: ``"wall"`` for
                a simulator with ``clock="wall"``, else ``"virtual"``.

        Raises:
            ValueError: a number is below zero or none at all, or there is no such clock.
            AssertionError: a gap was too short, or nobody tried again; the message shows the attempts and names the
                clock.
        """
        __tracebackhide__ = True
        for name, value in (("min_seconds", min_seconds), ("factor", factor), ("jitter", jitter)):
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
                raise ValueError(f"{name} is {value!r}; expected a finite number from 0")
        measured = _require_clock(self._clock if clock is None else clock)
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


@dataclass(frozen=True, slots=True)
class LogicalCall:
    """A call that a client meant to make, and its attempts.

    Args:
        attempts: In the order in which they came.
        clock: By which gaps are measured unless told otherwise: ``"virtual"`` or ``"wall"``.
    """

    attempts: list[CallRecord]
    clock: str = "virtual"

    def gaps_seconds(self, clock: str | None = None) -> list[float]:
        """The time from each attempt to the next.

        Raises:
            ValueError: *clock* is neither ``"virtual"`` nor ``"wall"``.
        """
        field = _TIMES[_require_clock(self.clock if clock is None else clock)]
        times: list[int] = [getattr(attempt, field) for attempt in self.attempts]
        return [(later - earlier) / MICROSECONDS for earlier, later in pairwise(times)]

    def told(self, clock: str | None = None) -> str:
        """The attempts for people, one a line."""
        gaps = [None, *self.gaps_seconds(clock)]
        lines = []
        for number, (attempt, gap_seconds) in enumerate(zip(self.attempts[:SHOWN_MAX], gaps, strict=False), start=1):
            gap = "" if gap_seconds is None else f" after {gap_seconds:.3f} s"
            deadline = "" if attempt.deadline_seconds is None else f", deadline {attempt.deadline_seconds:.1f} s"
            lines.append(f"  {number}. {printable(attempt.method)}{gap}: {attempt.code}{deadline}")
        if len(self.attempts) > SHOWN_MAX:
            lines.append(f"  … and {len(self.attempts) - SHOWN_MAX} more")
        return "\n".join(lines)


_TIMES = {"virtual": "arrived_microseconds", "wall": "wall_microseconds"}
"""Where a record has the time at which its call came, by clock."""


def _require_clock(clock: str) -> str:
    if clock not in _TIMES:
        raise ValueError(f"clock is {clock!r}; expected {' or '.join(map(repr, _TIMES))}")
    return clock


def _grown(seconds: float, factor: float, times: int) -> float:
    """Multiply *seconds* by *factor* so many times; what no float holds is infinite."""
    if seconds == 0:
        return 0
    try:
        return float(seconds * factor**times)
    except OverflowError:
        return math.inf
