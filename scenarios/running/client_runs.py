"""Runs the client under test that a step names, against the simulator of the scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scenarios.clients.client_run import ClientRun, Complaint
from scenarios.clients.commands import run_command
from scenarios.clients.functions import find_check, run_function
from scenarios.clients.limits import Limits
from scenarios.clients.oracles import ORACLES, judge
from scenarios.format.client_step import ClientStep
from scenarios.loading.setups import read_setup
from simulator.simulator import Simulator


def run_client(step: ClientStep, simulator: Simulator) -> list[Complaint]:
    """Run the client, and return the complaints of the oracles.

    Raises:
        ValueError: there is no such function or command.
    """
    [(kind, name)] = step.client.items()
    failure = _RUNNERS[kind](name, simulator, step.limits)
    return judge(ClientRun.of_session(simulator.session, failure), step.oracles or [*ORACLES])


def _run_check(name: str, simulator: Simulator, limits: Limits) -> Complaint | None:
    return run_function(find_check(name), simulator, limits)


def _run_command(command: str, simulator: Simulator, limits: Limits) -> Complaint | None:
    from scenarios.clients.command_server import CommandServer  # noqa: PLC0415  # it loads a web server

    with CommandServer(read_setup) as server, server.serving(simulator.session) as environment:
        return run_command(command, simulator.session, environment, limits)


_RUNNERS: Mapping[str, Callable[[str, Simulator, Limits], Complaint | None]] = {
    "check": _run_check,
    "command": _run_command,
}
