"""``pds-sim timeline``: a picture of what happened."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from fakes.printable import printable
from scenarios.charts.events import WrongTimeline, read_events
from scenarios.charts.heading import Heading
from scenarios.charts.history import History
from scenarios.charts.page import page
from scenarios.charts.reading import read_history
from scenarios.charts.terminal import WIDTH_COLUMNS, terminal_picture
from scenarios.cli.exit_codes import EXIT_FAILED
from scenarios.cli.loading import case_option, exit_wrong, load_one_or_exit
from scenarios.running.runner import ScenarioRun


@dataclass(frozen=True, slots=True)
class _Subject:
    """What to draw, and what went wrong while it was made."""

    heading: Heading
    history: History
    complaints: tuple[str, ...] = ()


_Reader = Callable[[str, int | None, str | None], _Subject]
"""Reads a file, with the seed and the case that the command line names."""


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--html", "html_file", metavar="OUT", type=click.Path(dir_okay=False), help="Write a page for browsers.")
@click.option("--seed", type=int, help="Run the scenario with this seed instead of its own.")
@case_option
def timeline(file: str, html_file: str | None, seed: int | None, case: str | None) -> None:
    """Draw what happened: in the terminal, or with --html as one page for the browser.

    FILE is a timeline, as 'pds-sim run --timeline' writes it (.jsonl), or a scenario (.yaml, or the name of one that
    ships), which is run first.

    Exits with 0, with 1 when an expectation of the scenario failed, which is drawn up to there, with 2 when a file is
    wrong.
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
        return _Subject(Heading(Path(file).stem), read_history(read_events(text)))
    except WrongTimeline as error:
        exit_wrong(f"{file}:{error.line}: {error.message}")


def _run_scenario(file: str, seed: int | None, case: str | None) -> _Subject:
    scenario = load_one_or_exit(file, case)
    with ScenarioRun(scenario, seed=seed) as current:
        complaints = tuple(
            f"{file}:{result.line}: {complaint}" for result in current.steps() for complaint in result.complaints
        )
        simulator = current.simulator
        heading = Heading(scenario.title, scenario.document.description, simulator.seed)
        return _Subject(heading, read_history(simulator.timeline.recorded()), complaints)


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
    click.echo(terminal_picture(subject.history, subject.heading, width_columns=width_columns, color=color), nl=False)


def _write(subject: _Subject, html_file: str) -> None:
    try:
        Path(html_file).write_text(page(subject.history, subject.heading), encoding="utf-8", newline="\n")
    except OSError as error:
        exit_wrong(f"--html {html_file}: {error.strerror or error}")
    click.echo(html_file)
