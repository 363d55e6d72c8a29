"""A phase loses its progress and begins again, as when a pod is killed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.faults.numbers import require_fraction
from fakes.faults.rule import Firing
from fakes.lifecycle.work import PhasePlan, RecordFault


@dataclass(frozen=True, slots=True)
class RestartPhase:
    """Lose the progress of the phase once it has come to *at*, from 0 to 1, and begin it again."""

    name: ClassVar[str] = "restart_phase"

    at: float = 0.5

    def __post_init__(self) -> None:
        require_fraction(self.at)

    def before(self, plan: PhasePlan, firing: Firing) -> PhasePlan:
        return plan.begun_again(self.at, RecordFault(firing.rule, self.name, loses_progress=True))
