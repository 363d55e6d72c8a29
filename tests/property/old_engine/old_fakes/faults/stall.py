"""A restore makes no progress for a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from old_fakes.durations import Duration
from old_fakes.environment import to_microseconds
from old_fakes.faults.drawing import draw_seconds, require_drawable
from old_fakes.faults.numbers import require_fraction
from old_fakes.faults.rule import Firing
from old_fakes.segments import Announce, Hold, PhasePlan, Wait


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
            return plan.with_inserted(self.at, Announce(firing.rule, self.name), Hold(firing.gate))
        wait = Wait(to_microseconds(draw_seconds(self.duration, firing)))
        return plan.with_inserted(self.at, Announce(firing.rule, self.name), wait)
