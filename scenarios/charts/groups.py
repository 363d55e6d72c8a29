"""Gathers marks that would hide each other into one with a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.charts.history import Mark

_MARK_PIXELS = 11
_LABEL_GAP_PIXELS = 4
_CHARACTER_PIXELS = 7


@dataclass(frozen=True, slots=True)
class MarkGroup:
    """Marks that share a place, which is that of the first; there is at least one.

    Args:
        marks: The marks in order of time.
        failed_count: How many of them are calls that failed.
    """

    marks: Sequence[Mark]
    failed_count: int

    @property
    def at_seconds(self) -> float:
        """Where they are drawn."""
        return self.marks[0].at_seconds

    @property
    def label(self) -> str:
        """The number to write beside them, ``failed/all`` where only some have failed; empty for a single mark."""
        return _label(len(self.marks), self.failed_count)


def grouped(marks: Sequence[Mark], pixels_per_second: float) -> list[MarkGroup]:
    """Gather marks, given in order of time, so that neither marks nor labels overlap at that scale."""
    groups: list[list[Mark]] = []
    failed_counts: list[int] = []
    for mark in marks:
        if groups and _reaches(groups[-1], failed_counts[-1], mark, pixels_per_second):
            groups[-1].append(mark)
        else:
            groups.append([mark])
            failed_counts.append(0)
        failed_counts[-1] += mark.is_failed_call
    return [MarkGroup(tuple(group), failed) for group, failed in zip(groups, failed_counts, strict=True)]


def _reaches(group: Sequence[Mark], failed_count: int, mark: Mark, pixels_per_second: float) -> bool:
    label = _label(len(group), failed_count)
    width_pixels = _MARK_PIXELS + (_LABEL_GAP_PIXELS + _CHARACTER_PIXELS * len(label) if label else 0)
    return (mark.at_seconds - group[0].at_seconds) * pixels_per_second < width_pixels


def _label(count: int, failed_count: int) -> str:
    if count == 1:
        return ""
    return f"{failed_count}/{count}" if 0 < failed_count < count else str(count)
