"""``pds-sim check``: reports errors in scenarios, and probable mistakes."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import click

from scenarios.checks import warnings_of
from scenarios.cli.exit_codes import EXIT_FAILED, EXIT_WRONG
from scenarios.cli.loading import load_all
from scenarios.loading.errors import Problem, problem_line
from scenarios.loading.loader import Scenario
from scenarios.reports.wording import counted

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class _Found:
    """A report: where, how bad, and what."""

    file: str
    severity: str
    problem: Problem

    def line(self) -> str:
        marked = f"{self.severity}: " if self.severity == WARNING else ""
        return problem_line(self.file, self.problem, marked)

    def as_json(self) -> dict[str, object]:
        return {"file": self.file, "severity": self.severity} | asdict(self.problem)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Exit with 1 when there are warnings.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
def check(files: tuple[str, ...], *, strict: bool, as_json: bool) -> None:
    """Report mistakes in scenarios.

    FILE is a scenario, a folder of them, or the name of one that ships.

    'run' refuses a file with errors. Warnings are about what is allowed but can't be meant: aliases and parameters that
    nothing uses, expectations that expect nothing, no steps. With a virtual clock, 'check' runs the scenario and warns
    of a step that fails and of rules that never take effect.

    Exits with 0 without errors and 2 with; with --strict, 1 when there are only warnings.
    """
    scenarios, errors = load_all(files)
    found = [_Found(error.file, ERROR, problem) for error in errors for problem in error.problems]
    warnings = _warnings(scenarios)
    found += [_Found(file, WARNING, problem) for file, problems in warnings.items() for problem in problems]
    found.sort(key=lambda one: (one.file, one.problem.line, one.problem.column))
    error_count = sum(one.severity == ERROR for one in found)
    _tell(found, len(warnings) + len(errors), error_count, as_json=as_json)
    if error_count:
        sys.exit(EXIT_WRONG)
    sys.exit(EXIT_FAILED if found and strict else 0)


def _warnings(scenarios: Sequence[Scenario]) -> dict[str, list[Problem]]:
    """The warnings about each file; one for several cases comes once."""
    found: dict[str, dict[Problem, None]] = {}
    for scenario in scenarios:
        idle = scenario.idleness()
        problems = [*([idle] if idle else []), *warnings_of(scenario)]
        found.setdefault(scenario.source.file, {}).update(dict.fromkeys(problems))
    return {file: list(problems) for file, problems in found.items()}


def _tell(found: Sequence[_Found], file_count: int, error_count: int, *, as_json: bool) -> None:
    warning_count = len(found) - error_count
    if as_json:
        told = {"files": file_count, "errors": error_count, "warnings": warning_count}
        click.echo(json.dumps(told | {"problems": [one.as_json() for one in found]}, indent=2, ensure_ascii=False))
        return
    for one in found:
        click.secho(one.line(), fg="red" if one.severity == ERROR else "yellow")
    click.echo(f"{_count(file_count, 'file')}: {_count(error_count, 'error')}, {_count(warning_count, 'warning')}")


def _count(number: int, what: str) -> str:
    return counted(number, what) if number else f"no {what}s"
