"""The plan of a phase as data: segments that are done one after the other, and that faults may cut, stretch and insert.

A place in a plan is a fraction of its work, from 0 to 1, where work is the time that the plan takes when nothing else
runs on the cluster. Waiting, for capacity or at a gate, is not work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from old_fakes.failures import Failure
from old_fakes.gates import Gate


@dataclass(frozen=True, slots=True)
class AwaitCapacity:
    """Wait until the cluster has room, unless the restore has its place already."""


@dataclass(frozen=True, slots=True)
class Last:
    """Let time pass."""

    duration_microseconds: int


@dataclass(frozen=True, slots=True)
class Download:
    """Get bytes over the link of the cluster."""

    size_bytes: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass without doing any work."""

    duration_microseconds: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait until a gate is open."""

    gate: Gate


@dataclass(frozen=True, slots=True)
class Stop:
    """End the restore in FAILED."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Announce:
    """Write into the timeline that a rule takes effect.

    Args:
        rule: Name of the rule.
        effect: Name of its effect.
        loses_progress: Whether what the phase has done up to here is lost.
    """

    rule: str
    effect: str
    loses_progress: bool = False


WORK_MICROSECONDS_MAX = 100 * 366 * 86_400 * 1_000_000
"""A hundred years: no fault lets a phase take longer, whatever several of them multiply to."""

Segment = AwaitCapacity | Last | Download | Wait | Hold | Stop | Announce

WITHIN_MICROSECONDS = 0.5
"""A place that is nearer to an end of a segment is that end: rounding does not change who comes first."""


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """What a restore does in one phase.

    Args:
        segments: What is done, one after the other.
        bytes_per_microsecond: What a download gets when it has the link of the cluster to itself.
    """

    segments: tuple[Segment, ...]
    bytes_per_microsecond: float

    def split(self, fraction: float) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
        """Give what comes before and what comes after a place in the plan; the segment that lies across is cut.

        What was inserted at the same place before comes before it. The very beginning lies before any waiting for
        capacity, every other place after it.
        """
        if fraction == 0:
            start = next((index for index, segment in enumerate(self.segments) if _is_native(segment)), None)
            return self.segments[:start], () if start is None else self.segments[start:]
        position = fraction * sum(map(self._work_microseconds, self.segments))
        before: list[Segment] = []
        for index, segment in enumerate(self.segments):
            work = self._work_microseconds(segment)
            if position < work - WITHIN_MICROSECONDS:
                if position <= WITHIN_MICROSECONDS:
                    return tuple(before), self.segments[index:]
                first, second = _cut(segment, position / work)
                return (*before, first), (second, *self.segments[index + 1 :])
            position = max(0.0, position - work)
            before.append(segment)
        return tuple(before), ()

    def with_inserted(self, fraction: float, *inserted: Segment) -> PhasePlan:
        """Insert segments at a place."""
        before, after = self.split(fraction)
        return replace(self, segments=before + inserted + after)

    def begun_again(self, fraction: float, *between: Segment) -> PhasePlan:
        """Do the plan up to a place, lose that, and do it all from its beginning.

        What was inserted before the place happens once all the same, and what was lost before can't be lost once more:
        otherwise each restart would double the plan.
        """
        before, _ = self.split(fraction)
        losses = (index for index, segment in enumerate(before, 1) if _loses_progress(segment))
        done_again = (segment for segment in self.segments[max(losses, default=0) : len(before)] if _is_native(segment))
        return replace(self, segments=(*before, *between, *done_again, *self.segments[len(before) :]))

    def stretched(self, factor: float) -> PhasePlan:
        """Let all work take *factor* times as long."""
        return replace(self, segments=tuple(_stretched(segment, factor) for segment in self.segments))

    def _work_microseconds(self, segment: Segment) -> float:
        match segment:
            case Last(duration_microseconds):
                return duration_microseconds
            case Download(size_bytes):
                return size_bytes / self.bytes_per_microsecond
            case _:
                return 0.0


def _is_native(segment: Segment) -> bool:
    """Whether a segment belongs to the phase itself, rather than to a rule."""
    return isinstance(segment, AwaitCapacity | Last | Download)


def _loses_progress(segment: Segment) -> bool:
    return isinstance(segment, Announce) and segment.loses_progress


def _cut(segment: Segment, fraction: float) -> tuple[Segment, Segment]:
    match segment:
        case Last(duration_microseconds):
            # Changed since: times are rounded once, when the plan is complete.
            first = duration_microseconds * fraction
            return Last(first), Last(duration_microseconds - first)
        case Download(size_bytes):
            return Download(size_bytes * fraction), Download(size_bytes * (1 - fraction))
        case _:
            raise AssertionError(f"{segment!r} has no work that could be cut")


def _stretched(segment: Segment, factor: float) -> Segment:
    match segment:
        case Last(duration_microseconds):
            return Last(min(duration_microseconds * factor, WORK_MICROSECONDS_MAX))
        case Download(size_bytes):
            return Download(size_bytes * factor)
        case _:
            return segment


def rounded(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Round all times, so that their sum is the rounded sum; neighbours become one."""
    found: list[Segment] = []
    exact, whole = 0.0, 0
    for segment in segments:
        if isinstance(segment, Last):
            exact += segment.duration_microseconds
            if found and isinstance(found[-1], Last):
                whole -= found.pop().duration_microseconds  # neighbours are one piece
            found.append(Last(round(exact) - whole))
            whole = round(exact)
        else:
            found.append(segment)
    return tuple(found)
