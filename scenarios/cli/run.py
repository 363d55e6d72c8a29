"""``pds-sim run``: run scenarios and tell what happened."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from fakes.timeline import RemoteCall
from scenarios.cli.determinism import differences
from scenarios.cli.events import told
from scenarios.cli.loading import EXIT_FAILED, exit_wrong, load_or_exit
from scenarios.loader import Scenario
from scenarios.runner import ScenarioRun, StepResult
from scenarios.step_documents import count_steps


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--seed", type=int, help="Run with this seed instead of the scenarios' own.")
@click.option("--quiet", "-q", is_flag=True, help="Tell of each scenario only whether it passed.")
@click.option("--timeline", "timeline_directory", type=click.Path(file_okay=False), help="Write timelines here.")
@click.option(
    "--check-determinism", is_flag=True, help="Run everything a second time and show the first difference, if any."
)
def run(
    files: tuple[str, ...],
    seed: int | None,
    timeline_directory: str | None,
    *,
    quiet: bool,
    check_determinism: bool,
) -> None:
    """Run the scenarios in FILEs, or in folders of such, and tell what happened.

    A scenario that ships can be given by its name, such as quickstart; 'pds-sim scenarios' lists them.

    Exits with 0 when all passed, 1 when an expectation failed, 2 when a file is wrong; then nothing was run.
    """
    scenarios = load_or_exit(files)
    idle = [scenario.source.file for scenario in scenarios if not scenario.document.steps]
    if idle:
        exit_wrong(*(f"{file}: has no steps; there is nothing to run" for file in idle))
    directory = _prepared(timeline_directory, scenarios)
    outcomes = [_run_one(scenario, seed, directory, quiet=quiet) for scenario in scenarios]
    failed_count = sum(not outcome.passed for outcome in outcomes)
    if len(scenarios) > 1:
        click.echo(f"{len(scenarios) - failed_count} passed, {failed_count} failed")
    if check_determinism:
        timelines = {
            scenario.source.file: outcome.timeline for scenario, outcome in zip(scenarios, outcomes, strict=True)
        }
        failed_count += _check_determinism(timelines, seed)
    sys.exit(EXIT_FAILED if failed_count else 0)


@dataclass(frozen=True)
class _Outcome:
    """What came of a scenario, and its timeline as JSON lines."""

    passed: bool
    timeline: str


def _check_determinism(timelines: dict[str, str], seed: int | None) -> int:
    """Tell which timelines are not the same the second time, and give their number."""
    found = differences(timelines, seed)
    for file, difference in found.items():
        click.secho(f"{file}: not deterministic: {difference}", fg="red")
    click.echo(f"{len(timelines) - len(found)} of {len(timelines)} timelines are the same in another process")
    return len(found)


def _prepared(directory: str | None, scenarios: Sequence[Scenario]) -> Path | None:
    if directory is None:
        return None
    names = [_timeline_name(scenario) for scenario in scenarios]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        exit_wrong(f"--timeline: several files would write {', '.join(twice)}; run them one by one")
    try:
        Path(directory).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        exit_wrong(f"--timeline {directory}: {error.strerror}")
    return Path(directory)


def _timeline_name(scenario: Scenario) -> str:
    return f"{Path(scenario.source.file).stem}.jsonl"


def _run_one(scenario: Scenario, seed: int | None, timeline_directory: Path | None, *, quiet: bool) -> _Outcome:
    started_seconds = time.perf_counter()
    with ScenarioRun(scenario, seed=seed) as current:
        click.secho(scenario.name, bold=True, nl=False)
        click.echo(f": {scenario.document.description}" if scenario.document.description else "")
        results = []
        for result in current.steps():
            results.append(result)
            if not quiet or not result.passed:
                _tell(scenario, current, result)
        virtual_seconds, seed_used = current.elapsed_seconds, current.simulator.seed
        timeline = current.simulator.timeline.to_json_lines()
    if timeline_directory is not None:
        _write_timeline(timeline_directory / _timeline_name(scenario), timeline)
    passed = all(result.passed for result in results)
    verdict = click.style("passed", fg="green") if passed else click.style("failed", fg="red", bold=True)
    took_seconds = time.perf_counter() - started_seconds
    click.echo(
        f"  {verdict}: {sum(result.passed for result in results)} of {count_steps(scenario.document.steps)} steps,"
        f" {virtual_seconds:g} s of virtual time in {took_seconds:.2f} s"
    )
    if not passed:
        click.echo(f"  replay: pds-sim run --seed {seed_used} {scenario.source.file}")
    return _Outcome(passed, timeline)


def _write_timeline(file: Path, timeline: str) -> None:
    try:
        file.write_text(timeline, encoding="utf-8")
    except OSError as error:
        exit_wrong(f"--timeline {file}: {error.strerror}")


def _tell(scenario: Scenario, current: ScenarioRun, result: StepResult) -> None:
    for event in result.events:
        if not isinstance(event, RemoteCall):  # the step tells of its call
            click.secho(f"  {current.offset_seconds(event):>10.3f} s    {told(event)}", dim=True)
    mark = click.style("✓", fg="green") if result.passed else click.style("✗", fg="red")
    click.echo(f"  {result.at_seconds:>10.3f} s  {mark} {result.summary}")
    for complaint in result.complaints:
        click.secho(f"  {scenario.source.file}:{result.line}: {complaint}", fg="red")
