"""A restore is held at the start of a phase until its gate is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.faults.rule import Firing
from fakes.faults.settings import PlainEffect
from fakes.lifecycle.phase_plan import PhasePlan
from fakes.lifecycle.work import AwaitGate, RecordFault


@dataclass(frozen=True, slots=True)
class HoldAtGate(PlainEffect):
    """Hold the restore at the start of the phase until the gate of the rule is opened."""

    name: ClassVar[str] = "gate"
    holds: ClassVar[bool] = True

    def before(self, plan: PhasePlan, firing: Firing) -> None:
        plan.insert(0, RecordFault(firing.rule, self.name), AwaitGate(firing.gate))
