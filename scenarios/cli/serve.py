"""``pds-sim serve``: a simulator to develop against, until it is told to stop."""

from __future__ import annotations

import json
import queue
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

import click

from fakes.timeline import Event, to_json, to_text
from scenarios.cli.events import told
from scenarios.cli.loading import exit_wrong, load_or_exit
from scenarios.cli.world import print_world, world_as_json
from simulator.clock import ClockMode, WallClock
from simulator.pacer import Pacer
from simulator.simulator import Simulator

Happening = tuple[int, Event] | None
"""An event with its number, or None when it is time to stop."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; 0.0.0.0 lets other machines in.")
@click.option("--port", default=50051, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--seed", type=int, help="What is drawn is drawn by this.  [default: 0, or the scenario's]")
@click.option(
    "--clock",
    type=click.Choice([mode.value for mode in ClockMode]),
    help="Who moves the time.  [default: wall, or the scenario's]",
)
@click.option("--speed", type=float, help="Virtual seconds in a second of the wall clock.  [default: 1]")
@click.option("--scenario", metavar="FILE", help="Serve the world of a scenario; its steps are not run.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object a line.")
def serve(
    host: str,
    port: int,
    seed: int | None,
    clock: str | None,
    speed: float | None,
    scenario: str | None,
    *,
    as_json: bool,
) -> None:
    """Serve the API on a port, and tell what happens, until Ctrl-C or SIGTERM.

    Prints where it listens and the world, then every event.
    """
    arguments: dict[str, Any] = {"clock": ClockMode.WALL}
    if scenario:
        arguments = load_or_exit([scenario])[0].simulator_arguments()
    given = {"seed": seed, "clock": clock, "speed": speed}
    arguments |= {name: value for name, value in given.items() if value is not None}
    if clock is not None and clock != ClockMode.WALL.value and speed is None:
        arguments["speed"] = 1.0
    with ExitStack() as stack:
        happenings: queue.SimpleQueue[Happening] = queue.SimpleQueue()
        stack.enter_context(_stopping_on_signals(happenings))
        try:
            simulator = stack.enter_context(Simulator(**arguments, address=_address(host, port), strict=False))
        except (OSError, ValueError) as error:
            exit_wrong(f"pds-sim serve: {error}")
        simulator.session.subscribe(lambda sequence, event: happenings.put((sequence, event)))
        session_clock = simulator.session.clock
        if isinstance(session_clock, WallClock):
            stack.enter_context(Pacer(simulator.session, session_clock))
        _introduce(simulator, as_json=as_json)
        _tell_until_stopped(happenings, as_json=as_json)


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextmanager
def _stopping_on_signals(happenings: queue.SimpleQueue[Happening]) -> Iterator[None]:
    """Let SIGTERM and Ctrl-C end the stream of happenings instead of the process."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        happenings.put(None)

    handlers = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _introduce(simulator: Simulator, *, as_json: bool) -> None:
    session = simulator.session
    if as_json:
        about = {"target": simulator.target, "seed": simulator.seed, "clock": session.clock.mode.value}
        click.echo(json.dumps(about | {"world": world_as_json(session.declared)}, ensure_ascii=False))
        return
    print_world(session.declared)
    click.echo(
        f"listening on {simulator.target}, seed {simulator.seed}, {session.clock.mode.value} clock; Ctrl-C stops"
    )


def _tell_until_stopped(happenings: queue.SimpleQueue[Happening], *, as_json: bool) -> None:
    while (happening := happenings.get()) is not None:
        sequence, event = happening
        if as_json:
            click.echo(to_json(sequence, event))
        else:
            click.echo(f"{to_text(event.at_microseconds)}  {told(event)}")
    if not as_json:
        click.echo("stopped")
