"""The processes of ``pds-sim serve --workers``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scenarios.cli.loading import exit_wrong
from simulator.server import SimulatorServer
from simulator.transports.added_services import AddToServer
from simulator.worker_process import worker_arguments
from simulator.workers import Workers


def require_fit_for_workers(given: Mapping[str, object]) -> None:
    """Exit if the command line has an option that excludes workers."""
    for option, value in given.items():
        if value is not None:
            exit_wrong(f"--workers: workers know nothing of {option}; leave out {option} or --workers")


def worker_processes(
    count: int,
    server: SimulatorServer,
    sessions_max: int,
    session_idle: float,
    services: Sequence[AddToServer],
    options: Mapping[str, Any],
    repeated: Mapping[str, Sequence[str]],
) -> Workers:
    """Make the processes for the sessions that have their own ports.

    Args:
        count: How many processes.
        server: The server that they belong to.
        sessions_max: How many sessions there may be.
        session_idle: After how many seconds without a call a session ends.
        services: Services to serve beside the API.
        options: Further options of the processes.
        repeated: Options that may be given several times.
    """
    names = [f"{add.__module__}:{add.__qualname__}" for add in services]
    arguments = worker_arguments(
        {**options, "--sessions-max": sessions_max, "--session-idle": session_idle}, {**repeated, "--service": names}
    )
    return Workers(count, arguments, server.sessions, sessions_max)
