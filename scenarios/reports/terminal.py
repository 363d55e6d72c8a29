"""Outcomes of scenarios as text, for a terminal or a log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import click

from fakes.history.events import RemoteCall
from fakes.printable import printable
from scenarios.charts.subjects import Subjects
from scenarios.reports.failure_text import FailurePart, explained, replay_line
from scenarios.running.outcomes import ScenarioOutcome, StepOutcome

FAILURES_ONLY = -2
VERDICTS = -1
STEPS = 0
CALLS = 1
"""How much to show: each level shows what the one before it does, and more."""

_STYLES: Mapping[FailurePart, Mapping[str, Any]] = {
    FailurePart.COMPLAINT: {"fg": "red"},
    FailurePart.SOURCE: {"dim": True},
    FailurePart.MARKED_SOURCE: {"bold": True},
    FailurePart.HISTORY: {"dim": True},
    FailurePart.ERROR: {"fg": "red"},
}


class TerminalReport:
    """Reports each scenario when it is over.

    Args:
        write: Takes the lines of a scenario at once; colours are ANSI codes in them.
        level: How much to show, one of `FAILURES_ONLY`, `VERDICTS`, `STEPS`, `CALLS`.
    """

    def __init__(self, write: Callable[[str], None], level: int = STEPS) -> None:
        self._write = write
        self._level = level
        self._passed_count = 0
        self._failed_count = 0

    def tell(self, outcome: ScenarioOutcome) -> None:
        """Show the outcome of a scenario."""
        if outcome.passed:
            self._passed_count += 1
        else:
            self._failed_count += 1
        if self._level > FAILURES_ONLY or not outcome.passed:
            self._write("\n".join(self._lines(outcome)))

    def sum_up(self, scenario_count: int) -> None:
        """Print how many of *scenario_count* passed, where there are several or not all were printed."""
        if scenario_count > 1 or self._level <= FAILURES_ONLY:
            not_run_count = scenario_count - self._passed_count - self._failed_count
            not_run = f", {not_run_count} not run" if not_run_count else ""
            self._write(f"{self._passed_count} passed, {self._failed_count} failed{not_run}")

    def _lines(self, outcome: ScenarioOutcome) -> Iterator[str]:
        description = f": {outcome.description}" if outcome.description else ""
        yield click.style(printable(outcome.title), bold=True) + printable(description, keep="\n")
        names = Subjects(outcome.events).names
        events = iter(outcome.events)
        for step in outcome.steps:
            happened = list(islice(events, step.event_count))
            if self._level >= STEPS or not step.passed:
                # The step shows its call.
                told = (event for event in happened if event.kind != RemoteCall.kind or self._level >= CALLS)
                yield from _step_lines(step, (outcome.event_line(event, names, mark="  ") for event in told))
        for line in explained(outcome):
            yield click.style(f"  {line.text}", **_STYLES[line.part])
        verdict = click.style("passed", fg="green") if outcome.passed else click.style("failed", fg="red", bold=True)
        yield (
            f"  {verdict}: {outcome.passed_count} of {outcome.step_count} steps,"
            f" {outcome.virtual_seconds:g} s of virtual time in {outcome.wall_seconds:.2f} s"
        )
        if not outcome.passed or self._level >= CALLS:
            yield f"  {replay_line(outcome)}"


def _step_lines(step: StepOutcome, event_lines: Iterable[str]) -> Iterator[str]:
    for line in event_lines:
        yield click.style(f"  {line}", dim=True)
    mark = click.style("✓", fg="green") if step.passed else click.style("✗", fg="red")
    yield f"  {step.at_seconds:>10.3f} s  {mark} {step.summary}"
