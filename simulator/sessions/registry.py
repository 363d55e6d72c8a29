"""The sessions of a server: added, found by the metadata of a call, ended."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from simulator.sessions.call_record import Metadata
from simulator.sessions.interventions import Interventions
from simulator.sessions.session import Session

SESSION_HEADER = "x-pds-session"
"""The metadata, or header, in which a call names its session."""
DEFAULT = "default"
"""The session of calls that do not name one; it always exists."""
HISTORY_MAX = 100_000
"""How many events, and how many calls, a session of a server keeps."""
SESSIONS_MAX = 1_000
IDLE_SECONDS = 3_600.0

_ID = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}")


class UnknownSession(LookupError):
    """There is no session with that id."""

    def __init__(self, session_id: str) -> None:
        super().__init__(session_id)
        self.session_id = session_id


class SessionExists(RuntimeError):
    """There already is a session with that id."""


class TooManySessions(RuntimeError):
    """There are as many sessions as there may be."""


@dataclass(eq=False)
class HostedSession:
    """A session of a server.

    Args:
        id: The id by which calls name it.
        session: The session.
        created_seconds: When it was made, in seconds since 1970, by the wall clock.
        used_seconds: When a call last named it, by the monotonic clock of the registry.
        target: Where its own gRPC server listens; empty if it shares that of the others.
        on_end: What to do when it ends, such as closing its port.
        interventions: What the control service did to it.
        begun_with: The snapshot that it started from, if any.
    """

    id: str
    session: Session
    created_seconds: float = field(default_factory=time.time)
    used_seconds: float = 0.0
    target: str = ""
    on_end: list[Callable[[], None]] = field(default_factory=list)
    interventions: Interventions = field(default_factory=Interventions)
    begun_with: object = None

    def end(self) -> None:
        """End the calls that it holds up, and release its resources."""
        self.session.hold_no_more_calls()
        while self.on_end:
            self.on_end.pop()()


class SessionRegistry:
    """The sessions of a server, by id; safe for threads.

    Args:
        default: The session of calls that do not name one.
        history_max: How many events and how many calls each of them keeps; None keeps all.
        sessions_max: How many there may be, ``default`` included.
        idle_seconds: After how long without a call a session ends; ``default`` never does.
        read_seconds: Returns the time that idleness is measured by.
        on_add: Prepares a session before any call finds it; may raise an error to refuse the session.
    """

    def __init__(
        self,
        default: HostedSession,
        *,
        history_max: int | None = None,
        sessions_max: int = SESSIONS_MAX,
        idle_seconds: float = IDLE_SECONDS,
        read_seconds: Callable[[], float] = time.monotonic,
        on_add: Callable[[HostedSession], None] = lambda _: None,
    ) -> None:
        default.session.limit_history(history_max)
        self._default = default
        self._sessions = {default.id: default}
        self._history_max = history_max
        self._sessions_max = sessions_max
        self._idle_seconds = idle_seconds
        self._read_seconds = read_seconds
        self._on_add = on_add
        self._ended_counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[HostedSession]:
        """The sessions, the oldest first."""
        with self._lock:
            return iter([*self._sessions.values()])

    def __len__(self) -> int:
        return len(self._sessions)

    def find(self, metadata: Metadata) -> Session:
        """Find the session that the metadata of a call names; without a name it is ``default``.

        Raises:
            UnknownSession: it names an unknown session.
        """
        for key, value in metadata:
            if key == SESSION_HEADER:
                return self.get(value if isinstance(value, str) else value.decode(errors="replace")).session
        return self._default.session

    def get(self, session_id: str) -> HostedSession:
        """Find a session by its id, and record that it is in use.

        Raises:
            UnknownSession: there is none.
        """
        hosted = self._sessions.get(session_id)
        if hosted is None:
            raise UnknownSession(session_id)
        hosted.used_seconds = self._read_seconds()
        return hosted

    def add(self, hosted: HostedSession) -> None:
        """Add a session.

        Raises:
            ValueError: its id is invalid.
            SessionExists: there is one with that id.
            TooManySessions: there are already as many as there may be.
        """
        if not _ID.fullmatch(hosted.id):
            raise ValueError(f"is {hosted.id!r}; expected 1 to 63 letters, digits, '-' and '_'")
        hosted.used_seconds = self._read_seconds()
        hosted.session.limit_history(self._history_max)
        with self._lock:
            if hosted.id in self._sessions:
                raise SessionExists(f"there is a session {hosted.id!r} already")
            if len(self._sessions) >= self._sessions_max:
                raise TooManySessions(f"there are {len(self._sessions)} sessions, which is all that there may be")
            self._on_add(hosted)
            self._sessions[hosted.id] = hosted

    def remove(self, session_id: str) -> HostedSession:
        """End a session: its id becomes free, its port is closed, and the calls that it holds up end.

        Raises:
            UnknownSession: there is none.
            ValueError: it is the default session.
        """
        if session_id == self._default.id:
            raise ValueError(f"the session {session_id!r} is always there; reset it instead")
        with self._lock:
            hosted = self._sessions.pop(session_id, None)
            if hosted is not None:
                self._ended_counts.update(hosted.session.calls.counts.copy())
        if hosted is None:
            raise UnknownSession(session_id)
        hosted.end()
        return hosted

    def call_counts(self) -> Counter[tuple[str, str]]:
        """Count the calls of all sessions, including ended ones, by method and code."""
        with self._lock:
            total = self._ended_counts.copy()
            for hosted in self._sessions.values():
                total.update(hosted.session.calls.counts.copy())  # other threads go on counting
        return total

    def end_idle(self) -> list[HostedSession]:
        """End the sessions that have been idle for too long, and return them."""
        latest = self._read_seconds() - self._idle_seconds
        ended = []
        for hosted in self:
            if hosted is not self._default and hosted.used_seconds < latest:
                with suppress(UnknownSession):
                    ended.append(self.remove(hosted.id))
        return ended


def new_id() -> str:
    """Make a session id that can't be guessed."""
    return secrets.token_hex(8)
