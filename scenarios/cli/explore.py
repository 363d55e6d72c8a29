"""``pds-sim explore``: find the fault schedules that break a client."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from pds_simulator_command import EXIT_INTERRUPTED
from scenarios.cli.exit_codes import EXIT_FAILED
from scenarios.cli.loading import case_option, exit_wrong, load_one_or_exit
from scenarios.clients.limits import Limits
from scenarios.clients.oracles import ORACLES, choose_oracles
from scenarios.exploration.explorer import Progress
from scenarios.exploration.exploring import PoolMaker
from scenarios.exploration.exploring import explore as run_exploration
from scenarios.exploration.findings import Exploration
from scenarios.exploration.space import RULES_MAX
from scenarios.exploration.text_report import report_text
from scenarios.loading.errors import ScenarioError
from scenarios.reports.files import check_file, check_folder
from simulator.documents.quantities import parse_duration_seconds
from simulator.sessions.clock import ClockMode


class Duration(click.ParamType[float]):
    """A duration as in scenarios, in seconds."""

    name = "duration"

    def __init__(self, *, may_be_zero: bool = True) -> None:
        self._may_be_zero = may_be_zero

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = parse_duration_seconds(float(value) if str(value).replace(".", "", 1).isdigit() else value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if seconds == 0 and not self._may_be_zero:
            self.fail(f"{value!r} is no time; expected a duration above 0", param, ctx)
        return seconds


_LIMITS = Limits()


@click.command()
@click.option("--check", metavar="MODULE:FUNCTION", help="The client: a function that is called with the simulator.")
@click.option("--command", metavar="COMMAND", help="The client: a command that is run in a shell, in any language.")
@click.option("--examples", type=click.IntRange(1), default=1000, show_default=True, help="Run so many schedules.")
@click.option("--time", "time_seconds", type=Duration(), help="Stop the search after so long, such as 5m.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draw the schedules of this seed.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, help="Run so many at a time, each in a process.")
@click.option("--dask", metavar="ADDRESS", help="Run on the dask cluster with the scheduler at this address.")
@click.option("--scenario", metavar="FILE", help="Explore in the world of this scenario.")
@case_option
@click.option("--method", "methods", multiple=True, help="Of calls, break only those of this method; repeatable.")
@click.option("--phase", "phases", multiple=True, help="Of restores, break only those in this phase; repeatable.")
@click.option("--effect", "effects", multiple=True, help="Only use this effect; repeatable.")
@click.option(
    "--max-rules", type=click.IntRange(1, RULES_MAX), default=3, show_default=True, help="Rules of a schedule, at most."
)
@click.option(
    "--clock",
    type=click.Choice([mode.value for mode in ClockMode]),
    help="What moves the time.  [default: manual; on_poll with --command]",
)
@click.option("--speed", type=click.FloatRange(0, min_open=True), default=1.0, help="Virtual seconds in a second.")
@click.option("--oracle", "only", multiple=True, help=f"Judge by this oracle alone: {', '.join(ORACLES)}; repeatable.")
@click.option("--no-oracle", "without", multiple=True, help="Do not judge by this oracle; repeatable.")
@click.option(
    "--limit",
    type=Duration(may_be_zero=False),
    default=_LIMITS.virtual_seconds,
    help="Virtual time that a run may take.",
)
@click.option("--calls", type=click.IntRange(1), default=_LIMITS.calls, help="Calls that a run may make.")
@click.option(
    "--timeout", type=Duration(may_be_zero=False), default=_LIMITS.real_seconds, help="Real time that a run may take."
)
@click.option("--corpus", type=click.Path(file_okay=False), help="Run the findings in this folder first; add new ones.")
@click.option(
    "--scenarios-to",
    type=click.Path(file_okay=False),
    help="Write findings as scenarios into this folder; without --corpus, 'findings' by default.",
)
@click.option("--junit", type=click.Path(dir_okay=False), help="Write JUnit XML, for continuous integration.")
@click.option("--html", type=click.Path(file_okay=False), help="Write pages for the browser into this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on the last line, for programs.")
def explore(
    *,
    check: str | None,
    command: str | None,
    dask: str | None,
    scenario: str | None,
    case: str | None,
    only: tuple[str, ...],
    without: tuple[str, ...],
    limit: float,
    calls: int,
    timeout: float,
    junit: str | None,
    html: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Find the fault schedules that break a client.

    Exits with 1 when something breaks the client, 0 when nothing does, 2 when an argument is wrong. Ctrl-C and SIGTERM
    end it with what was found until then.
    """
    if (check is None) == (command is None):
        exit_wrong("expected either --check or --command")
    if case is not None and scenario is None:
        exit_wrong("--case is the case of a scenario; expected --scenario FILE with it")
    for key in ("methods", "phases", "effects"):
        options[key] = options[key] or None
    if options["scenarios_to"] is None and options["corpus"] is None:
        options["scenarios_to"] = FINDINGS
    try:
        _check_targets(junit, html)
        with _ended_by_sigterm(), _progress() as watcher:
            exploration = run_exploration(
                check,
                command=command,
                world=None if scenario is None else _world(scenario, case),
                oracles=choose_oracles(only, without),
                limits=Limits(limit, calls, timeout),
                pool=None if dask is None else _cluster(dask),
                watcher=watcher,
                **options,
            )
        _write_reports(exploration, junit, html, jobs=options["jobs"], seed=options["seed"])
    except ScenarioError as error:
        exit_wrong(*error.lines())
    except (OSError, ValueError, RuntimeError) as error:
        exit_wrong(str(error))
    click.echo(report_text(exploration), err=as_json)
    if as_json:
        click.echo(json.dumps(exploration.to_plain(), ensure_ascii=False))
    if exploration.findings:
        sys.exit(EXIT_FAILED)
    sys.exit(EXIT_INTERRUPTED if exploration.is_interrupted else 0)


def _world(name: str, case: str | None) -> Any:
    """The world of a scenario, as it stands in the file."""
    scenario = load_one_or_exit(name, case)
    if scenario.snapshot is not None:
        exit_wrong(f"{name}: goes on from a snapshot, which can't be explored; expected one with 'world', or neither")
    return scenario.source.data.get("world")


FINDINGS_SHOWN_MAX = 10
TOLD_EVERY_SECONDS = 30
"""How often to report progress without a terminal, such as in continuous integration."""

FINDINGS = "findings"
"""The default folder for findings."""


def _check_targets(junit: str | None, html: str | None) -> None:
    """Make sure that reports can be written, before anything is run.

    Raises:
        OSError: they can't.
    """
    if junit is not None:
        check_file(Path(junit))
    if html is not None:
        check_folder(Path(html))


def _write_reports(exploration: Exploration, junit: str | None, html: str | None, *, jobs: int, seed: int) -> None:
    if junit is None and html is None:
        return
    from scenarios.exploration.reports import run_findings, write_junit, write_pages  # noqa: PLC0415  # jinja is slow

    outcomes = run_findings(exploration.findings, jobs=jobs)
    if junit is not None:
        command = shlex.join(["pds-sim", *sys.argv[1:]])
        write_junit(Path(junit), exploration, outcomes, seed=seed, command=command)
    if html is not None:
        write_pages(Path(html), exploration, outcomes)


def _cluster(address: str) -> PoolMaker:
    try:
        from scenarios.exploration.dask_pool import DaskPool  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as error:
        exit_wrong(f"--dask needs {error.name}; install pds-restore-simulator[explore]")
    return partial(DaskPool, address)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM, which ends overlong jobs of continuous integration, do what Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # some send it twice, but what was found is to be told
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is interrupt:
            signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None]]:
    """Show progress: continuously on a terminal, else by a line now and then."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        told_seconds = 0.0

        def tell(progress: Progress) -> None:
            nonlocal told_seconds
            if progress.seconds - told_seconds >= TOLD_EVERY_SECONDS:
                told_seconds = progress.seconds
                click.echo(f"{_rate(progress)}, {len(progress.causes)} findings", err=True)

        yield tell
        return
    from rich.console import Console  # noqa: PLC0415  # takes time to import
    from rich.status import Status  # noqa: PLC0415

    with Status("", console=Console(file=sys.stderr, markup=False, emoji=False, highlight=False)) as status:

        def show(progress: Progress) -> None:
            found = "".join(f"\n  ✗ {oracle}: {cause}" for oracle, cause in progress.causes[-FINDINGS_SHOWN_MAX:])
            status.update(f"{_rate(progress)}, {progress.reached} cells of coverage reached{found}")

        yield show


def _rate(progress: Progress) -> str:
    return f"{progress.runs} runs, {progress.runs / max(progress.seconds, 1e-9):.0f}/s"
