"""The simulator: a session with a world, and a gRPC server in front of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from enum import Enum
from functools import partial
from types import TracebackType
from typing import Any, Self, cast
from weakref import finalize

import grpc
import grpc.aio

from fakes import LiveWorld, Timeline, World, default_world
from fakes.faults.rule import Rule
from simulator.sessions.call_log import CallLog
from simulator.sessions.clock import ClockMode, make_clock
from simulator.sessions.control import SessionControl
from simulator.sessions.fault_control import strict_failures
from simulator.sessions.session import Session
from simulator.sessions.world_view import WorldView
from simulator.transports.added_services import AddToServer, SessionServices
from simulator.transports.aio_channel import AioChannel, PerLoopCore
from simulator.transports.grpc_server import GrpcServer, require_address
from simulator.transports.in_process.aio_channel import InProcessAioCore
from simulator.transports.in_process.channel import InProcessChannel
from simulator.transports.in_process.service_config import Options
from simulator.transports.service_registry import ServiceRegistry

_CHANNEL_OPTIONS = (
    ("grpc.enable_http_proxy", 0),  # the proxy of the environment knows nothing of this machine's loopback
    ("grpc.use_local_subchannel_pool", 1),  # a connection to an earlier simulator on the same port is no use
)


ANY_PORT = "127.0.0.1:0"
"""A free port, for this machine alone."""


class Transport(Enum):
    """How calls get to a simulator."""

    IN_PROCESS = "in_process"
    LOOPBACK = "loopback"


class Simulator(SessionControl):
    """The RestoreService without a cluster: a real gRPC server over a world of fakes, in virtual time.

    It starts with ``with`` or `start` and leaves nothing behind after `close`. Any number of simulators live in one
    process without knowing of each other.

    Args:
        world: What there is when it starts; without one, the default world (`fakes.world.default_world`).
        seed: For all that is drawn at random: the same seed and the same calls give the same history.
        clock: ``"manual"``, ``"wall"`` or ``"on_poll"`` (design section 4).
        speed: Virtual seconds in a second, for ``clock="wall"``.
        address: Where to listen; loopback and a free port unless told otherwise.
        listen: Whether to listen at all. Without, there are no port and no thread, and channels are in-process.
        rules: Faults that are in force from the start (`simulator.faults.rule`).
        strict: Whether the end of a ``with`` statement that went well raises `UnfiredRules` when a rule never took
            effect, `HeldRestores` when a gate or a stall without an end still holds a restore, and an
            ``ExceptionGroup`` when there are both, or `errors`.
        allow_held: Whether restores may be held at the end, as in the test of a client that gives up.
        services: Adds services of your own: functions of a server, as ``add_…_to_server`` of generated stubs takes it,
            and `world`. They may take their time, and their calls are in neither `calls` nor `timeline`.
        history_max: How many events and how many calls are kept; the oldest are forgotten. None keeps all.

    Raises:
        ValueError: an argument makes no sense.
        InvalidRule: a rule contradicts itself or could never match anything of the world.

    Example:
        >>> from simulator.api import RestoreServiceStub
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
        rules: Sequence[Rule] = (),
        strict: bool = True,
        allow_held: bool = False,
        services: Sequence[AddToServer] = (),
        history_max: int | None = None,
    ) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise TypeError(f"seed is {seed!r}; expected a whole number")
        if world is not None and not isinstance(world, World):
            raise TypeError(f"world is {world!r}; expected a World")
        require_address(address)
        if not listen and address != ANY_PORT:
            raise ValueError(f"address is {address!r}, but with listen=False it listens nowhere")
        session_clock = make_clock(clock, speed=speed)
        if history_max is not None and (type(history_max) is not int or history_max < 1):
            raise ValueError(f"history_max is {history_max!r}; expected a whole number from 1, or None to keep all")
        session = Session(world or default_world(), seed=seed, clock=session_clock, rules=rules)
        session.limit_history(history_max)
        super().__init__(session, allow_held=_require_bool("allow_held", allow_held))
        self._world_view = WorldView(self._session)
        self._strict = _require_bool("strict", strict)
        self._address = address
        self._listen = listen
        added = SessionServices(services)
        added.add(session)
        self._registry = ServiceRegistry(lambda _: session, own=added)
        self._server: GrpcServer | None = None
        self._process: int | None = None
        self._channels: list[grpc.Channel] = []

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse what would be without effect: ``sim.speed = 10`` for ``sim.change_clock(speed=10)``."""
        if type(self) is Simulator and not name.startswith("_") and not hasattr(type(self), name):
            how = "change_clock() changes speed and mode" if name in ("clock", "speed") else "it would have no effect"
            raise AttributeError(f"a simulator has no {name!r} that can be set; {how}", name=name, obj=self)
        super().__setattr__(name, value)

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
        elif self._strict:
            failures = strict_failures(self.unfired_rules(), self.held_restores(), self.errors)
            if failures is not None:
                raise failures

    def start(self) -> Self:
        """Start to listen and to take calls; where it already does, nothing happens.

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
        """Close the channels that came from here and the server; closing twice does no harm.

        The world and its history stay readable. In a process that was forked off, nothing happens: neither threads nor
        connections came along.
        """
        if self._process not in (None, os.getpid()):
            self._server = None
            self._channels.clear()
        self._process = None
        self._session.hold_no_more_calls()
        while self._channels:
            # A server that goes before its clients makes gRPC complain on stderr.
            self._channels.pop().close()
        if self._server is not None:
            self._forgotten.detach()
            self._server.stop()
            self._server = None

    def reset(self) -> None:
        """Begin again, as newly started, on the same port: the world, the time, the history, the draws, the rules.

        This ends one life of the simulator and begins the next. What a strict simulator complains of is gathered over
        all lives: `errors`, and rules that never took effect.
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
            raise RuntimeError("the simulator does not listen; make it without listen=False, or use channel()")
        return self._server.target

    def channel(self, *, transport: Transport | str = Transport.IN_PROCESS, options: Options = ()) -> grpc.Channel:
        """Open a channel to it, which `close` closes.

        Args:
            transport: ``"in_process"`` runs calls in the caller's thread; ``"loopback"`` is a socket.
            options: As gRPC takes them. In process, ``"grpc.service_config"`` and ``"grpc.enable_retries"`` are
                honoured, all others have no effect.

        Raises:
            RuntimeError: it does not run, or does not listen where a socket is asked for.
            TypeError: the options are no pairs.
            ValueError: there is no such transport, or the service config makes no sense.
        """
        if _transport(transport) is Transport.LOOPBACK:
            channel: grpc.Channel = grpc.insecure_channel(self.target, options=(*_CHANNEL_OPTIONS, *options))
        else:
            self._require_running()
            channel = InProcessChannel(self._registry, options)
        self._channels.append(channel)
        return channel

    def aio_channel(
        self,
        *,
        transport: Transport | str = Transport.IN_PROCESS,
        options: Options = (),
        interceptors: Sequence[Any] = (),
    ) -> grpc.aio.Channel:
        """Open a channel for asyncio to it; close it yourself (``async with``).

        It may be made anywhere, also where no event loop runs: a call belongs to the loop in which it is made.

        Args:
            transport: As for `channel`.
            options: As for `channel`.
            interceptors: Of `grpc.aio`.

        Raises:
            RuntimeError: it does not run, or does not listen where a socket is asked for.
            TypeError: the options are no pairs.
            ValueError: there is no such transport, the service config makes no sense, or something is no interceptor.
        """
        if _transport(transport) is Transport.LOOPBACK:
            open_channel = partial(grpc.aio.insecure_channel, self.target, options=(*_CHANNEL_OPTIONS, *options))
            return cast(grpc.aio.Channel, AioChannel(PerLoopCore(open_channel), interceptors))
        self._require_running()
        channel = InProcessChannel(self._registry, options)
        self._channels.append(channel)
        return cast(grpc.aio.Channel, AioChannel(InProcessAioCore(channel), interceptors))

    def _require_running(self) -> None:
        if self._process is None:
            raise RuntimeError("the simulator does not run; use it in a 'with' statement or call start()")

    @property
    def world(self) -> LiveWorld:
        """What exists now: ``sim.world.backups["orders-backup"].uid``; any thread may look at it and change it.

        Each collection is a mapping by name, and has another ``by_uid``. Iterating goes over what there was at its
        beginning. Entities that share a name have their uids as keys.
        """
        return cast(LiveWorld, self._world_view)

    @property
    def seed(self) -> int:
        """What everything that is drawn is drawn by."""
        return self._session.seed

    @property
    def strict(self) -> bool:
        """Whether its end raises what `rule_complaints` tells, and `errors`."""
        return self._strict

    @property
    def timeline(self) -> Timeline:
        """Everything that has happened until now."""
        with self._session as world:
            return world.timeline

    @property
    def errors(self) -> Sequence[Exception]:
        """What went wrong in the simulator, or in an effect that somebody wrote, while it answered calls.

        The callers saw INTERNAL. Each error has a note that says which call it was and, after a `reset`, in which life.
        """
        return tuple(self._session.errors)

    @property
    def calls(self) -> CallLog:
        """The calls that clients made."""
        return self._session.calls


def _require_bool(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; expected True or False")
    return value


def _stop_forgotten(server: GrpcServer, process: int) -> None:
    """Stop the server of a simulator that nobody has any more, unless the process that forked this one has it."""
    if os.getpid() == process:  # in a thread, because the server's own may be what collects it
        threading.Thread(target=server.stop, name="pds-simulator-end", daemon=True).start()


def _transport(transport: Transport | str) -> Transport:
    try:
        return Transport(transport)
    except ValueError:
        transports = ", ".join(repr(known.value) for known in Transport)
        raise ValueError(f"transport is {transport!r}; expected one of {transports}") from None
