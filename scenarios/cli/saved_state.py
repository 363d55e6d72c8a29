"""What ``pds-sim serve`` continues from: a snapshot, or the sessions that it has saved."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from fakes.snapshot.errors import SnapshotError
from scenarios.cli.loading import exit_wrong
from simulator.documents.snapshots import read_json
from simulator.server import SimulatorServer
from simulator.server_state import SavedSession, SavedState, locked, read_sessions, restore_sessions
from simulator.services.control.host import SessionSetup
from simulator.sessions.registry import DEFAULT, TooManySessions

_logger = logging.getLogger(__name__)


@contextmanager
def saved_sessions_or_exit(file: Path | None) -> Iterator[list[SavedSession]]:
    """Read the saved sessions, none if the file does not exist yet, and lock the file against other servers."""
    if file is None:
        yield []
        return
    with ExitStack() as stack:
        with exiting_where_wrong(file):
            stack.enter_context(locked(file))
            saved = read_sessions(file) if file.exists() else []
        yield saved


def setup_or_exit(
    snapshot: Path | None, saved: list[SavedSession], given: Mapping[str, object], arguments: dict[str, Any]
) -> SessionSetup:
    """Return how the session ``default`` starts.

    Args:
        snapshot: The snapshot to continue from.
        saved: The saved sessions; they win, and a warning names the options that have no effect.
        given: What else the command line says about it, by option; all of it excludes a snapshot.
        arguments: How it starts without these.
    """
    if snapshot is not None:
        for option, value in given.items():
            if value is not None:
                exit_wrong(f"{option}: is what the snapshot says; leave out {option} or --snapshot")
    if saved:
        options = {"--snapshot": snapshot, **given}
        without_effect = [option for option, value in options.items() if value is not None]
        if without_effect:
            about = {"event": "options_without_effect", "options": without_effect}
            told = ", ".join(without_effect)
            _logger.warning("--state has saved sessions to go on with, so these have no effect: %s", told, extra=about)
        return next(one.setup for one in saved if one.id == DEFAULT)
    if snapshot is None:
        return SessionSetup(**arguments | {"rules": tuple(arguments.get("rules", ()))})
    with exiting_where_wrong(snapshot):
        return SessionSetup(snapshot=read_json(snapshot))


@contextmanager
def exiting_where_wrong(file: Path | None) -> Iterator[None]:
    """Print what is wrong with a snapshot, and exit with code 2."""
    try:
        yield
    except (OSError, SnapshotError, TooManySessions) as error:
        exit_wrong(f"{file}: {error}")


@contextmanager
def saving(file: Path | None, saved: list[SavedSession], server: SimulatorServer) -> Iterator[SavedState | None]:
    """Restore the saved sessions, and save all sessions until the end; None if there is no file.

    Raises:
        OSError: the file can't be written.
    """
    if file is None:
        yield None
        return
    with exiting_where_wrong(file):
        restore_sessions(saved, server.sessions, server.open_port)
    with SavedState(file, server.sessions) as state:
        yield state
