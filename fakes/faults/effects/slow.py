"""A phase takes longer than it should."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.described import described
from fakes.faults.rule import Firing
from fakes.faults.settings import Number, PlainEffect, setting
from fakes.lifecycle.phase_plan import PhasePlan
from fakes.lifecycle.work import RecordFault

FACTOR_MAX = 1_000_000


@described
@dataclass(frozen=True, slots=True)
class Slow(PlainEffect):
    """Multiply the duration of a phase, downloads too, by *factor*; below 1 it is faster."""

    name: ClassVar[str] = "slow"
    is_single: ClassVar[bool] = True

    factor: float = setting(
        Number(above=0, at_most=FACTOR_MAX), "How many times as long it takes; below 1 it is faster."
    )

    def before(self, plan: PhasePlan, firing: Firing) -> None:
        plan.stretch(self.factor)
        plan.insert(0, RecordFault(firing.rule, self.name))
