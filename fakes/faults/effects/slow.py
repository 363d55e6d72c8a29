"""A phase takes longer than it should."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.faults.errors import InvalidRule
from fakes.faults.numbers import require_number
from fakes.faults.rule import Firing
from fakes.lifecycle.work import PhasePlan, RecordFault

FACTOR_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Slow:
    """Let the work of a phase, downloads too, take *factor* times as long; a factor below 1 makes it faster."""

    name: ClassVar[str] = "slow"

    factor: float

    def __post_init__(self) -> None:
        expected = f"a number above 0, at most {FACTOR_MAX:,}"
        if not 0 < require_number("factor", self.factor, expected) <= FACTOR_MAX:
            raise InvalidRule("factor", f"is {self.factor:g}; expected {expected}")

    def before(self, plan: PhasePlan, firing: Firing) -> PhasePlan:
        return plan.stretched(self.factor).with_inserted(0, RecordFault(firing.rule, self.name))
