"""Groups calls that are attempts at the same thing: same method, caller and request, up to one answered OK."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from fakes.environment import MICROSECONDS
from fakes.printable import printable
from fakes.suggestions import counted
from simulator.sessions.call_record import CallRecord

SHOWN_MAX = 20
"""How many attempts a message shows."""

AttemptKey = tuple[str, str, bytes]
"""Method, caller and request."""
CallsAfter = Callable[[int], Iterator[tuple[int, CallRecord]]]
"""Yields the calls after the one with a number, each with its own."""


def attempt_key(record: CallRecord) -> AttemptKey:
    """What attempts at the same thing have in common."""
    request = record.request
    content = request.SerializeToString(deterministic=True) if request is not None else b""
    return (record.method, record.caller, content)


def logical_calls(records: Iterable[CallRecord], clock: str) -> list[LogicalCall]:
    """Group the attempts among *records*; see `simulator.sessions.call_log.CallLog.logical`."""
    finished: list[LogicalCall] = []
    open_calls: dict[AttemptKey, LogicalCall] = {}
    for record in sorted(records, key=lambda record: (record.arrived_microseconds, record.wall_microseconds)):
        key = attempt_key(record)
        if key not in open_calls:
            open_calls[key] = LogicalCall([], clock)
            finished.append(open_calls[key])
        open_calls[key].attempts.append(record)
        if record.code == "OK":
            del open_calls[key]
    return finished


@dataclass(frozen=True, slots=True, repr=False)
class LogicalCall:
    """A call that a client meant to make, and its attempts.

    Args:
        attempts: The attempts, in the order in which they came.
        clock: The clock that gaps are measured by, by default: ``"virtual"`` or ``"wall"``.
    """

    attempts: list[CallRecord]
    clock: str = "virtual"

    def __repr__(self) -> str:
        codes = [attempt.code for attempt in self.attempts]
        return printable(f"<{self.attempts[0].method}: {counted(codes, len(codes), 'attempt')}>")

    def gaps_seconds(self, clock: str | None = None) -> list[float]:
        """The time from each attempt to the next.

        Raises:
            ValueError: *clock* is neither ``"virtual"`` nor ``"wall"``.
        """
        field = _TIMES[require_clock(self.clock if clock is None else clock)]
        times: list[int] = [getattr(attempt, field) for attempt in self.attempts]
        return [(later - earlier) / MICROSECONDS for earlier, later in pairwise(times)]

    def told(self, clock: str | None = None) -> str:
        """The attempts as text, one a line."""
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
"""The field of a record with the time at which its call came, by clock."""


def require_clock(clock: str) -> str:
    """Check *clock*, which gaps are measured by, and return it.

    Raises:
        ValueError: the clock is unknown.
    """
    if clock not in [*_TIMES]:
        raise ValueError(f"clock is {clock!r}; expected {' or '.join(map(repr, _TIMES))}")
    return clock


class FirstAttempts:
    """Finds the first attempt of each call. It reads a call once, however often it is asked.

    Of attempts whose first is no longer kept, the oldest that is kept counts as the first.
    """

    def __init__(self) -> None:
        self._first_number = 1
        self._numbers: list[int] = []
        """The first attempt of each call that was read; the first of these is the call `_first_number`."""
        self._open: dict[AttemptKey, int] = {}
        """The first attempt of each group that has not been answered OK yet."""

    def number_of(self, number: int, first_kept: int, after: CallsAfter) -> int:
        """Return the number of the first attempt of a call.

        Args:
            number: The number of the call, which has to be kept.
            first_kept: The number of the first call that is kept.
            after: Yields the calls after the one with a number.
        """
        self._forget_before(first_kept)
        last_read = self._first_number + len(self._numbers) - 1
        for later, record in islice(after(last_read), max(number - last_read, 0)):
            key = attempt_key(record)
            self._numbers.append(self._open.setdefault(key, later))
            if record.code == "OK":
                del self._open[key]
        return self._numbers[number - self._first_number]

    def _forget_before(self, first_kept: int) -> None:
        if first_kept == self._first_number:
            return
        oldest_kept: dict[int, int] = {}
        """The oldest attempt that is kept, by the first attempt, which is not."""
        kept = self._numbers[first_kept - self._first_number :]
        self._numbers = [
            first if first >= first_kept else oldest_kept.setdefault(first, number)
            for number, first in enumerate(kept, first_kept)
        ]
        moved = {key: oldest_kept.get(first, first) for key, first in self._open.items()}
        self._open = {key: first for key, first in moved.items() if first >= first_kept}
        self._first_number = first_kept
