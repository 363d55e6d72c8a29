"""What the control service controls: the sessions of a server, and how new ones are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fakes import World, default_world
from fakes.faults.rule import Rule
from fakes.snapshot.errors import require
from fakes.world.value_checks import is_int64
from simulator.documents.snapshots import session_from
from simulator.sessions.clock import make_clock
from simulator.sessions.event_watch import Watcher
from simulator.sessions.registry import HostedSession, SessionRegistry
from simulator.sessions.session import Session

_MORE_BITS = "more than 64 bits, which no session of a server may have"


@dataclass(frozen=True)
class SessionSetup:
    """How a session starts.

    Args:
        world: The world at the start.
        seed: For all random choices.
        clock: What moves the time: ``manual``, ``on_poll`` or ``wall``.
        speed: Virtual seconds in a second of the wall clock.
        rules: The rules in force from the start.
        strict: Whether its end complains of rules that never took effect, and of restores that are still held; None
            as the snapshot says, or else it does.
        allow_held: Whether restores that are still held are meant to be; None as the snapshot says, or else not.
        snapshot: The snapshot to continue from; then world, seed, clock and speed are ignored, and the rules are added.
    """

    world: World = field(default_factory=default_world)
    seed: int = 0
    clock: str = "manual"
    speed: float = 1.0
    rules: tuple[Rule, ...] = ()
    strict: bool | None = None
    allow_held: bool | None = None
    snapshot: object = None

    def make(self) -> Session:
        """Make the session.

        Raises:
            SnapshotError: the snapshot is invalid.
            ValueError: there is no such clock, or it has no speed; or the seed has more than the 64 bits of the API.
            InvalidRule: a rule could never match anything in the world.
        """
        if self.snapshot is not None:
            session = session_from(self.snapshot, rules=self.rules, strict=self.strict, allow_held=self.allow_held)
            require(is_int64(session.seed), ("world", "seed"), f"has {_MORE_BITS}")
            return session
        if not is_int64(self.seed):
            raise ValueError(f"the seed has {_MORE_BITS}")
        return Session(
            self.world,
            seed=self.seed,
            clock=make_clock(self.clock, speed=self.speed),
            rules=self.rules,
            strict=self.strict,
            allow_held=self.allow_held,
        )

    def host(self, session_id: str) -> HostedSession:
        """Make the session as one of a server; raises what `make` does."""
        session = self.make()
        hosted = HostedSession(session_id, session, begun_with=self.snapshot)
        if self.snapshot is not None:
            with session as world:
                for installed in tuple(world.rules)[len(world.rules) - len(self.rules) :]:
                    hosted.interventions.add(session, "inject", installed.to_plain())
        return hosted


PortOpener = Callable[[HostedSession], None]
"""Opens a port for one session, until the session ends; raises OSError where nothing can listen."""


ScenarioReader = Callable[[str | Mapping[str, Any]], SessionSetup]
"""Reads a scenario, given as an object or as the name of one that ships."""


ScenarioWriter = Callable[[HostedSession], tuple[str, Mapping[str, Any] | None]]
"""Writes a session as the text of a scenario file, and the snapshot that it starts from, if any."""


class Elsewhere(Protocol):
    """The sessions of a server in other processes."""

    def find(self, session_id: str) -> Any | None:
        """The process that has a session; None if no other process has it.

        Raises:
            CallFailed: the process that had it is dead.
        """
        ...

    def require_free(self, session_id: str) -> None:
        """Make sure that there may be a session of that id.

        Raises:
            SessionExists: there is one.
            TooManySessions: there are as many as there may be.
        """
        ...

    def create(self, request: Any) -> Any:
        """Make a session in another process."""
        ...

    def call(self, place: Any, method: str, request: Any) -> bytes:
        """Forward a call about a session to its process."""
        ...

    def sessions(self) -> Sequence[Any]:
        """Describe all sessions in other processes."""
        ...


@dataclass(frozen=True)
class ControlHost:
    """A server as the control service sees it.

    Args:
        sessions: Its sessions.
        read_scenario: Reads the scenarios that sessions start from.
        open_port: Opens a port for a session that should have its own.
        read_target: Returns the address of its gRPC server.
        read_base_url: Returns the URL of its HTTP server; empty if there is none.
        read_elsewhere: Returns the sessions in other processes, if there are such processes.
        write_scenario: Writes a session as a scenario, if that is possible.
        watchers: The current watchers of events.
    """

    sessions: SessionRegistry
    read_scenario: ScenarioReader
    open_port: PortOpener
    read_target: Callable[[], str]
    read_base_url: Callable[[], str] = lambda: ""
    read_elsewhere: Callable[[], Elsewhere | None] = lambda: None
    write_scenario: ScenarioWriter | None = None
    watchers: set[Watcher] = field(default_factory=set)
