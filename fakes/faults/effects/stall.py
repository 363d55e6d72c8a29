"""A restore makes no progress for a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.environment import to_microseconds
from fakes.faults.drawing import draw_seconds, require_drawable
from fakes.faults.numbers import require_fraction
from fakes.faults.rule import Firing
from fakes.lifecycle.durations import Duration
from fakes.lifecycle.work import AwaitGate, Pause, PhasePlan, RecordFault


@dataclass(frozen=True, slots=True)
class Stall:
    """Make no progress.

    Args:
        duration: For how long, in seconds or drawn; None means until the rule is removed.
        at: How far into the phase, from 0 to 1.
    """

    name: ClassVar[str] = "stall"

    duration: Duration | float | None = None
    at: float = 0.0

    def __post_init__(self) -> None:
        require_fraction(self.at)
        if self.duration is not None:
            require_drawable(self.duration)

    @property
    def holds(self) -> bool:
        """Whether it lasts until somebody ends it."""
        return self.duration is None

    def before(self, plan: PhasePlan, firing: Firing) -> PhasePlan:
        if self.duration is None:
            return plan.with_inserted(self.at, RecordFault(firing.rule, self.name), AwaitGate(firing.gate))
        wait = Pause(to_microseconds(draw_seconds(self.duration, firing)))
        return plan.with_inserted(self.at, RecordFault(firing.rule, self.name), wait)
