"""Durations that rules draw."""

from __future__ import annotations

from fakes.faults.rule import Firing
from fakes.lifecycle.durations import Duration
from fakes.lifecycle.phase_durations import DURATION_SECONDS_MAX


def draw_seconds(duration: Duration | float, firing: Firing) -> float:
    """Draw how long something takes this time; a hundred years at most, whatever the distribution yields."""
    drawn = duration.sample_seconds(firing.generator) if isinstance(duration, Duration) else duration
    return min(drawn, DURATION_SECONDS_MAX)
