"""What the control service controls: the sessions of a server, and how it makes another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fakes import World, default_world
from fakes.faults.rule import Rule
from simulator.sessions.clock import make_clock
from simulator.sessions.event_watch import Watcher
from simulator.sessions.registry import HostedSession, SessionRegistry
from simulator.sessions.session import Session


@dataclass(frozen=True)
class SessionSetup:
    """How a session starts.

    Args:
        world: What there is at first.
        seed: For everything that is drawn.
        clock: What moves the time: ``manual``, ``on_poll`` or ``wall``.
        speed: Virtual seconds in a second of the wall clock.
        rules: The faults in force from the start.
        strict: Whether its end complains of rules that never took effect, and of restores that are still held.
        allow_held: Whether restores that are still held are meant to be.
    """

    world: World = field(default_factory=default_world)
    seed: int = 0
    clock: str = "manual"
    speed: float = 1.0
    rules: tuple[Rule, ...] = ()
    strict: bool = True
    allow_held: bool = False

    def make(self) -> Session:
        """Make the session.

        Raises:
            ValueError: there is no such clock, or it has no speed.
            InvalidRule: a rule could never match anything of the world.
        """
        clock = make_clock(self.clock, speed=self.speed)
        return Session(self.world, seed=self.seed, clock=clock, rules=self.rules)


class PortOpener(Protocol):
    """Opens a port for one session."""

    def __call__(self, hosted: HostedSession) -> tuple[str, Callable[[], None]]:
        """Listen for calls of *hosted*.

        Returns:
            The address, and what gives it up.

        Raises:
            OSError: nothing can listen.
        """
        ...


ScenarioReader = Callable[[str | Mapping[str, Any]], SessionSetup]
"""Reads a scenario: by the name under which it ships, or as an object."""


class Elsewhere(Protocol):
    """Sessions of a server that live in other processes."""

    def find(self, session_id: str) -> Any | None:
        """What has a session; None where it is not elsewhere.

        Raises:
            CallFailed: what had it is dead.
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
        """Make a session elsewhere."""
        ...

    def call(self, place: Any, method: str, request: Any) -> bytes:
        """Hand a call about a session on to where it is."""
        ...

    def sessions(self) -> Sequence[Any]:
        """Describe all sessions that are elsewhere."""
        ...


@dataclass(frozen=True)
class ControlHost:
    """A server as the control service sees it.

    Args:
        sessions: Its sessions.
        read_scenario: Reads the scenarios from which sessions start.
        open_port: Opens a port for a session that is to have its own.
        read_target: Gives the address of its gRPC server.
        read_base_url: Gives the URL of its HTTP server; empty where there is none.
        read_elsewhere: Gives the sessions that other processes have, if there are such processes.
        watchers: Those who watch events at the time.
    """

    sessions: SessionRegistry
    read_scenario: ScenarioReader
    open_port: PortOpener
    read_target: Callable[[], str]
    read_base_url: Callable[[], str] = lambda: ""
    read_elsewhere: Callable[[], Elsewhere | None] = lambda: None
    watchers: set[Watcher] = field(default_factory=set)
