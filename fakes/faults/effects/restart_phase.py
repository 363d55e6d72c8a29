"""A phase loses its progress and begins again, as when a pod is killed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.described import described
from fakes.faults.rule import Firing
from fakes.faults.settings import Fraction, PlainEffect, setting
from fakes.lifecycle.phase_plan import PhasePlan
from fakes.lifecycle.work import RecordFault


@described
@dataclass(frozen=True, slots=True)
class RestartPhase(PlainEffect):
    """Lose the progress of the phase at the fraction *at*, from 0 to 1, and begin it again."""

    name: ClassVar[str] = "restart_phase"

    at: float = setting(Fraction(), "How far into the phase: 0 is at once, 1 at its end.", default=0.5)

    def before(self, plan: PhasePlan, firing: Firing) -> None:
        plan.begin_again(self.at, RecordFault(firing.rule, self.name))
