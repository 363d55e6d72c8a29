"""A restore fails in a phase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.faults.errors import InvalidRule
from fakes.faults.numbers import require_fraction
from fakes.faults.rule import Firing
from fakes.lifecycle.failures import Failure
from fakes.lifecycle.phases import ErrorCode
from fakes.lifecycle.work import FailRestore, PhasePlan, RecordFault
from fakes.suggestions import suggest


@dataclass(frozen=True, slots=True)
class Fail:
    """End the restore in FAILED.

    Args:
        error_code: Name of the error code.
        message: The error message; left empty, it names the rule.
        at: How far into the phase, from 0, at once, to 1, at its end.
    """

    name: ClassVar[str] = "fail"

    error_code: str = ErrorCode.RESTORE_INTERNAL_ERROR.name
    message: str = ""
    at: float = 0.0

    def __post_init__(self) -> None:
        message: object = self.message
        if not isinstance(message, str):
            raise InvalidRule("message", f"is {message!r}; expected a text")
        require_fraction(self.at)
        names = [code.name for code in ErrorCode]
        if self.error_code not in names:
            raise InvalidRule(
                "error_code", f"{self.error_code!r} is no error code; {suggest(str(self.error_code), names)}"
            )

    def before(self, plan: PhasePlan, firing: Firing) -> PhasePlan:
        failure = Failure(ErrorCode[self.error_code], self.message or f"injected by the rule {firing.rule!r}")
        return plan.with_inserted(self.at, RecordFault(firing.rule, self.name), FailRestore(failure))
