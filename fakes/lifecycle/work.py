"""The work of a phase as data: pieces that are done one after the other, and that faults may cut, stretch and insert.

A place in a plan is a fraction of its work, from 0 to 1, where work is the time that the plan takes when nothing else
runs on the cluster. Waiting, for capacity or at a gate, is not work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fakes.lifecycle.failures import Failure
from fakes.lifecycle.gates import Gate


@dataclass(frozen=True, slots=True)
class AwaitSlot:
    """Wait until the cluster has room, unless the restore has its slot already."""


@dataclass(frozen=True, slots=True)
class Elapse:
    """Let time pass."""

    duration_microseconds: int


@dataclass(frozen=True, slots=True)
class Download:
    """Get bytes over the link of the cluster."""

    size_bytes: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Let time pass without doing any work."""

    duration_microseconds: int


@dataclass(frozen=True, slots=True)
class AwaitGate:
    """Wait until a gate is open."""

    gate: Gate


@dataclass(frozen=True, slots=True)
class FailRestore:
    """End the restore in FAILED."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class RecordFault:
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

Work = AwaitSlot | Elapse | Download | Pause | AwaitGate | FailRestore | RecordFault

WITHIN_MICROSECONDS = 0.5
"""A place that is nearer to an end of a piece of work is that end: rounding does not change who comes first."""


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """What a restore does in one phase.

    Args:
        work: What is done, one after the other.
        bytes_per_microsecond: What a download gets when it has the link of the cluster to itself.
    """

    work: tuple[Work, ...]
    bytes_per_microsecond: float

    def split(self, fraction: float) -> tuple[tuple[Work, ...], tuple[Work, ...]]:
        """Give what comes before and what comes after a place in the plan; the piece that lies across is cut.

        What was inserted at the same place before comes before it. The very beginning lies before any waiting for
        capacity, every other place after it.
        """
        if fraction == 0:
            start = next((index for index, piece in enumerate(self.work) if _is_native(piece)), None)
            return self.work[:start], () if start is None else self.work[start:]
        position = fraction * sum(map(self._work_microseconds, self.work))
        before: list[Work] = []
        for index, piece in enumerate(self.work):
            takes = self._work_microseconds(piece)
            if position < takes - WITHIN_MICROSECONDS:
                if position <= WITHIN_MICROSECONDS:
                    return tuple(before), self.work[index:]
                first, second = _cut(piece, position / takes)
                return (*before, first), (second, *self.work[index + 1 :])
            position = max(0.0, position - takes)
            before.append(piece)
        return tuple(before), ()

    def with_inserted(self, fraction: float, *inserted: Work) -> PhasePlan:
        """Insert work at a place."""
        before, after = self.split(fraction)
        return replace(self, work=before + inserted + after)

    def begun_again(self, fraction: float, *between: Work) -> PhasePlan:
        """Do the plan up to a place, lose that, and do it all from its beginning.

        What was inserted before the place happens once all the same, and what was lost before can't be lost once more:
        otherwise each restart would double the plan.
        """
        before, _ = self.split(fraction)
        losses = (index for index, piece in enumerate(before, 1) if _loses_progress(piece))
        done_again = (piece for piece in self.work[max(losses, default=0) : len(before)] if _is_native(piece))
        return replace(self, work=(*before, *between, *done_again, *self.work[len(before) :]))

    def stretched(self, factor: float) -> PhasePlan:
        """Let all work take *factor* times as long."""
        return replace(self, work=tuple(_stretched(piece, factor) for piece in self.work))

    def _work_microseconds(self, piece: Work) -> float:
        match piece:
            case Elapse(duration_microseconds):
                return duration_microseconds
            case Download(size_bytes):
                return size_bytes / self.bytes_per_microsecond
            case _:
                return 0.0


def _is_native(piece: Work) -> bool:
    """Whether work belongs to the phase itself, rather than to a rule."""
    return isinstance(piece, AwaitSlot | Elapse | Download)


def _loses_progress(piece: Work) -> bool:
    return isinstance(piece, RecordFault) and piece.loses_progress


def _cut(piece: Work, fraction: float) -> tuple[Work, Work]:
    match piece:
        case Elapse(duration_microseconds):
            first = round(duration_microseconds * fraction)
            return Elapse(first), Elapse(duration_microseconds - first)
        case Download(size_bytes):
            return Download(size_bytes * fraction), Download(size_bytes * (1 - fraction))
        case _:
            raise AssertionError(f"{piece!r} has no work that could be cut")


def _stretched(piece: Work, factor: float) -> Work:
    match piece:
        case Elapse(duration_microseconds):
            return Elapse(round(min(duration_microseconds * factor, WORK_MICROSECONDS_MAX)))
        case Download(size_bytes):
            return Download(size_bytes * factor)
        case _:
            return piece
