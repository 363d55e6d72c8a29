"""A restore fails in a phase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.described import described
from fakes.faults.rule import Firing
from fakes.faults.settings import Choice, Fraction, PlainEffect, Text, setting
from fakes.lifecycle.failures import Failure
from fakes.lifecycle.phase_plan import PhasePlan
from fakes.lifecycle.phases import ErrorCode
from fakes.lifecycle.work import FailRestore, RecordFault


@described
@dataclass(frozen=True, slots=True)
class Fail(PlainEffect):
    """End the restore in FAILED."""

    name: ClassVar[str] = "fail"

    error_code: str = setting(
        Choice("error code", [code.name for code in ErrorCode]),
        "Name of the error code.",
        default=ErrorCode.RESTORE_INTERNAL_ERROR.name,
    )
    message: str = setting(Text(), "The error message; left out, it names the rule.", default="")
    at: float = setting(Fraction(), "How far into the phase: 0 is at once, 1 at its end.", default=0.0)

    def before(self, plan: PhasePlan, firing: Firing) -> None:
        failure = Failure(ErrorCode[self.error_code], self.message or f"injected by the rule {firing.rule!r}")
        plan.insert(self.at, RecordFault(firing.rule, self.name), FailRestore(failure))
