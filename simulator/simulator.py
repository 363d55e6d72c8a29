"""The simulator: a session with a world, and a gRPC server in front of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cache
from types import TracebackType
from typing import Self, cast
from weakref import finalize

import grpc
import grpc.aio

from fakes import LiveWorld, Timeline, World, default_world
from fakes.faults.rule import Effect
from simulator.channels import OpensChannels
from simulator.documents.given_rules import GivenRule, TakesGivenRules, to_rules
from simulator.requests import Naming
from simulator.sessions.call_log import CallLog
from simulator.sessions.clock import ClockMode, make_clock
from simulator.sessions.control import SessionControl
from simulator.sessions.fault_control import strict_failures
from simulator.sessions.session import Session
from simulator.sessions.waiting import Waiting
from simulator.sessions.world_view import WorldView
from simulator.snapshots import Snapshots
from simulator.transports.added_services import AddToServer, SessionServices
from simulator.transports.grpc_server import ANY_PORT, GrpcServer, require_address
from simulator.transports.service_registry import ServiceRegistry
from simulator.virtual_time.asyncio_time import AsyncioTime
from simulator.virtual_time.threads import ThreadTime

_default_world = cache(default_world)
"""The default world, shared by all simulators, because making it takes as long as several calls."""


class Simulator(TakesGivenRules, SessionControl, OpensChannels, Waiting, Naming, AsyncioTime, ThreadTime, Snapshots):
    """The RestoreService without a cluster: a real gRPC server over a world of fakes, in virtual time.

    It starts with ``with`` or `start` and leaves nothing behind after `close`. Any number of simulators live in one
    process, independent of each other.

    Args:
        world: The world at the start; without one, the default world (`fakes.world.default_world`).
        seed: For all random choices: the same seed and the same calls give the same history.
        clock: ``"manual"``, ``"wall"`` or ``"on_poll"``.
        speed: Virtual seconds in a second, for ``clock="wall"``.
        address: Where to listen; loopback and a free port unless told otherwise.
        listen: Whether to listen at all. If not, there is no port and no thread, and channels are in-process.
        rules: Rules that are in force from the start: `simulator.faults.rule`, or a dictionary in the words of YAML.
        strict: Whether the end of a ``with`` statement that went well raises `simulator.UnfiredRules` when a rule never
            took effect, `simulator.HeldRestores` when a gate or a stall without an end still holds a restore, and an
            ``ExceptionGroup`` when there are both, or `errors`.
        allow_held: Whether restores may be held at the end, as in the test of a client that gives up.
        services: Adds services of your own: functions of a server, as ``add_…_to_server`` of generated stubs takes it,
            and `world`. They may take their time, and their calls are in neither `calls` nor `timeline`.
        history_max: How many events and how many calls are kept; the oldest are forgotten. None keeps all.

    Raises:
        ValueError: an argument is invalid.
        InvalidRule: a rule contradicts itself or could never match anything in the world.

    Example:
        >>> from simulator.api import RestoreServiceStub, restore_pb2
        >>> with Simulator(seed=7) as sim:
        ...     print(RestoreServiceStub(sim.channel()).ListRestores(restore_pb2.ListRestoresRequest()).restores)
        []
    """

    def __init__(  # noqa: PLR0913  # all by name, and none is needed
        self,
        *,
        world: World | None = None,
        seed: int = 0,
        clock: ClockMode | str = ClockMode.MANUAL,
        speed: float = 1.0,
        address: str = ANY_PORT,
        listen: bool = True,
        rules: Sequence[Effect | GivenRule] = (),
        strict: bool = True,
        allow_held: bool = False,
        services: Sequence[AddToServer] = (),
        history_max: int | None = None,
    ) -> None:
        require_start(seed, world)
        session = Session(
            world or _default_world(),
            seed=seed,
            clock=make_clock(clock, speed=speed),
            rules=to_rules("rules", rules),
            strict=strict,
            allow_held=allow_held,
            history_max=history_max,
        )
        self._begin(session, address=address, listen=listen, services=services)

    def _begin(
        self,
        session: Session,
        *,
        address: str = ANY_PORT,
        listen: bool = True,
        services: Sequence[AddToServer] = (),
    ) -> None:
        """Take a session, either new or from a snapshot."""
        require_address(address)
        if not listen and address != ANY_PORT:
            raise ValueError(f"address is {address!r}, but with listen=False it listens nowhere")
        SessionControl.__init__(self, session)
        self._world_view = WorldView(self._session)
        self._address = address
        self._listen = listen
        added = SessionServices(services)
        added.add(session)
        self._registry = ServiceRegistry(lambda _: session, own=added)
        self._server: GrpcServer | None = None
        self._process: int | None = None
        self._channels: list[grpc.Channel] = []

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse what would have no effect: ``sim.speed = 10`` in place of ``sim.change_clock(speed=10)``."""
        if type(self) is Simulator and not name.startswith("_") and not hasattr(type(self), name):
            how = "change_clock() changes speed and mode" if name in ("clock", "speed") else "it would have no effect"
            raise AttributeError(f"a simulator has no {name!r} that can be set; {how}", name=name, obj=self)
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        listening = self._server.target if self._server else "not listening" if self._process else "not running"
        clock = self._session.clock.mode.value
        return f"<Simulator, seed {self.seed}, {clock} clock, {listening}: {self.world!r}; {self.calls.summary()}>"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        self.close()
        if error is not None:
            error.add_note(f"replay with Simulator(seed={self.seed}) and the same calls")
            for unforeseen in self.errors:
                error.add_note(f"the simulator had an error: {unforeseen!r}, {', '.join(unforeseen.__notes__)}")
        elif self.strict:
            failures = strict_failures(self.unfired_rules(), self.held_restores(), self.errors)
            if failures is not None:
                raise failures

    def start(self) -> Self:
        """Start to listen and to take calls, unless it already does.

        Raises:
            OSError: nothing can listen at the address.
        """
        if self._process is None:
            self._session.holds_calls = True
            if self._listen:
                self._server = GrpcServer(self._registry, self._address)
                self._forgotten = finalize(self, _stop_forgotten, self._server, os.getpid())
                self._forgotten.atexit = False
            self._process = os.getpid()
        return self

    def close(self) -> None:
        """Close its channels and the server; closing twice does no harm.

        The world and its history stay readable. In a forked process nothing happens, because it has neither the
        threads nor the connections.
        """
        if self._process not in (None, os.getpid()):
            self._server = None
            self._channels.clear()
        self._process = None
        self._session.hold_no_more_calls()
        while self._channels:
            # gRPC complains on stderr about a server that stops before its clients.
            self._channels.pop().close()
        if self._server is not None:
            self._forgotten.detach()
            self._server.stop()
            self._server = None

    def reset(self) -> None:
        """Reset everything to a fresh start, on the same port: world, time, history, random choices and rules.

        This ends one life of the simulator and begins the next. The complaints of a strict simulator are collected
        over all lives: `errors`, and rules that never took effect.
        """
        self._session.reset()

    @property
    def target(self) -> str:
        """Where it listens, as a client takes it: ``"127.0.0.1:40321"``.

        Raises:
            RuntimeError: it does not run, or does not listen.
        """
        self._require_running()
        if self._server is None:
            raise RuntimeError("the simulator does not listen; use channel() or aio_channel(), or omit listen=False")
        return self._server.target

    def _require_running(self) -> None:
        if self._process is None:
            raise RuntimeError("the simulator does not run; use it in a 'with' statement or call start()")

    @property
    def world(self) -> LiveWorld:
        """What exists now: ``sim.world.backups["orders-backup"].uid``; any thread may look at it and change it.

        Each collection is a mapping by name, and has another ``by_uid``. Iterating goes over the entities that existed
        when it began. Entities that share a name have their uids as keys.
        """
        return cast(LiveWorld, self._world_view)

    def _world_at_rest(self) -> Session:
        return self._session

    @property
    def seed(self) -> int:
        """The seed of all random choices."""
        return self._session.seed

    @property
    def strict(self) -> bool:
        """Whether its end raises the `rule_complaints` and `errors`."""
        return self._session.strict

    @property
    def timeline(self) -> Timeline:
        """Everything that has happened so far."""
        with self._session as world:
            return world.timeline

    @property
    def errors(self) -> Sequence[Exception]:
        """Errors of the simulator, or of custom effects, while it answered calls.

        The callers saw INTERNAL. Each error has a note that says which call it was and, after a `reset`, in which life.
        """
        return tuple(self._session.errors)

    @property
    def calls(self) -> CallLog:
        """The calls that clients have made."""
        return self._session.calls


def _stop_forgotten(server: GrpcServer, process: int) -> None:
    """Stop the server of a simulator that was collected, unless it belongs to the process that forked this one."""
    if os.getpid() == process:  # in a thread, because the server's own may be what collects it
        threading.Thread(target=server.stop, name="pds-simulator-end", daemon=True).start()


def require_start(seed: object, world: object) -> None:
    """Check what a simulator is to start with.

    Raises:
        TypeError: the seed is not a whole number, or the world is not a `fakes.World`.
    """
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(f"seed is {seed!r}; expected a whole number")
    if world is not None and not isinstance(world, World):
        raise TypeError(f"world is {world!r}; expected a World")
