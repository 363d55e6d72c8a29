"""The plan of a phase, which rules change one after the other before it begins.

A place in a plan is a fraction of its work, from 0 to 1, where work is the time that the plan takes when nothing else
runs on the cluster. Waiting, for capacity or at a gate, is not work.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, groupby
from operator import itemgetter

from fakes.lifecycle.work import AwaitSlot, Download, Elapse, Work

WORK_MICROSECONDS_MAX = 100 * 366 * 86_400 * 1_000_000
"""A hundred years: no fault lets a phase take longer, whatever several of them multiply to."""

WITHIN_MICROSECONDS = 0.5
"""A place nearer than this to an end of a piece of work counts as that end, so that rounding changes no order."""

FACTOR_MAX = 1e300
"""Larger factors would overflow to infinity."""

_Native = tuple[type[Work], float]
"""Work that belongs to the phase itself, rather than to a rule: its class, and its microseconds or bytes."""


class PhasePlan:
    """What a restore does in one phase.

    Times are rounded to whole microseconds once, after all rules have been applied.

    Args:
        work: What it does before any rule changes that.
        bytes_per_microsecond: What a download gets when it has the link of the cluster to itself.
    """

    def __init__(self, work: Sequence[Work], bytes_per_microsecond: float) -> None:
        self._bytes_per_microsecond = bytes_per_microsecond
        self._native: list[_Native] = [(type(piece), _amount(piece)) for piece in work]
        self._ends = list(accumulate(map(self._microseconds, self._native)))
        """Where each piece of native work ends, in microseconds from the beginning, before it is stretched."""
        self._inserted: list[list[Work]] = [[] for _ in range(len(work) + 1)]
        """What rules inserted before each piece of native work, and after the last."""
        self._is_lost = bytearray(len(work) + 1)
        """Whether the progress made so far is lost before each piece."""
        self._factor = 1.0

    def insert(self, fraction: float, *work: Work) -> None:
        """Insert work at a place, after what was inserted there before.

        The very beginning lies before any waiting for capacity, every other place after it.
        """
        self._inserted[self._cut(fraction)].extend(work)

    def begin_again(self, fraction: float, *between: Work) -> None:
        """Do the plan up to a place, lose that progress, and start over.

        What was inserted before the place still happens once, and what was lost before can't be lost again:
        otherwise each restart would double the plan.
        """
        place = self._cut(fraction)
        first = max(0, self._is_lost.rfind(1, 0, place + 1))
        lost = self._end_before(place) - self._end_before(first)
        again = [
            (kind, sum(amount for _, amount in pieces))
            for kind, pieces in groupby(self._native[first:place], itemgetter(0))
        ]
        later = [end + lost for end in self._ends[place:]]
        if later and again and again[-1][0] is self._native[place][0]:
            kind, amount = again.pop()
            self._native[place] = (kind, amount + self._native[place][1])
        self._inserted[place].extend(between)
        self._is_lost[place] = True
        self._native[place:place] = again
        self._inserted[place + 1 : place + 1] = [[] for _ in again]
        self._is_lost[place + 1 : place + 1] = bytes(len(again))
        before = self._end_before(place)
        self._ends[place:] = [*(before + end for end in accumulate(map(self._microseconds, again))), *later]

    def stretch(self, factor: float) -> None:
        """Make all work take *factor* times as long."""
        self._factor = min(self._factor * factor, FACTOR_MAX)

    @property
    def work(self) -> tuple[Work, ...]:
        """The pieces of work, in order."""
        found: list[Work] = []
        elapsed, whole = 0.0, 0
        bytes_max = WORK_MICROSECONDS_MAX * self._bytes_per_microsecond
        for inserted, (kind, amount) in zip(self._inserted, self._native, strict=False):
            found += inserted
            if kind is Elapse:
                elapsed += min(amount * self._factor, WORK_MICROSECONDS_MAX)
                found.append(Elapse(round(elapsed) - whole))
                whole = round(elapsed)
            elif kind is Download:
                found.append(Download(min(amount * self._factor, bytes_max)))
            else:
                found.append(AwaitSlot())
        return (*found, *self._inserted[-1])

    def _microseconds(self, piece: _Native) -> float:
        kind, amount = piece
        return amount / self._bytes_per_microsecond if kind is Download else amount

    def _end_before(self, place: int) -> float:
        """Where the piece before a place ends."""
        return self._ends[place - 1] if place else 0.0

    def _cut(self, fraction: float) -> int:
        """Return the index of the piece that begins at a place; a piece that lies across it is cut in two."""
        if not fraction:
            return 0
        within = WITHIN_MICROSECONDS / max(self._factor, 1 / FACTOR_MAX)
        position = fraction * self._ends[-1]
        index = bisect_right(self._ends, position + within)
        start = self._end_before(index)
        if index == len(self._ends) or position - start <= within:
            return index
        kind, amount = self._native[index]
        first = amount * ((position - start) / (self._ends[index] - start))
        self._native[index : index + 1] = [(kind, first), (kind, amount - first)]
        self._ends.insert(index, position)
        self._inserted.insert(index + 1, [])
        self._is_lost.insert(index + 1, False)
        return index + 1


def _amount(piece: Work) -> float:
    match piece:
        case Elapse(duration_microseconds):
            return duration_microseconds
        case Download(size_bytes):
            return size_bytes
        case _:
            return 0.0
