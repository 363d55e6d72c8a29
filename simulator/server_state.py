"""Keeps the sessions of a server in a file, so that they survive the end of the server, whatever its cause.

The file is always complete: a new one is written beside it, and replaces it in one step.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fakes.snapshot.errors import Path as KeyPath
from fakes.snapshot.errors import SnapshotError, refusing, require
from fakes.values import is_finite, shown
from simulator.documents.snapshots import read_json, take_snapshot
from simulator.services.control.host import SessionSetup
from simulator.sessions.registry import DEFAULT, HostedSession, SessionRegistry
from simulator.sessions.session import Session

if sys.platform != "win32":
    import fcntl

VERSION_KEY = "pds_simulator_state"
"""The key that identifies the file; its value is the version of the format."""
VERSION = 1
SAVE_SECONDS = 60.0
"""How often the sessions are saved, if something has changed."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SavedSession:
    """A session as it was saved.

    Args:
        id: The id by which calls name it.
        setup: How it continues.
        created_seconds: When it was made, in seconds since 1970, by the wall clock.
        target: The address of its own port; empty if it had none.
    """

    id: str
    setup: SessionSetup
    created_seconds: float
    target: str


def read_sessions(file: Path) -> list[SavedSession]:
    """Read the sessions of a file, the oldest first. Their snapshots are not checked yet.

    Raises:
        OSError: it can't be read.
        SnapshotError: it is not such a file, or of a newer version, or something in it is wrong; says where.
    """
    document = read_json(file)
    require(isinstance(document, Mapping) and VERSION_KEY in document, (), f"expected the key {VERSION_KEY!r}")
    version = document[VERSION_KEY]
    require(version == VERSION, (VERSION_KEY,), f"is {shown(version)}; this simulator reads version {VERSION}")
    told = document.get("sessions")
    require(isinstance(told, list), ("sessions",), f"is {shown(told)}; expected a list")
    saved = [_saved_session(one, ("sessions", place)) for place, one in enumerate(told)]
    ids = [one.id for one in saved]
    require(len(set(ids)) == len(ids) and DEFAULT in ids, ("sessions",), f"expected {DEFAULT!r}, and no id twice")
    return saved


def _saved_session(told: Any, path: KeyPath) -> SavedSession:
    require(isinstance(told, Mapping), path, f"is {shown(told)}; expected an object")
    for key, kind in _KEYS.items():
        found = told.get(key)
        require(isinstance(found, kind), (*path, key), f"is {shown(found)}; expected {kind.__name__}")
    created = told.get("created_seconds")
    require(is_finite(created), (*path, "created_seconds"), f"is {shown(created)}; expected a number")
    setup = SessionSetup(snapshot=told["snapshot"])
    return SavedSession(told["id"], setup, told["created_seconds"], told["target"])


_KEYS: Mapping[str, type[Any]] = {
    "id": str,
    "target": str,
    "snapshot": dict,
}


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Lock a file of sessions against other servers; the lock ends with the process, however that ends.

    The lock is on a file beside it, because the file itself is replaced. On Windows there is none.

    Raises:
        OSError: another server uses it, or nothing can be written beside it.
    """
    file = _without_links(file)
    try:
        lock = file.with_name(f".{file.name}.lock").open("a")
    except OSError as error:
        raise OSError(
            error.errno, f"{error.strerror}: nothing can be written in its folder", str(file.parent)
        ) from None
    with lock:
        if sys.platform != "win32":
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BlockingIOError(
                    "another server saves its sessions there; stop that one or name another file"
                ) from None
        yield


def _without_links(file: Path) -> Path:
    """The target of a link; links that lead to each other are treated as files."""
    return Path(os.path.realpath(file))


def write_whole(file: Path, text: str) -> None:
    """Replace a file in one step: whenever the process ends, there is either the old file or the new one.

    A link stays a link. Only its owner can read the file, because it has digests of tokens' secrets.

    Raises:
        OSError: it can't be written.
    """
    file = _without_links(file)
    unfinished = file.with_name(f".{file.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as opened:  # noqa: PTH123  # a descriptor has no path
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    unfinished.replace(file)
    with suppress(OSError):  # not every system can open a folder
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # so that the new name survives a loss of power too
        finally:
            os.close(folder)


class SavedState:
    """Saves the sessions of a server every minute and at the end of a ``with`` statement, if something has changed.

    Args:
        file: The file.
        sessions: The sessions.
    """

    def __init__(self, file: Path, sessions: SessionRegistry) -> None:
        self._file = file
        self._sessions = sessions
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._saved: object = None
        """How far the sessions had come when they were last saved."""
        self.failed = False
        """Whether the last attempt to save left something unsaved."""
        self._thread = threading.Thread(target=self._run, name="pds-simulator-state", daemon=True)

    def __enter__(self) -> Self:
        """Save them at once, to find out whether that is possible.

        Raises:
            OSError: the file can't be written.
        """
        self.save()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()
        self.save_or_log()

    def save(self) -> None:
        """Save them, if something has changed since the last time, or the file is gone.

        A session that can't be written is left out, and the log says why.

        Raises:
            OSError: the file can't be written.
        """
        with self._lock:
            hosted_sessions = [*self._sessions]
            reached = [(hosted.id, _reached(hosted.session)) for hosted in hosted_sessions]
            if reached != self._saved or not self._file.exists():
                self.failed = True
                told = [*filter(None, map(_session_to_plain, hosted_sessions))]
                write_whole(self._file, json.dumps({VERSION_KEY: VERSION, "sessions": told}))
                self._saved = reached
                self.failed = len(told) < len(hosted_sessions)

    def _run(self) -> None:
        while not self._stopped.wait(SAVE_SECONDS):
            self.save_or_log()

    def save_or_log(self) -> None:
        """Save them as `save` does; if the file can't be written, log that."""
        try:
            self.save()
        except OSError as error:
            _logger.error("the sessions were not saved: %s", error, extra={"event": "state_not_saved"})  # noqa: TRY400  # the reason is all


def restore_sessions(
    saved: Iterable[SavedSession], sessions: SessionRegistry, open_port: Callable[[HostedSession, str], None]
) -> None:
    """Restore the saved sessions, except the default one, which a server has from its start.

    Args:
        saved: The saved sessions.
        sessions: The sessions of the server.
        open_port: Opens a port for a session, if possible the one that it had.

    Raises:
        SnapshotError: a snapshot is wrong; says where.
        TooManySessions: there are more than the server may have.
        OSError: nothing can listen.
    """
    for place, one in enumerate(saved):
        if one.id == DEFAULT:
            continue
        with refusing(("sessions", place, "snapshot")):
            hosted = one.setup.host(one.id)
        hosted.created_seconds = one.created_seconds
        with refusing(("sessions", place, "id")):
            sessions.add(hosted)
        if one.target:
            open_port(hosted, one.target)


def _session_to_plain(hosted: HostedSession) -> dict[str, Any] | None:
    try:
        snapshot = take_snapshot(hosted.session)
    except SnapshotError as error:
        about = {"event": "session_not_saved", "session": hosted.id}
        _logger.error("the session %r was not saved: %s", hosted.id, error, extra=about)  # noqa: TRY400  # the reason is all
        return None
    return {
        "id": hosted.id,
        "created_seconds": hosted.created_seconds,
        "target": hosted.target,
        "snapshot": snapshot,
    }


def _reached(session: Session) -> object:
    """How far a session has come; as long as this stays the same, there is nothing to save."""
    with session as world:
        clock = session.clock
        return (
            session.rule_history.life,
            world.timeline.last_number,
            session.calls.arrived_count,
            session.calls.last_number,
            [(rule.name, rule.gate.is_open) for rule in world.rules],
            (clock.mode, getattr(clock, "speed", None), getattr(clock, "is_paused", None)),
            world.environment.now_microseconds if clock.is_virtual else None,
        )
