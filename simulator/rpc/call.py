"""One call on its way through the interceptors to the service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from google.protobuf.message import DecodeError, Message

from fakes import ANYBODY, Caller, LiveWorld
from fakes.environment import to_microseconds
from fakes.faults.installed_rule import InstalledRule
from fakes.faults.rule import Firing
from simulator.api import Method
from simulator.rpc.errors import CallCancelled, DeadlinePassed, FieldViolation, InvalidRequest, WorldEnded
from simulator.sessions.call_record import Metadata
from simulator.sessions.holds import Ending, Hold
from simulator.sessions.session import Session

AHEAD_SECONDS = 0.01
"""How much earlier than here a deadline may pass for the client, because its call took time to arrive."""


class WaitingClient(Protocol):
    """The client of a call, as a transport knows it."""

    timeout_seconds: float | None
    """How long it was willing to wait when the call came; None means for ever."""

    def is_waiting(self) -> bool:
        """Whether it still waits for the answer."""
        ...

    def remaining_seconds(self) -> float | None:
        """How long it will wait; None means for ever."""
        ...


Answering = Coroutine[Hold, None, bytes]
"""A call that is being answered; it pauses when it is held up."""


def start(answering: Answering, *, held: Callable[[Hold], None], done: Callable[[Callable[[], bytes]], None]) -> None:
    """Run a call to its end. If it is held up, this returns, and the end of the hold continues the call.

    Args:
        answering: The call.
        held: Called each time it is held up; has to arrange that `Hold.expire` and `Hold.client_gone` are called.
        done: Called at the end with a function that returns the answer or raises the error.
    """
    try:
        hold = answering.send(None)
    except StopIteration as end:
        done(partial(_give, end.value))
    except BaseException as error:  # noqa: BLE001  # Ctrl-C, too, is for the thread that waits for the call
        done(partial(_give, b"", error))
    else:
        held(hold)
        hold.when_over(lambda: start(answering, held=held, done=done))


def _give(answer: bytes, error: BaseException | None = None) -> bytes:
    if error is not None:
        raise error
    return answer


@dataclass(slots=True, eq=False)
class Call:
    """A call that a client made.

    Args:
        method: The method.
        request_bytes: The request as it came.
        metadata: The metadata of the client; keys are in lower case.
        session: The session whose world the call concerns.
        client: How long the client waits for the answer.
        caller: The caller; set by the authentication.
        subject: Uid of the resource that the call concerns; set by the service.
        firings: The rules that take effect on it.
        without_rules: The handler that would answer it if there were no rules.
        stale_seconds: How old the answer should be; 0 means that it describes the present.
        changes_at_microseconds: When the rule that refused it would let it pass, in the time of the world, if it knows.
        delay_seconds: How long faults held the call up, in virtual seconds.
        response_parts: The parts that the response was assembled from, if it was.
        world: The world in which it arrived; None until then.
        arrived_microseconds: When it arrived, in the time of that world.
        number: Its number in that world: calls are numbered from 1, in order of arrival; 0 until then.
        verdict: How it has ended for its caller, whatever rules do with its answer; None while it has not.
    """

    method: Method
    request_bytes: bytes
    metadata: Metadata = field(repr=False)  # metadata has secrets
    session: Session
    client: WaitingClient
    caller: Caller = ANYBODY
    subject: str = ""
    firings: Sequence[tuple[InstalledRule, Firing]] = ()
    without_rules: Handler | None = None
    stale_seconds: float = 0.0
    changes_at_microseconds: int | None = None
    delay_seconds: float = 0.0
    response_parts: tuple[bytes, ...] = ()
    world: LiveWorld | None = None
    arrived_microseconds: int = 0
    number: int = 0
    verdict: Exception | None = None
    _request: Message | None = None

    @property
    def request(self) -> Message:
        """The request as a message.

        Raises:
            InvalidRequest: the bytes are not such a message.
        """
        if self._request is None:
            self._request = self._parsed()
        return self._request

    def _parsed(self) -> Message:
        try:
            return self.method.request.FromString(self.request_bytes)
        except DecodeError as error:
            found = f"{len(self.request_bytes)} bytes that are no {self.method.request.DESCRIPTOR.full_name}: {error}"
            raise InvalidRequest([FieldViolation("", found)]) from None

    def header(self, key: str) -> str | None:
        """The first value that the client sent under *key*, which is in lower case; None when it sent none."""
        return next((value for name, value in self.metadata if name == key and isinstance(value, str)), None)

    def arrive(self) -> None:
        """Record that the call arrives now, in the current world of its session."""
        with self.session as world:  # entering it brings the world up to date
            self.world = world
            self.arrived_microseconds = world.environment.now_microseconds
            self.number = self.session.calls.next_number()

    async def wait(self, rule: str, seconds: float | None = None) -> Ending:
        """Hold the call up for *rule*: on the wall clock for so many real seconds, else until something ends it."""
        with self.session as world:
            if world is not self.world or not self.session.holds_calls:
                return Ending.WORLD_ENDED
            if all(installed.name != rule for installed in world.rules):
                return Ending.RELEASED  # the rule was removed while another one held the call up
            hold = self.session.hold_up(
                rule,
                timeout_seconds=seconds,
                deadline_microseconds=self._deadline_microseconds(),
                has_expired=self.has_expired,
            )
        return await hold

    def has_expired(self) -> bool:
        """Whether a client that has gone went because of its deadline: it had waited for as long, or nearly."""
        remaining_seconds = self.client.remaining_seconds()
        return remaining_seconds is not None and remaining_seconds <= AHEAD_SECONDS

    def _deadline_microseconds(self) -> int | None:
        timeout_seconds = self.client.timeout_seconds
        if timeout_seconds is None or not self.session.clock.is_virtual:
            return None
        return self.arrived_microseconds + to_microseconds(timeout_seconds)

    def __enter__(self) -> LiveWorld:
        """Enter the world of the call, unless the call has ended for its caller; then it may have no effect.

        Raises:
            CallCancelled: the client has cancelled the call.
            DeadlinePassed: its deadline has passed.
            WorldEnded: its world is gone.
        """
        world = self.session.__enter__()
        try:
            self._require_open(world)
        except BaseException:
            self.session.__exit__()
            raise
        return world

    def _require_open(self, world: LiveWorld) -> None:
        if self.verdict is None and world is not self.world:
            self.verdict = WorldEnded()
        if self.verdict is None and not self.client.is_waiting():
            self.verdict = DeadlinePassed() if self.has_expired() else CallCancelled()
        if self.verdict is not None:
            raise self.verdict

    def __exit__(self, *_: object) -> None:
        self.session.__exit__()


Handler = Callable[[Call], Awaitable[bytes]]
"""Answers a call with the bytes of the response, or raises an error that `simulator.rpc.status` knows."""

Interceptor = Callable[[Call, Handler], Awaitable[bytes]]
"""Wraps the handler of a call: it may inspect the call, refuse it, or call the handler and change its result."""


def intercepted(interceptors: tuple[Interceptor, ...], handler: Handler) -> Handler:
    """Wrap *handler* in *interceptors*; the first is the outermost."""
    for interceptor in reversed(interceptors):
        handler = _around(interceptor, handler)
    return handler


def _around(interceptor: Interceptor, handler: Handler) -> Handler:
    return lambda call: interceptor(call, handler)
