"""Durations that rules draw."""

from __future__ import annotations

from fakes.faults.errors import InvalidRule
from fakes.faults.numbers import require_number
from fakes.faults.rule import Firing
from fakes.lifecycle.durations import Duration
from fakes.lifecycle.phase_durations import DURATION_SECONDS_MAX


def require_drawable(duration: object) -> None:
    """Check that *duration* is one to draw from, or a number of seconds.

    Raises:
        InvalidRule: it is something else, or below zero.
    """
    expected = "a number of seconds from 0, or a duration such as Uniform(5, 10)"
    if not isinstance(duration, Duration) and require_number("duration", duration, expected) < 0:
        raise InvalidRule("duration", f"is {duration}; expected {expected}")


def draw_seconds(duration: Duration | float, firing: Firing) -> float:
    """Draw how long something takes this time; a hundred years at most, whatever a distribution says."""
    drawn = duration.sample_seconds(firing.generator) if isinstance(duration, Duration) else duration
    return min(drawn, DURATION_SECONDS_MAX)
