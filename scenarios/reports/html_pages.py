"""Outcomes of scenarios for the browser: a table of all, and a page for each with its timeline and steps.

The pages need nothing but each other, and can be opened from a folder, an archive or a server.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Sequence
from pathlib import Path

from scenarios.charts.heading import Heading
from scenarios.charts.page import page
from scenarios.charts.templating import render
from scenarios.charts.times import duration_text
from scenarios.loading.loader import Scenario
from scenarios.reports.failure_text import failure_lines, headline
from scenarios.reports.files import check_file, check_folder, unique_names, write_whole
from scenarios.running.outcomes import ScenarioOutcome
from simulator.dashboard.embedding import embedded

INDEX = "index.html"


class HtmlPages:
    """The pages in a folder, as `scenarios.reports.report.Report` says; whatever else is there is left alone."""

    def __init__(self, target: Path, scenarios: Sequence[Scenario]) -> None:
        check_folder(target)
        for name in (INDEX, *_page_names([scenario.title for scenario in scenarios])):
            check_file(target / name)
        self._target = target

    def write(self, outcomes: Sequence[ScenarioOutcome]) -> None:
        names = _page_names([outcome.title for outcome in outcomes])
        for name, outcome in zip(names, outcomes, strict=True):
            write_whole(self._target / name, scenario_page(outcome))
        write_whole(self._target / INDEX, index_page(outcomes, names))


def _page_names(titles: Sequence[str]) -> list[str]:
    return [f"{name}.html" for name in unique_names(titles, taken=[Path(INDEX).stem])]


def index_page(outcomes: Sequence[ScenarioOutcome], names: Sequence[str]) -> str:
    """The table of all scenarios, those that failed first; *names* are those of their pages."""
    failed_count = sum(not outcome.passed for outcome in outcomes)
    counts = [
        f"{len(outcomes) - failed_count} passed",
        f"{failed_count} failed",
        f"{duration_text(sum(outcome.virtual_seconds for outcome in outcomes))} of virtual time",
        f"in {sum(outcome.wall_seconds for outcome in outcomes):.2f} s",
    ]
    rows = [
        {
            "outcome": outcome,
            "href": _reference(name),
            "reason": "" if outcome.passed else headline(outcome),
            "virtual": duration_text(outcome.virtual_seconds),
        }
        for outcome, name in sorted(zip(outcomes, names, strict=True), key=lambda row: row[0].passed)
    ]
    return render("index.html", assets=embedded(), failed_count=failed_count, counts=counts, rows=rows)


def scenario_page(outcome: ScenarioOutcome) -> str:
    """What happened in one scenario, and why it failed where it did."""
    return page(
        outcome.events,
        Heading(outcome.title, outcome.description, outcome.seed),
        calls=outcome.calls,
        template="scenario.html",
        outcome=outcome,
        index=INDEX,
        failure="\n".join(failure_lines(outcome)),
    )


def _reference(name: str) -> str:
    # Without the dot, a browser would take a name such as "a:b.html" for a scheme.
    return f"./{urllib.parse.quote(name)}"
