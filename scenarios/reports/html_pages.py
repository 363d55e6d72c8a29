"""What came of scenarios for the browser: a table of all, and for each a page with its timeline and steps.

The pages need nothing but each other, and can be opened from a folder, an archive or a server.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator, Sequence
from pathlib import Path

from scenarios.failure_text import failure_lines, headline
from scenarios.loader import Scenario
from scenarios.pictures.heading import Heading
from scenarios.pictures.markup import element, escape, text_element
from scenarios.pictures.page import html_document, page
from scenarios.pictures.reading import read_history
from scenarios.pictures.times import duration_text
from scenarios.reports.files import check_file, check_folder, unique_names, write_whole
from scenarios.running.outcomes import ScenarioOutcome

INDEX = "index.html"

_COLUMNS = (
    ("", ""),
    ("scenario", ""),
    ("steps", "number"),
    ("virtual", "number"),
    ("real", "number"),
    ("seed", "number"),
)
"""Headings of the table and the class of what is below them."""


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
    header = element(
        "header",
        text_element("h1", "Scenarios")
        + element("p", "".join(text_element("span", count) for count in counts), class_="summary"),
    )
    head = element("tr", "".join(text_element("th", title, class_=css_class) for title, css_class in _COLUMNS))
    ordered = sorted(zip(outcomes, names, strict=True), key=lambda row: row[0].passed)
    rows = [_row(outcome, name) for outcome, name in ordered]
    table = element("table", element("thead", head) + element("tbody", "\n".join(rows)))
    return html_document(f"{failed_count} failed" if failed_count else "All passed", header + _section(table))


def scenario_page(outcome: ScenarioOutcome) -> str:
    """What happened in one scenario, and why it failed where it did."""
    heading = Heading(outcome.title, outcome.description, outcome.seed)
    navigation = text_element("a", "all scenarios", href=INDEX)
    verdict = element("p", f"{_verdict(outcome)}{escape(f' {_step_counts(outcome)} steps · ')}{navigation}")
    failure = "" if outcome.passed else text_element("pre", "\n".join(failure_lines(outcome)))
    above = element("section", verdict + failure)
    return page(read_history(outcome.timeline), heading, above=above, below=_steps(outcome))


def _reference(name: str) -> str:
    # Without the dot, a browser would take a name such as "a:b.html" for a scheme.
    return f"./{urllib.parse.quote(name)}"


def _section(content: str) -> str:
    return element("section", element("div", content, class_="wide"))


def _row(outcome: ScenarioOutcome, name: str) -> str:
    about = text_element("a", outcome.title, href=_reference(name))
    if outcome.description:
        about += text_element("small", outcome.description)
    if not outcome.passed:
        about += text_element("small", headline(outcome), class_="reason")
    about += text_element("small", outcome.file)
    numbers = (
        _step_counts(outcome),
        duration_text(outcome.virtual_seconds),
        f"{outcome.wall_seconds:.2f} s",
        str(outcome.seed),
    )
    cells = "".join(text_element("td", number, class_="number") for number in numbers)
    return element("tr", element("td", _verdict(outcome)) + element("td", about) + cells)


def _steps(outcome: ScenarioOutcome) -> str:
    if not outcome.steps:
        return ""
    rows = [element("tr", "".join(cells)) for cells in _step_cells(outcome)]
    columns = (("line", "number"), ("at", "number"), ("", ""), ("step", ""))
    head = element("tr", "".join(text_element("th", title, class_=css_class) for title, css_class in columns))
    return text_element("h2", "Steps") + element("div", element("table", head + "\n".join(rows)), class_="wide")


def _step_cells(outcome: ScenarioOutcome) -> Iterator[list[str]]:
    for step in outcome.steps:
        complaints = "".join(text_element("small", complaint, class_="reason") for complaint in step.complaints)
        yield [
            text_element("td", str(step.line), class_="number"),
            text_element("td", f"{step.at_seconds:.3f} s", class_="number"),
            element("td", _sign("✓" if step.passed else "✗", passed=step.passed)),
            element("td", escape(step.summary) + complaints),
        ]


def _verdict(outcome: ScenarioOutcome) -> str:
    return _sign("✓ passed" if outcome.passed else "✗ failed", passed=outcome.passed)


def _sign(text: str, *, passed: bool) -> str:
    return text_element("span", text, class_=f"verdict {'passed' if passed else 'failed'}")


def _step_counts(outcome: ScenarioOutcome) -> str:
    return f"{outcome.passed_count} of {outcome.step_count}"
