"""A session of a remote server, used like a simulator in this process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from functools import partial
from types import TracebackType
from typing import Any, Self, cast

import grpc
import grpc.aio

from fakes import World
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Effect
from simulator.api import control_pb2
from simulator.documents.given_rules import GivenRule, to_rules
from simulator.documents.plain import plain_world
from simulator.remote.connection import ControlConnection, RemoteError, SessionConnection, open_channel
from simulator.remote.faults import RemoteFaults
from simulator.remote.history import RemoteHistory, RemoteTimeline
from simulator.remote.snapshots import RemoteSnapshots
from simulator.remote.time import RemoteTimeControl
from simulator.remote.world import RemoteWorld
from simulator.requests import Naming
from simulator.sessions.call_log import CallLog
from simulator.sessions.clock import ClockMode
from simulator.sessions.fault_control import strict_failures
from simulator.simulator import require_start
from simulator.transports.aio_channel import AioChannel, PerLoopCore
from simulator.transports.connecting import connected


class RemoteSimulator(RemoteFaults, RemoteTimeControl, RemoteSnapshots, Naming):
    """A session of ``pds-sim serve``, made by ``with`` or `start` and ended by `close`.

    Its complaints, and the history that was read, stay readable after its end.

    Args:
        target: The gRPC address of the server, such as ``"127.0.0.1:50051"``.
        world: The world at the start; without one, the default world.
        seed: For all random choices.
        clock: ``"manual"``, ``"wall"`` or ``"on_poll"``.
        speed: Virtual seconds in a second, for ``clock="wall"``.
        rules: Rules that are in force from the start.
        strict: As for `simulator.Simulator`.
        allow_held: As for `simulator.Simulator`.
        control_token: The ``--control-token`` that the server was started with.
        credentials: For a server with TLS.

    Raises:
        RemoteError: nothing answers, or it is not a server of sessions, or it refuses; the message says what to do.
        TypeError: an argument is of another type.
        ValueError: the seed has more than 64 bits.
    """

    def __init__(  # noqa: PLR0913  # those of a simulator, and how to reach the server
        self,
        target: str,
        *,
        world: World | None = None,
        seed: int = 0,
        clock: ClockMode | str = ClockMode.MANUAL,
        speed: float = 1.0,
        rules: Sequence[Effect | GivenRule] = (),
        strict: bool = True,
        allow_held: bool = False,
        control_token: str = "",
        credentials: grpc.ChannelCredentials | None = None,
    ) -> None:
        if not isinstance(target, str) or not target:
            raise TypeError(f"target is {target!r}; expected an address such as '127.0.0.1:50051'")
        require_start(seed, world)
        if not -(2**63) <= seed < 2**63:
            raise ValueError(f"seed is {seed}; expected one of 64 bits, from {-(2**63)} to {2**63 - 1}")
        mode = clock.value if isinstance(clock, ClockMode) else clock
        self._request = control_pb2.CreateSessionRequest(
            seed=seed, clock=mode, strict=strict, allow_held=allow_held, dedicated_port=True
        )
        if speed != 1.0:
            self._request.speed = speed
        if world is not None:
            self._request.world.update(plain_world(world))
        for rule in to_rules("rules", rules):
            self._request.rules.add().update(rule.to_plain())
        self._session: Any = self._request
        """How the session was described when it was made, or what was asked for."""
        self._server = target
        self._connect = {"control_token": control_token, "credentials": credentials}
        self._open: SessionConnection | None = None
        self._channels: list[grpc.Channel | PerLoopCore] = []
        self._last: Any = None
        """How the session was described before its end."""

    def __repr__(self) -> str:
        session = f"session {self._open.id!r}" if self._open else "not running"
        return f"<RemoteSimulator, seed {self.seed}, {self._request.clock} clock, {session} of {self._server}>"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        self.close()
        failures = strict_failures(self.unfired_rules(), self.held_restores(), self.errors)
        if error is not None:
            error.add_note(f"replay with RemoteSimulator({self._server!r}, seed={self.seed}) and the same calls")
        elif self.strict and failures is not None:
            raise failures

    def start(self) -> Self:
        """Make the session, unless there is one already."""
        if self._open is None:
            connection = ControlConnection(self._server, **self._connect)  # type: ignore[arg-type]  # the keywords are those of the request
            try:
                refused = InvalidRule if self._request.rules and not self._request.HasField("world") else ValueError
                self._session = connection.call("CreateSession", self._request, refused=refused)
            except BaseException:
                connection.channel.close()
                raise
            self._open = SessionConnection(connection, self._session.id)
            self._started_at = self._session.now.ToDatetime(tzinfo=UTC)
            self._history = RemoteHistory(self._open)
        return self

    def close(self) -> None:
        """End the session and the channels that came from here; closing twice does no harm."""
        while self._channels:
            self._channels.pop().close()
        if self._open is not None:
            session = self._open
            try:
                self._last = self._describe()
                session.call("DeleteSession")
            finally:
                self._open = None
                session.connection.channel.close()

    def reset(self) -> None:
        """Reset it to a fresh start, on the same port."""
        self._running().call("ResetSession")
        self._history.forget()
        self._started_at = self.now

    @property
    def target(self) -> str:
        """Where its calls go, as a client takes it: the port of this session alone."""
        self._running()
        return str(self._session.target)

    def channel(  # the signature is that of a simulator here
        self,
        *,
        transport: object = "loopback",  # noqa: ARG002  # the signature is that of a simulator here
        options: Sequence[tuple[str, Any]] = (),
    ) -> grpc.Channel:
        """Open a channel to it, which `close` closes; always a socket, whatever *transport* asks for."""
        channel = connected(open_channel(self.target, self._running().connection.credentials, options))
        self._channels.append(channel)
        return channel

    def aio_channel(
        self,
        *,
        transport: object = "loopback",  # noqa: ARG002  # as for `channel`
        options: Sequence[tuple[str, Any]] = (),
        interceptors: Sequence[Any] = (),
    ) -> grpc.aio.Channel:
        """Open a channel for asyncio to it, which `close` closes; it may be made where no event loop runs."""
        credentials = self._running().connection.credentials
        if credentials is None:
            open_one = partial(grpc.aio.insecure_channel, self.target, options=options)
        else:
            open_one = partial(grpc.aio.secure_channel, self.target, credentials, options=options)
        core = PerLoopCore(open_one)
        self._channels.append(core)
        return cast(grpc.aio.Channel, AioChannel(core, interceptors))

    @property
    def world(self) -> RemoteWorld:
        """What exists now, and changing it."""
        return RemoteWorld(self._running(), self._history)

    @property
    def seed(self) -> int:
        """The seed of all random choices."""
        return int(self._session.seed)

    @property
    def strict(self) -> bool:
        """Whether its end raises the `rule_complaints` and `errors`."""
        return bool(self._session.strict)

    @property
    def errors(self) -> Sequence[Exception]:
        """What went wrong in the simulator; the log of the server says more."""
        return tuple(RemoteError(text) for text in self._describe().complaints.errors)

    @property
    def timeline(self) -> RemoteTimeline:
        """Everything that has happened so far; after its end, what was read before."""
        return self._history.timeline(read=self._open is not None)

    @property
    def calls(self) -> CallLog:
        """The calls that clients have made so far."""
        return self._history.calls(ClockMode(self._describe().clock), self._look_every_seconds)

    def _running(self) -> SessionConnection:
        if self._open is None:
            raise RuntimeError("the simulator does not run; use it in a 'with' statement or call start()")
        return self._open

    def _describe(self) -> Any:
        if self._open is None and self._last is not None:
            return self._last
        return self._running().call("GetSession")
