"""Which calls are attempts at the same thing: those with the same method, caller and request, up to one answered OK."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.sessions.call_log import CallLog, CallRecord

AttemptKey = tuple[str, str, bytes]


def attempt_key(record: CallRecord) -> AttemptKey:
    """What attempts at the same thing have in common."""
    request = record.request
    content = request.SerializeToString(deterministic=True) if request is not None else b""
    return (record.method, record.caller, content)


class FirstAttempts:
    """Finds the first attempt of each call. It reads a call once, however often it is asked.

    Of attempts whose first is no longer kept, the oldest that is kept counts as the first.
    """

    def __init__(self) -> None:
        self._first_number = 1
        self._numbers: list[int] = []
        """The first attempt of each call that was read, beginning with the call `_first_number`."""
        self._open: dict[AttemptKey, int] = {}
        """The first attempt at what has not been answered OK yet."""

    def number_of(self, number: int, calls: CallLog) -> int:
        """Give the number of the first attempt of the call with a *number*, which has to be kept."""
        self._forget_before(calls.first_number)
        last_read = self._first_number + len(self._numbers) - 1
        for later, record in islice(calls.after(last_read), max(number - last_read, 0)):
            key = attempt_key(record)
            self._numbers.append(self._open.setdefault(key, later))
            if record.code == "OK":
                del self._open[key]
        return self._numbers[number - self._first_number]

    def _forget_before(self, first_kept: int) -> None:
        if first_kept == self._first_number:
            return
        oldest_kept: dict[int, int] = {}
        """The oldest attempt that is kept, by the first one that is not."""
        kept = self._numbers[first_kept - self._first_number :]
        self._numbers = [
            first if first >= first_kept else oldest_kept.setdefault(first, number)
            for number, first in enumerate(kept, first_kept)
        ]
        moved = {key: oldest_kept.get(first, first) for key, first in self._open.items()}
        self._open = {key: first for key, first in moved.items() if first >= first_kept}
        self._first_number = first_kept
