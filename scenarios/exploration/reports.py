"""Reports of an exploration: pages for the browser, with the timeline of each finding, and JUnit's XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scenarios.charts.templating import render
from scenarios.exploration.coverage import TITLES, Table
from scenarios.exploration.findings import Exploration, Finding
from scenarios.exploration.text_report import schedule_lines, summary
from scenarios.loading.loader import load_scenario
from scenarios.reports.files import unique_names, write_whole
from scenarios.reports.html_pages import INDEX, scenario_page
from scenarios.reports.junit_file import junit_text
from scenarios.running.outcomes import ScenarioOutcome
from scenarios.running.workers.pool import WorkerPool
from simulator.dashboard.embedding import embedded


class _Nobody:
    """Ignores the progress of runs."""

    def begin(self, title: str) -> None:
        pass

    def end(self, title: str, *, passed: bool) -> None:
        pass


def run_findings(findings: Sequence[Finding], *, jobs: int = 1) -> list[ScenarioOutcome]:
    """Run the scenario of each finding once more, for what a report shows of it; in processes, as clients may end them.

    Args:
        findings: The findings.
        jobs: How many processes to use.

    Raises:
        scenarios.loading.errors.ScenarioError: a file is gone.
    """
    with WorkerPool(jobs, watcher=_Nobody()) as pool:
        return [*pool.outcomes([load_scenario(finding.scenario) for finding in findings], seed=None)]


def write_pages(folder: Path, exploration: Exploration, outcomes: Sequence[ScenarioOutcome]) -> None:
    """Write a page with findings and coverage, and one for each finding with its timeline.

    Args:
        folder: The folder; other files in it stay as they are.
        exploration: The result of the exploration.
        outcomes: The outcomes of the scenarios of the findings, in their order.

    Raises:
        OSError: a file can't be written.
    """
    names = [f"{name}.html" for name in unique_names([outcome.title for outcome in outcomes], taken=[Path(INDEX).stem])]
    for name, outcome in zip(names, outcomes, strict=True):
        write_whole(folder / name, scenario_page(outcome))
    write_whole(folder / INDEX, overview(exploration, names))


def overview(exploration: Exploration, names: Sequence[str]) -> str:
    """The page with findings and coverage; *names* are those of the findings' pages."""
    findings = [
        {**asdict(finding), "schedule": schedule_lines(finding), "href": f"./{name}"}
        for finding, name in zip(exploration.findings, names, strict=True)
    ]
    return render(
        "exploration.html",
        assets=embedded(),
        summary=summary(exploration),
        findings=findings,
        never_reached=exploration.never_reached,
        tables=[*_tables(exploration)],
    )


def _tables(exploration: Exploration) -> Iterator[dict[str, Any]]:
    tables: dict[str, Table] = exploration.coverage.to_plain()
    for name, table in tables.items():
        if table:
            columns = sorted({column for counts in table.values() for column in counts})
            rows = [{"name": row, "counts": [counts.get(each, 0) for each in columns]} for row, counts in table.items()]
            yield {"title": " by ".join(TITLES[name]), "columns": columns, "rows": rows}


@dataclass(frozen=True, slots=True)
class _Whole(ScenarioOutcome):
    """What came of an exploration itself.

    Args:
        command: What does the same again.
    """

    command: str

    @property
    def replay(self) -> str:
        return self.command


def write_junit(
    file: Path, exploration: Exploration, outcomes: Sequence[ScenarioOutcome], *, seed: int, command: str
) -> None:
    """Write a test that passes for the exploration itself, and one that fails for each finding.

    Args:
        file: The file.
        exploration: The result of the exploration.
        outcomes: The outcomes of the scenarios of the findings.
        seed: The seed of the exploration.
        command: The shell command that repeats the exploration.

    Raises:
        OSError: the file can't be written.
    """
    whole = _Whole(
        file="exploration",
        name="exploration",
        case="",
        description=", ".join(summary(exploration)),
        seed=seed,
        steps=(),
        step_count=0,
        start_microseconds=0,
        virtual_seconds=0.0,
        wall_seconds=exploration.seconds,
        events=(),
        calls={},
        error="",
        keeps_seed=False,
        command=command,
    )
    write_whole(file, junit_text([whole, *outcomes]))
