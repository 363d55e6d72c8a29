"""Numbers that effects take: what is none is refused when the effect is made."""

from __future__ import annotations

from typing import cast

from fakes.faults.errors import InvalidRule
from fakes.lifecycle.phase_durations import DURATION_SECONDS_MAX
from fakes.values import is_finite, shown


def require_number(key: str, value: object, expected: str = "a number") -> float:
    """Check that *value*, which was given for *key*, is a finite number, and return it.

    Raises:
        InvalidRule: it is not; a bool is none either.
    """
    if not is_finite(value):
        raise InvalidRule(key, f"is {shown(value)}; expected {expected}")
    return cast(float, value)


def require_fraction(at: object) -> None:
    """Check that *at* is a place within a phase.

    Raises:
        InvalidRule: it is not a number from 0 to 1.
    """
    expected = "how far into the phase, from 0 to 1 (in YAML also from 0% to 100%)"
    if not 0 <= require_number("at", at, expected) <= 1:
        raise InvalidRule("at", f"is {at}; expected {expected}")


def require_duration(duration_seconds: object, key: str = "duration") -> None:
    """Check how long something is to last, in seconds; None means without end.

    Raises:
        InvalidRule: it is no number above 0, or longer than a hundred years.
    """
    expected = "a number of seconds above 0, at most a hundred years"
    if duration_seconds is None:
        return
    if not 0 < require_number(key, duration_seconds, expected) <= DURATION_SECONDS_MAX:
        raise InvalidRule(key, f"is {duration_seconds}; expected {expected}")
