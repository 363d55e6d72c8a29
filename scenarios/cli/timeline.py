"""``pds-sim timeline``: a picture of what happened."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from fakes.history.events import RecordedEvent
from fakes.printable import printable
from scenarios.charts.calls import ShownCalls, shown_calls
from scenarios.charts.events import WrongTimeline, read_events
from scenarios.charts.heading import Heading
from scenarios.charts.page import page
from scenarios.charts.reading import read_history
from scenarios.charts.terminal import WIDTH_COLUMNS, terminal_picture
from scenarios.cli.exit_codes import EXIT_FAILED
from scenarios.cli.loading import case_option, exit_wrong, load_one_or_exit, warn_of_kept_seeds
from scenarios.running.runner import ScenarioRun


@dataclass(frozen=True, slots=True)
class _Subject:
    """What to draw, and what went wrong in the run."""

    heading: Heading
    events: Sequence[RecordedEvent]
    calls: ShownCalls = field(default_factory=dict)
    complaints: tuple[str, ...] = ()


_Reader = Callable[[str, int | None, str | None], _Subject]
"""Reads a file, with the seed and the case that the command line names."""


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--html", "html_file", metavar="OUT", type=click.Path(dir_okay=False), help="Write a page for browsers.")
@click.option("--seed", type=int, help="Run the scenario with this seed instead of its own.")
@case_option
def timeline(file: str, html_file: str | None, seed: int | None, case: str | None) -> None:
    """Draw what happened, in the terminal or for the browser.

    FILE is a timeline that 'pds-sim run --timeline' wrote (.jsonl), or a scenario (.yaml, or the name of one that
    ships), which runs first.

    Exits with 0; 1 when an expectation failed (it draws up to there); 2 when a file is wrong.
    """
    subject = _reader(file)(file, seed, case)
    if html_file is None:
        _print(subject)
    else:
        _write(subject, html_file)
    for complaint in subject.complaints:
        click.secho(printable(complaint, keep="\n"), err=True, fg="red")
    sys.exit(EXIT_FAILED if subject.complaints else 0)


def _reader(file: str) -> _Reader:
    """What reads *file*; without an ending it is the name of a scenario that ships."""
    suffix = Path(file).suffix.lower()
    if suffix in _READERS:
        return _READERS[suffix]
    if Path(file).exists() or suffix:
        exit_wrong(f"{file}: expected a timeline ({TIMELINE_SUFFIX}) or a scenario ({', '.join(SCENARIO_SUFFIXES)})")
    return _run_scenario


def _read_timeline(file: str, seed: int | None, case: str | None) -> _Subject:
    for option, value in (("--seed", seed), ("--case", case)):
        if value is not None:
            exit_wrong(f"{option}: {file} is a timeline, which is not run")
    try:
        text = Path(file).read_text(encoding="utf-8")
    except OSError as error:
        exit_wrong(f"{file}: can't be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        exit_wrong(f"{file}: is not UTF-8: {error.reason}")
    try:
        return _checked(_Subject(Heading(Path(file).stem), read_events(text)))
    except WrongTimeline as error:
        exit_wrong(f"{file}:{error.line}: {error.message}")


def _checked(subject: _Subject) -> _Subject:
    """Check that its events can have happened in this order."""
    read_history(subject.events)
    return subject


def _run_scenario(file: str, seed: int | None, case: str | None) -> _Subject:
    scenario = load_one_or_exit(file, case)
    warn_of_kept_seeds([scenario], seed)
    with ScenarioRun(scenario, seed=seed) as current:
        complaints = tuple(
            f"{file}:{result.line}: {complaint}" for result in current.steps() for complaint in result.complaints
        )
        simulator = current.simulator
        heading = Heading(scenario.title, scenario.document.description, simulator.seed)
        return _Subject(heading, simulator.timeline.recorded(), shown_calls(simulator.calls), complaints)


TIMELINE_SUFFIX = ".jsonl"
SCENARIO_SUFFIXES = (".yaml", ".yml")

_READERS: Mapping[str, _Reader] = {
    TIMELINE_SUFFIX: _read_timeline,
    **dict.fromkeys(SCENARIO_SUFFIXES, _run_scenario),
}
"""By the end of a file's name."""


def _print(subject: _Subject) -> None:
    width_columns = shutil.get_terminal_size((WIDTH_COLUMNS, 0)).columns
    color = sys.stdout.isatty() and click.get_current_context().color is not False
    history = read_history(subject.events)
    picture = terminal_picture(history, subject.heading, width_columns=width_columns, color=color)
    click.echo(picture, nl=False)


def _write(subject: _Subject, html_file: str) -> None:
    try:
        Path(html_file).write_text(
            page(subject.events, subject.heading, calls=subject.calls, failure="\n".join(subject.complaints)),
            encoding="utf-8",
            newline="\n",
        )
    except OSError as error:
        exit_wrong(f"--html {html_file}: {error.strerror or error}")
    click.echo(html_file)
