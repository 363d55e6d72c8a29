"""Durations that rules draw."""

from __future__ import annotations

from fakes.durations import Duration
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Firing
from fakes.phase_durations import DURATION_SECONDS_MAX


def require_drawable(duration: object) -> None:
    """Check that *duration* is one to draw from.

    Raises:
        InvalidRule: it is something else, such as a number.
    """
    if not isinstance(duration, Duration):
        raise InvalidRule("duration", f"is {duration!r}; expected a duration such as Constant(5)")


def draw_seconds(duration: Duration, firing: Firing) -> float:
    """Draw how long something takes this time; a hundred years at most, whatever a distribution says."""
    return min(duration.sample_seconds(firing.generator), DURATION_SECONDS_MAX)
