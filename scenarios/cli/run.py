"""``pds-sim run``: run scenarios and report what happened."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import click

from fakes.printable import printable
from scenarios.cli.determinism import differences
from scenarios.cli.exit_codes import EXIT_FAILED
from scenarios.cli.loading import exit_wrong, load_or_exit, selected_or_exit, selection_option, warn_of_kept_seeds
from scenarios.loading.errors import problem_line
from scenarios.loading.loader import Scenario
from scenarios.reports.json_file import STANDARD_OUTPUT
from scenarios.reports.report import Report, ReportKind
from scenarios.reports.screen import Screen, screen
from scenarios.reports.terminal import TerminalReport
from scenarios.running.outcomes import ScenarioOutcome
from scenarios.running.workers.pool import run_scenarios

REPORTS: Mapping[str, str] = {
    "--timeline": "scenarios.reports.timelines:TimelineFiles",
    "--junit": "scenarios.reports.junit_file:JUnitFile",
    "--json": "scenarios.reports.json_file:JsonFile",
    "--html": "scenarios.reports.html_pages:HtmlPages",
}
"""The reports that are written where an option says: each a `ReportKind`, which is imported when it is asked for."""


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--seed", type=int, help="Run with this seed instead of the scenarios' own.")
@selection_option
@click.option("--fail-fast", "-x", is_flag=True, help="Stop after the first failure.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), default=1, help="Run so many at a time, each in a process.")
@click.option("--quiet", "-q", count=True, help="Show only whether each passed; twice: only failures.")
@click.option("--verbose", "-v", count=True, help="Show every call too.")
@click.option("--timeline", type=click.Path(file_okay=False), help="Write timelines into this folder.")
@click.option("--junit", type=click.Path(dir_okay=False), help="Write JUnit XML, for continuous integration.")
@click.option("--json", type=click.Path(dir_okay=False), help="Write JSON, for programs; - is stdout.")
@click.option("--html", type=click.Path(file_okay=False), help="Write pages for the browser into this folder.")
@click.option(
    "--check-determinism", is_flag=True, help="Run everything a second time and show the first difference, if any."
)
def run(
    files: tuple[str, ...],
    seed: int | None,
    expression: str | None,
    *,
    fail_fast: bool,
    jobs: int,
    quiet: int,
    verbose: int,
    check_determinism: bool,
    **targets: str | None,
) -> None:
    """Run scenarios and show what happened.

    FILE is a scenario, a folder of them, or the name of one that ships ('pds-sim scenarios' lists those).

    Exits with 0 when all passed, 1 when an expectation failed, 2 when a file or an argument is wrong (nothing runs
    then), 130 on Ctrl-C. Reports contain what ended before Ctrl-C.
    """
    scenarios = selected_or_exit(load_or_exit(files), expression)
    _require_steps(scenarios)
    warn_of_kept_seeds(scenarios, seed)
    reports = _prepared(targets, scenarios)
    outcomes: list[ScenarioOutcome] = []
    stream = sys.stderr if targets["json"] == STANDARD_OUTPUT else sys.stdout
    try:
        with screen(len(scenarios) * (2 if check_determinism else 1), stream) as lines:
            terminal = TerminalReport(lines.show, verbose - quiet)
            with closing(run_scenarios(scenarios, watcher=lines, seed=seed, process_count=jobs)) as running:
                for outcome in running:
                    outcomes.append(outcome)
                    terminal.tell(outcome)
                    if fail_fast and not outcome.passed:
                        break
            terminal.sum_up(len(scenarios))
            all_same = not check_determinism or _check_determinism(scenarios, outcomes, lines, seed=seed, jobs=jobs)
    except KeyboardInterrupt:
        _write(reports, targets, outcomes)  # what is known by now may be all that the user wants
        raise
    _write(reports, targets, outcomes)
    sys.exit(0 if all_same and all(outcome.passed for outcome in outcomes) else EXIT_FAILED)


def _require_steps(scenarios: Sequence[Scenario]) -> None:
    """End the command where there is nothing to run; of several cases, that is told once."""
    found = {scenario.source.file: problem for scenario in scenarios if (problem := scenario.idleness())}
    if found:
        exit_wrong(*(problem_line(file, problem) for file, problem in found.items()))


def _prepared(targets: Mapping[str, str | None], scenarios: Sequence[Scenario]) -> dict[str, Report]:
    """The reports that are wanted, by their options; the command ends if one can't be written."""
    if targets["junit"] is not None and targets["junit"] == targets["json"]:
        exit_wrong(f"--junit, --json: both would write {targets['junit']}")
    return {
        option: _report(option, pkgutil.resolve_name(name), target, scenarios)
        for option, name in REPORTS.items()
        if (target := targets[option.removeprefix("--")]) is not None
    }


def _report(option: str, kind: ReportKind, target: str, scenarios: Sequence[Scenario]) -> Report:
    try:
        return kind(Path(target), scenarios)
    except OSError as error:
        exit_wrong(_unwritable(option, target, error))
    except ValueError as error:
        exit_wrong(f"{option}: {error}")


def _write(
    reports: Mapping[str, Report], targets: Mapping[str, str | None], outcomes: Sequence[ScenarioOutcome]
) -> None:
    """Write all reports that can be written; where one can't, the command ends after that."""
    complaints = []
    for option, report in reports.items():
        try:
            report.write(outcomes)
        except BrokenPipeError:
            raise
        except OSError as error:
            complaints.append(_unwritable(option, targets[option.removeprefix("--")], error))
    if complaints:
        exit_wrong(*complaints)


def _unwritable(option: str, target: str | None, error: OSError) -> str:
    return f"{option} {error.filename or target}: {error.strerror or error}"


def _check_determinism(
    scenarios: Sequence[Scenario],
    outcomes: Sequence[ScenarioOutcome],
    lines: Screen,
    *,
    seed: int | None,
    jobs: int,
) -> bool:
    """Print which timelines differ the second time; return whether all are the same."""
    found = differences(scenarios[: len(outcomes)], outcomes, watcher=lines, seed=seed, process_count=jobs)
    for place, difference in found.items():
        complaint = printable(f"{place}: not deterministic: {difference}", keep="\n")
        lines.show(click.style(complaint, fg="red"))
    lines.show(f"{len(outcomes) - len(found)} of {len(outcomes)} timelines are the same in another process")
    return not found
