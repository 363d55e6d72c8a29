"""``pds-sim serve``: a simulator to develop against, until it is told to stop."""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import click

from fakes.history.description import describe
from fakes.history.events import Event, recorded
from fakes.snapshot.errors import SnapshotError
from fakes.times import to_text
from scenarios.cli.event_printer import EventPrinter
from scenarios.cli.exit_codes import EXIT_FAILED
from scenarios.cli.http_port import choose_http_port, forget_ready, http_options, telling_ready
from scenarios.cli.loading import case_option, exit_wrong, load_one_or_exit
from scenarios.cli.log_option import log_option
from scenarios.cli.port_check import is_loopback, require_free_port
from scenarios.cli.saved_state import saved_sessions_or_exit, saving, setup_or_exit
from scenarios.cli.session_options import session_options
from scenarios.cli.tls_options import tls_options
from scenarios.cli.worker_processes import require_fit_for_workers, worker_processes
from scenarios.cli.world import print_world, world_as_json
from scenarios.loading.setups import read_setup
from scenarios.recording import write_scenario
from simulator.server import SimulatorServer
from simulator.server_state import SavedState
from simulator.sessions.clock import ClockMode
from simulator.sessions.pacer import Pacer
from simulator.sessions.registry import HISTORY_MAX
from simulator.sessions.session import Session
from simulator.transports import open_files, rest_gateway
from simulator.transports.added_services import AddToServer
from simulator.transports.tls import TlsFiles

SIGNALS_SEEN_SECONDS = 0.25
STOP_SECONDS_MAX = 1.5
"""How long a server may take to stop; after that, the process ends without waiting."""

_logger = logging.getLogger(__name__)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; 0.0.0.0 lets other machines in.")
@click.option("--port", default=50051, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--seed", type=int, help="Seed of everything that is drawn.  [default: 0, or the scenario's]")
@click.option(
    "--clock",
    type=click.Choice([mode.value for mode in ClockMode]),
    help="What moves time: the wall clock, polls, or (manual) the control service.  [default: wall]",
)
@click.option("--speed", type=float, help="Virtual seconds in a second of the wall clock.  [default: 1]")
@click.option("--scenario", metavar="FILE", help="Serve the world of a scenario; its steps are not run.")
@case_option
@click.option(
    "--history",
    default=HISTORY_MAX,
    show_default=True,
    type=click.IntRange(min=1),
    help="How many events and how many calls to keep; the oldest are dropped.",
)
@http_options
@session_options
@tls_options
@log_option
@click.option("--until-input-ends", is_flag=True, hidden=True, help="End when the standard input does: for workers.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object a line.")
def serve(
    host: str,
    port: int,
    seed: int | None,
    clock: str | None,
    speed: float | None,
    scenario: str | None,
    case: str | None,
    http_port: int | None,
    allowed_hosts: Sequence[str],
    allowed_origins: Sequence[str],
    ready_file: Path | None,
    history: int,
    control_token: str,
    sessions_max: int,
    session_idle: float,
    workers_count: int,
    snapshot: Path | None,
    state: Path | None,
    services: Sequence[AddToServer],
    tls: TlsFiles | None,
    log_form: str,
    *,
    until_input_ends: bool,
    as_json: bool,
) -> None:
    """Serve the API over gRPC and HTTP until Ctrl-C or SIGTERM.

    Prints the addresses and the world, then every event.
    """
    open_files.raise_limit()
    arguments = _arguments(scenario, case, {"seed": seed, "clock": clock, "speed": speed})
    if workers_count:
        require_fit_for_workers({"--tls-cert": tls, "--state": state})
    printer = EventPrinter(_json_line if as_json else _line)
    addresses: dict[str, str] = {}
    secured: dict[str, str | bool] = {} if tls is None else {"tls": True}
    with ExitStack() as stack:
        saved = stack.enter_context(saved_sessions_or_exit(state))
        setup = setup_or_exit(
            snapshot, saved, {"--scenario": scenario, "--seed": seed, "--clock": clock, "--speed": speed}, arguments
        )
        stops: queue.SimpleQueue[int] = queue.SimpleQueue()
        stack.enter_context(_signals_into(stops))
        if until_input_ends:
            threading.Thread(target=_stop_with_input, args=(stops,), daemon=True).start()
        try:
            server = SimulatorServer(
                setup,
                address=_address(host, port),
                read_scenario=read_setup,
                write_scenario=write_scenario,
                control_token=control_token,
                history_max=history,
                base_url=lambda: addresses["http"],
                sessions_max=sessions_max,
                idle_seconds=session_idle,
                services=services,
                tls=tls,
            )
            require_free_port(host, port)
            if workers_count:
                options = {"--host": host, "--history": history, "--log": log_form}
                repeated = {"--allow-host": allowed_hosts, "--allow-origin": allowed_origins}
                workers = worker_processes(
                    workers_count, server, sessions_max, session_idle, services, options, repeated
                )
                server.workers = stack.enter_context(workers)
            forget_ready(ready_file)
            saved_state = stack.enter_context(saving(state, saved, server))
            stack.enter_context(server)
            url = stack.enter_context(
                rest_gateway.serving_http(
                    server.channel(),
                    rest_gateway.OwnAddress(host, allowed_hosts),
                    port=choose_http_port(host, 0 if http_port is None and port == 0 else http_port),
                    origins=allowed_origins,
                    more=server.descriptors,
                    tls=tls,
                    metrics=rest_gateway.metrics_of(server.sessions, server.watchers),
                )
            )
            addresses |= {"grpc": server.target, "http": url}
            stack.enter_context(telling_ready(ready_file, secured | addresses))
        except SnapshotError as error:
            exit_wrong(f"{state if saved else snapshot}: {error}")
        except (OSError, ValueError) as error:
            exit_wrong(f"pds-sim serve: {error}")
        session = server.default
        session.subscribe(printer.tell)
        _introduce(session, addresses, secured, as_json=as_json)
        if not is_loopback(host):
            # A server with TLS still lets everybody in, unless clients have to present certificates.
            _warn_of_others(server, guarded=bool(control_token or (tls and tls.client_ca)))
        printer.start()
        stack.enter_context(Pacer(session))
        _wait_for(stops)
        leave: Callable[[int], None] = click.get_current_context().obj or _stay
        impatience = _leave_at_last(leave, saved_state)
    _logger.info("the server has stopped", extra={"event": "server_stopped"})
    if printer.end() and not as_json:
        click.echo("stopped")
    # Threads may still run, say in a pipe that nobody reads. They would keep the interpreter from ending, or crash it.
    leave(_exit_code(saved_state))
    impatience.cancel()
    click.get_current_context().exit(_exit_code(saved_state))


def _exit_code(saved_state: SavedState | None) -> int:
    return EXIT_FAILED if saved_state is not None and saved_state.failed else 0


def _leave_at_last(leave: Callable[[int], None], saved_state: SavedState | None) -> threading.Timer:
    """End the process when stopping has taken too long, but not before the sessions are saved."""

    def save_and_leave() -> None:
        if saved_state is not None:
            saved_state.save_or_log()
        leave(_exit_code(saved_state))

    impatience = threading.Timer(STOP_SECONDS_MAX, save_and_leave)
    impatience.daemon = True
    impatience.start()
    return impatience


def _stay(_exit_code: int) -> None:
    """Do nothing, because other code runs in this process."""


def _arguments(file: str | None, case: str | None, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the simulator: from the command line, else from the scenario, else the wall clock."""
    arguments: dict[str, Any] = {"clock": ClockMode.WALL.value}
    if file is not None:
        scenario = load_one_or_exit(file, case)
        arguments = scenario.simulator_arguments()
        if scenario.snapshot is None and "clock" not in scenario.document.model_fields_set:
            arguments["clock"] = ClockMode.WALL.value
        said = [name for name, value in given.items() if value is not None]
        if scenario.snapshot is not None and said:
            exit_wrong(f"--{said[0]}: is what the snapshot of the scenario says; leave it out")
    elif case is not None:
        exit_wrong("--case: there is no --scenario that it could be one of")
    arguments |= {name: value for name, value in given.items() if value is not None}
    if arguments.get("clock", ClockMode.WALL.value) != ClockMode.WALL.value:
        if given["speed"] is not None:
            exit_wrong(f"--speed: only the wall clock has a speed, and this one is {arguments['clock']}")
        arguments["speed"] = 1.0
    return arguments | {"strict": False}


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextmanager
def _signals_into(stops: queue.SimpleQueue[int]) -> Iterator[None]:
    """Put SIGTERM and Ctrl-C into a queue instead of letting them end the process."""

    def stop(number: int, _frame: FrameType | None) -> None:
        stops.put(number)

    handlers = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _stop_with_input(stops: queue.SimpleQueue[int]) -> None:
    """Wait for the end of the standard input, which comes when the process at its other end has gone."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    stops.put(signal.SIGTERM)


def _wait_for(stops: queue.SimpleQueue[int]) -> None:
    """Wait for a signal; one that another thread received is noticed when this one wakes."""
    while True:
        with suppress(queue.Empty):
            stops.get(timeout=SIGNALS_SEEN_SECONDS)
            return


def _warn_of_others(server: SimulatorServer, *, guarded: bool) -> None:
    """Warn about what other machines may do here, if nothing prevents it."""
    if not server.default.declared.tokens:
        _logger.warning(
            "other machines can reach %s, and the world has no tokens, so all who can may do everything;"
            " --host 127.0.0.1 keeps them out",
            server.target,
            extra={"event": "world_unguarded"},
        )
    if not guarded:
        _logger.warning(
            "other machines can control this one's sessions; --control-token keeps them out",
            extra={"event": "control_unguarded"},
        )


def _introduce(session: Session, addresses: dict[str, str], secured: dict[str, str | bool], *, as_json: bool) -> None:
    _logger.info("the server has started", extra={"event": "server_started", **secured, **addresses})
    if as_json:
        about = {"target": addresses["grpc"], "seed": session.seed, "clock": session.clock.mode.value}
        click.echo(
            json.dumps(about | addresses | secured | {"world": world_as_json(session.declared)}, ensure_ascii=False)
        )
        return
    print_world(session.declared)
    where = ", ".join([*addresses.values(), *(["with TLS"] if secured else [])])
    click.echo(f"listening on {where}, seed {session.seed}, {session.clock.mode.value} clock; Ctrl-C stops")


def _json_line(sequence: int, event: Event) -> str:
    return recorded(sequence, event).to_json()


def _line(_sequence: int, event: Event) -> str:
    return f"{to_text(event.at_microseconds)}  {describe(event)}"
