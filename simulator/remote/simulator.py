"""A session of a server elsewhere, used as a simulator in this process is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import grpc
import grpc.aio

from fakes import Phase, Restore, World
from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Effect, Rule
from simulator.api import control_pb2, restore_pb2
from simulator.documents.plain import plain_world
from simulator.faults import EFFECTS
from simulator.remote.connection import ControlConnection, RemoteError, open_channel
from simulator.remote.history import RemoteHistory, RemoteTimeline
from simulator.remote.rules import RemoteGate, RemoteRule, RuleConnection
from simulator.remote.world import RemoteWorld
from simulator.services.control.conversions import from_struct
from simulator.sessions.call_log import CallLog
from simulator.sessions.clock import ClockMode
from simulator.sessions.fault_control import rule_of, strict_failures
from simulator.sessions.time_control import duration_microseconds, to_phase, uid_of


class RemoteSimulator:
    """A session of ``pds-sim serve``, made by ``with`` or `start` and ended by `close`.

    What it complains of, and what was read of its history, stays readable after its end.

    Args:
        target: The gRPC address of the server, such as ``"127.0.0.1:50051"``.
        world: What there is when it starts; without one, the default world.
        seed: For all that is drawn at random.
        clock: ``"manual"``, ``"wall"`` or ``"on_poll"``.
        speed: Virtual seconds in a second, for ``clock="wall"``.
        rules: Faults that are in force from the start.
        strict: As for `simulator.Simulator`.
        allow_held: As for `simulator.Simulator`.
        control_token: What the server was started with as ``--control-token``.
        credentials: For a server with TLS.

    Raises:
        RemoteError: nothing answers, or it is no server of sessions, or it refuses; the message says what to do.

    Example:
        >>> with RemoteSimulator("127.0.0.1:50051", seed=7) as sim:                       # doctest: +SKIP
        ...     RestoreServiceStub(sim.channel()).ListRestores(restore_pb2.ListRestoresRequest())
    """

    def __init__(  # noqa: PLR0913  # those of a simulator, and how to reach the server
        self,
        target: str,
        *,
        world: World | None = None,
        seed: int = 0,
        clock: ClockMode | str = ClockMode.MANUAL,
        speed: float = 1.0,
        rules: Sequence[Rule] = (),
        strict: bool = True,
        allow_held: bool = False,
        control_token: str = "",
        credentials: grpc.ChannelCredentials | None = None,
    ) -> None:
        mode = clock.value if isinstance(clock, ClockMode) else clock
        self._request = control_pb2.CreateSessionRequest(
            seed=seed, clock=mode, strict=strict, allow_held=allow_held, dedicated_port=True
        )
        if speed != 1.0:
            self._request.speed = speed
        if world is not None:
            self._request.world.update(plain_world(world))
        for rule in rules:
            self._request.rules.add().update(rule.to_plain())
        self._server = target
        self._connect = {"control_token": control_token, "credentials": credentials}
        self._connection: ControlConnection | None = None
        self._channels: list[grpc.Channel] = []
        self._last: Any = None
        """How the session was described before its end."""

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
        """Make the session; where there is one already, nothing happens."""
        if self._connection is None:
            connection = ControlConnection(self._server, **self._connect)  # type: ignore[arg-type]  # the names are its own
            try:
                refused = InvalidRule if self._request.rules and not self._request.HasField("world") else ValueError
                self._session = connection.call("CreateSession", self._request, refused=refused)
            except BaseException:
                connection.channel.close()
                raise
            self._connection = connection
            self._history = RemoteHistory(connection, self._session.id)
            self._rules = RuleConnection(connection, self._session.id, self._history)
        return self

    def close(self) -> None:
        """End the session and the channels that came from here; closing twice does no harm."""
        while self._channels:
            self._channels.pop().close()
        if self._connection is not None:
            connection = self._connection
            try:
                self._last = self._described()
                connection.call("DeleteSession", control_pb2.DeleteSessionRequest(session=self._session.id))
            finally:
                self._connection = None
                connection.channel.close()

    def reset(self) -> None:
        """Begin again, as newly started, on the same port."""
        self._call("ResetSession", control_pb2.ResetSessionRequest(session=self._id))
        self._history.forget()

    @property
    def target(self) -> str:
        """Where its calls go, as a client takes it: the port of this session alone."""
        self._require_running()
        return str(self._session.target)

    def channel(  # the signature is that of a simulator here
        self,
        *,
        transport: object = "loopback",  # noqa: ARG002  # the signature is that of a simulator here
        options: Sequence[tuple[str, Any]] = (),
    ) -> grpc.Channel:
        """Open a channel to it, which `close` closes; always a socket, whatever *transport* asks for."""
        channel = open_channel(self.target, self._require_running().credentials, options)
        self._channels.append(channel)
        return channel

    def aio_channel(
        self,
        *,
        transport: object = "loopback",  # noqa: ARG002  # as for `channel`
        options: Sequence[tuple[str, Any]] = (),
        interceptors: Sequence[Any] = (),
    ) -> grpc.aio.Channel:
        """Open a channel for asyncio to it, in the loop that uses it; close it yourself (``async with``)."""
        credentials = self._require_running().credentials
        if credentials is None:
            return grpc.aio.insecure_channel(self.target, options=options, interceptors=interceptors)
        return grpc.aio.secure_channel(self.target, credentials, options=options, interceptors=interceptors)

    @property
    def world(self) -> RemoteWorld:
        """What exists now, and changing it."""
        return RemoteWorld(self._require_running(), self._id, self._history)

    @property
    def seed(self) -> int:
        """What everything that is drawn is drawn by."""
        return int(self._request.seed)

    @property
    def strict(self) -> bool:
        """Whether its end raises what `rule_complaints` tells, and `errors`."""
        return bool(self._request.strict)

    @property
    def now(self) -> datetime:
        """The time in the world, in UTC."""
        return self._described().now.ToDatetime(tzinfo=UTC)  # type: ignore[no-any-return]  # the library has no types

    def advance(self, duration: float | timedelta) -> None:
        """Let *duration*, in seconds, pass; see `simulator.Simulator.advance`."""
        request = control_pb2.AdvanceTimeRequest(session=self._id)
        request.duration.FromMicroseconds(duration_microseconds("duration", duration))
        self._call("AdvanceTime", request)

    def step(self) -> bool:
        """Move to the next event; False when there is none."""
        request = control_pb2.AdvanceTimeRequest(session=self._id, to_next_event=True)
        return bool(self._call("AdvanceTime", request).moved)

    def run_until_idle(self) -> None:
        """Move on until nothing is left that could happen."""
        self._call("AdvanceTime", control_pb2.AdvanceTimeRequest(session=self._id, until_idle=True))

    def advance_until(
        self, restore: str | Restore | restore_pb2.Restore, phase: Phase | str | int, limit: float | timedelta = 1800
    ) -> Restore:
        """Move on until a restore is in a phase; see `simulator.Simulator.advance_until`."""
        __tracebackhide__ = True
        wanted = restore.uid if isinstance(restore, Restore) else uid_of(restore)
        request = control_pb2.AdvanceTimeRequest(session=self._id)
        request.until.restore, request.until.phase = wanted, to_phase(phase).name
        request.until.limit.FromMicroseconds(duration_microseconds("limit", limit))
        self._call("AdvanceTime", request)
        return self.world.restores[wanted]

    def change_clock(
        self, *, mode: ClockMode | str | None = None, speed: float | None = None, paused: bool | None = None
    ) -> None:
        """Change what moves the time from now on; what is left out stays as it is."""
        wanted = mode.value if isinstance(mode, ClockMode) else mode
        request = control_pb2.UpdateClockRequest(session=self._id, mode=wanted, speed=speed, paused=paused)
        self._call("UpdateClock", request)

    def inject(self, fault: Effect | Rule, **where_and_when: Any) -> RemoteRule:
        """Put a fault into force; see `simulator.Simulator.inject`.

        Raises:
            InvalidRule: it contradicts itself or could never match anything of this world.
            TypeError: its effect has no ``to_plain``, so it can't be sent.
        """
        rule = rule_of(fault, where_and_when)
        request = control_pb2.InjectRuleRequest(session=self._id)
        request.rule.update(rule.to_plain())
        described = self._require_running().call("InjectRule", request, refused=InvalidRule)
        return RemoteRule(self._rules, described, rule)

    def gate(self, **where_and_when: Any) -> RemoteGate:
        """Hold restores at the door of a phase until the gate is opened."""
        return self.gate_of(self.inject(HoldAtGate(), **where_and_when))

    def gate_of(self, active: RemoteRule) -> RemoteGate:
        """The gate of a rule that is in force.

        Raises:
            ValueError: the rule holds nobody.
        """
        if not isinstance(active, RemoteRule):
            raise TypeError(f"{active!r} is no rule in force; expected what inject() returned, or one of 'rules'")
        if not active.has_gate:
            raise ValueError(f"the rule {active.name!r} is no gate; it does {active.rule.effect.name}")
        return RemoteGate(self._rules, active)

    @property
    def rules(self) -> Sequence[RemoteRule]:
        """The rules that are in force, in their order."""
        self._require_running()
        return tuple(
            RemoteRule(self._rules, described, Rule.from_plain(from_struct(described.rule), EFFECTS))
            for described in self._rules.all()
        )

    def remove_rule(self, rule: RemoteRule | RemoteGate) -> None:
        """Take a rule out of force, at any time; what it holds goes on.

        Raises:
            ValueError: it is not in force.
        """
        active = rule.rule if isinstance(rule, RemoteGate) else rule
        if not isinstance(active, RemoteRule):
            raise TypeError(f"{rule!r} is no rule in force; expected what inject() or gate() returned")
        self._require_running()
        self._rules.change("DeleteRule", control_pb2.DeleteRuleRequest, active)

    def clear_rules(self) -> None:
        """Take all rules out of force."""
        for rule in self.rules:
            self.remove_rule(rule)

    def rule_complaints(self) -> list[str]:
        """What a strict simulator complains of at its end: of `unfired_rules`, then of `held_restores`."""
        return [*self.unfired_rules(), *self.held_restores()]

    def unfired_rules(self) -> list[str]:
        """The rules that never took effect, and what came closest."""
        return list(self._described().complaints.unfired_rules)

    def held_restores(self) -> list[str]:
        """Which rules hold restores, and how to end that."""
        return list(self._described().complaints.held_restores)

    @property
    def errors(self) -> Sequence[Exception]:
        """What went wrong in the simulator; the log of the server says more."""
        return tuple(RemoteError(text) for text in self._described().complaints.errors)

    @property
    def timeline(self) -> RemoteTimeline:
        """Everything that has happened until now; after the end, what was read before."""
        return self._history.timeline(read=self._connection is not None)

    @property
    def calls(self) -> CallLog:
        """The calls that clients made until now."""
        return self._history.calls(ClockMode(self._described().clock))

    @property
    def _id(self) -> str:
        self._require_running()
        return str(self._session.id)

    def _require_running(self) -> ControlConnection:
        if self._connection is None:
            raise RuntimeError("the simulator does not run; use it in a 'with' statement or call start()")
        return self._connection

    def _call(self, method: str, request: Any) -> Any:
        return self._require_running().call(method, request)

    def _described(self) -> Any:
        if self._connection is None and self._last is not None:
            return self._last
        return self._call("GetSession", control_pb2.GetSessionRequest(session=self._id))
