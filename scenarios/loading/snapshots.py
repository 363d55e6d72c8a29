"""The snapshot that a scenario continues from."""

from __future__ import annotations

from pathlib import Path

from fakes import Restore
from fakes.snapshot.errors import SnapshotError
from scenarios.loading.errors import ScenarioError
from scenarios.loading.yaml_source import Source
from simulator.documents.snapshots import read_json, session_from
from simulator.sessions.session import Session


def read_start(source: Source, name: str | None) -> tuple[object, Session | None]:
    """Read the snapshot that a scenario continues from, and make a session of it to look at.

    Args:
        source: The scenario.
        name: The file, beside that of the scenario; None where it starts by itself.

    Returns:
        The snapshot, and a session to look at; None where there is none.

    Raises:
        ScenarioError: there is no such file, or it is no snapshot, or something in it is wrong.
    """
    if name is None:
        return None, None
    if not source.file:
        raise ScenarioError("", [source.problem(("snapshot",), "only a scenario in a file can name another file")])
    file = Path(source.file).parent / name
    try:
        snapshot = read_json(file)
        return snapshot, session_from(snapshot)
    except (OSError, SnapshotError) as error:
        raise ScenarioError(source.file, [source.problem(("snapshot",), f"{name}: {error}")]) from None


def named_restores(session: Session) -> dict[str, Restore]:
    """The restores of a session by name; each of several with the same name by its uid."""
    with session as world:
        return dict(world.restores)
