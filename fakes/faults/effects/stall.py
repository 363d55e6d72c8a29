"""A restore makes no progress for a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.described import described
from fakes.environment import to_microseconds
from fakes.faults.drawing import draw_seconds
from fakes.faults.rule import Firing
from fakes.faults.settings import Drawn, Fraction, PlainEffect, setting
from fakes.lifecycle.durations import Duration
from fakes.lifecycle.phase_plan import PhasePlan
from fakes.lifecycle.work import AwaitGate, Pause, RecordFault, Work


@described
@dataclass(frozen=True, slots=True)
class Stall(PlainEffect):
    """Make no progress."""

    name: ClassVar[str] = "stall"

    duration: Duration | float | None = setting(
        Drawn(may_be_endless=True), "For how long; left out, until the rule is removed.", default=None
    )
    at: float = setting(Fraction(), "How far into the phase: 0 is at once, 1 at its end.", default=0.0)

    @property
    def holds(self) -> bool:
        """Whether it lasts until the rule is removed."""
        return self.duration is None

    def before(self, plan: PhasePlan, firing: Firing) -> None:
        if self.duration is None:
            wait: Work = AwaitGate(firing.gate)
        else:
            wait = Pause(to_microseconds(draw_seconds(self.duration, firing)))
        plan.insert(self.at, RecordFault(firing.rule, self.name), wait)
