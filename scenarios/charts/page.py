"""The chart for the browser: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenarios.charts.heading import (
    Heading,
    names_text,
    outcome_text,
    reason_counts,
    rule_counts,
    summary,
    times_text,
)
from scenarios.charts.history import History
from scenarios.charts.palette import PHASE_LOOKS
from scenarios.charts.rows import PLOT_PIXELS_MIN, USUAL, Axis, css_name, density_for
from scenarios.charts.templating import render
from scenarios.charts.times import duration_text, ticks

_TICKS_MAX = 8
_NAME_PIXELS = (70, 230)
_OUTCOME_PIXELS = (90, 330)
_CHARACTER_PIXELS = 7.4

LOOKS = {
    css_name(phase): {"phase": phase.name, "light": look.light, "dark": look.dark}
    for phase, look in PHASE_LOOKS.items()
}
"""The colours of phases, by their names in style sheets."""


def page(history: History, heading: Heading, *, template: str = "timeline.html", **values: Any) -> str:
    """Draw *history* as an HTML document, the same for the same values; it loads nothing from outside itself.

    Args:
        history: What to draw.
        heading: What stands above.
        template: ``timeline.html`` or a template that extends it.
        values: What that template shows besides.
    """
    axis = Axis(history.duration_seconds)
    names = [restore.name for restore in history.restores] + [lane.title for lane in history.lanes]
    outcomes = [f"✓ {outcome_text(restore)} {restore.error_code}" for restore in history.restores]
    return render(
        template,
        looks=LOOKS,
        heading=heading,
        summary=summary(history, heading),
        ticks=[axis.tick(tick) for tick in ticks(history.duration_seconds, _TICKS_MAX)],
        lanes=[axis.lane(lane) for lane in history.lanes],
        lane_density=USUAL,
        restores=[axis.restore(restore) for restore in history.restores],
        restore_density=density_for(len(history.restores)),
        names_pixels=_column_pixels(names, _NAME_PIXELS),
        outcomes_pixels=_column_pixels(outcomes, _OUTCOME_PIXELS),
        plot_pixels=PLOT_PIXELS_MIN,
        failures=[
            (item.reason, times_text(len(item.names)), names_text(item.names)) for item in reason_counts(history)
        ],
        faults=[
            (item.rule, item.effect, times_text(item.count), duration_text(item.first_seconds))
            for item in rule_counts(history)
        ],
        **values,
    )


def _column_pixels(texts: Sequence[str], limits: tuple[int, int]) -> int:
    least, most = limits
    longest = max(map(len, texts), default=0)
    return min(most, max(least, round(longest * _CHARACTER_PIXELS) + 8))
