"""One call on its way through the interceptors to the service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from google.protobuf.message import DecodeError, Message

from fakes import ANYBODY, Caller, LiveWorld
from fakes.environment import to_microseconds
from fakes.faults.rule import Firing
from fakes.faults.rule_set import InstalledRule
from simulator.api import Method
from simulator.rpc.errors import CallCancelled, DeadlinePassed, FieldViolation, InvalidRequest, WorldEnded
from simulator.sessions.call_log import Metadata
from simulator.sessions.holds import Ending, Hold
from simulator.sessions.session import Session

AHEAD_SECONDS = 0.01
"""By how much the deadline of a client may pass earlier for it than here, because its call took time to get here."""


class WaitingClient(Protocol):
    """The client at the other end of a call, as a transport knows it."""

    timeout_seconds: float | None
    """How long it was ready to wait when the call came; None means for ever."""

    def is_waiting(self) -> bool:
        """Whether it still waits for the answer."""
        ...

    def remaining_seconds(self) -> float | None:
        """How long it will wait; None means for ever."""
        ...


Answering = Coroutine[Hold, None, bytes]
"""A call on its way to its answer; it stops where it is held up."""


def start(answering: Answering, *, held: Callable[[Hold], None], done: Callable[[Callable[[], bytes]], None]) -> None:
    """Run a call to its end. Where it is held up, this returns, and the end of the hold goes on with the call.

    Args:
        answering: The call.
        held: Told each time when it is held up; sees to it that `Hold.expire` and `Hold.client_gone` are called.
        done: Given what gives the answer, or raises the error in place of it.
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
        method: Which method it calls.
        request_bytes: The request as it came.
        metadata: What the client sent along; keys are in lower case.
        session: The session whose world the call is about.
        client: How long the client waits for the answer.
        caller: Who calls; set by the authentication.
        subject: Uid of the resource that the call is about; set by the service.
        firings: The rules that take effect on it.
        without_rules: What would answer it if there were none.
        stale_seconds: How old the answer is to be; 0 means that it tells of the present.
        changes_at_microseconds: When the rule that refused it would let it pass, in the time of the world, if it knows.
        delay_seconds: How long faults held the call up, in virtual seconds.
        response_parts: What the response was put together from, where it was.
        world: The world in which it arrived; None before.
        arrived_microseconds: When it arrived, in the time of that world.
        number: Calls of that world are numbered from 1, in the order in which they arrive; 0 before.
        verdict: How it has ended for its caller, whatever rules make of its answer; None while it has not.
    """

    method: Method
    request_bytes: bytes
    metadata: Metadata = field(repr=False)  # there are secrets in it
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
            InvalidRequest: the bytes are no such message.
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
        """Belong from now on to the world as it is now."""
        with self.session as world:  # which brings it up to the present
            self.world = world
            self.arrived_microseconds = world.environment.now_microseconds
            self.number = self.session.calls.next_number()

    async def wait(self, rule: str, seconds: float | None = None) -> Ending:
        """Be held up by *rule*: on the wall clock for so many real seconds, else until something ends it."""
        with self.session as world:
            if world is not self.world or not self.session.holds_calls:
                return Ending.WORLD_ENDED
            if all(active.name != rule for active in world.rules):
                return Ending.RELEASED  # it was removed while another rule held the call up
            hold = self.session.hold_up(
                rule,
                timeout_seconds=seconds,
                deadline_microseconds=self._deadline_microseconds(),
                has_expired=self.has_expired,
            )
        return await hold

    def has_expired(self) -> bool:
        """Whether a client that has gone had waited for as long as it would, or so nearly that it was why it went."""
        remaining_seconds = self.client.remaining_seconds()
        return remaining_seconds is not None and remaining_seconds <= AHEAD_SECONDS

    def _deadline_microseconds(self) -> int | None:
        timeout_seconds = self.client.timeout_seconds
        if timeout_seconds is None or not self.session.clock.is_virtual:
            return None
        return self.arrived_microseconds + to_microseconds(timeout_seconds)

    def __enter__(self) -> LiveWorld:
        """Enter the world of the call, unless the call has ended for its caller: then nothing may happen.

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
"""Answers a call with the bytes of the response, or raises what `simulator.rpc.status` knows."""

Interceptor = Callable[[Call, Handler], Awaitable[bytes]]
"""Stands around the handling of a call: it may look, refuse, or call the handler and change what comes of it."""


def intercepted(interceptors: tuple[Interceptor, ...], handler: Handler) -> Handler:
    """Put *interceptors* around *handler*, the first outermost."""
    for interceptor in reversed(interceptors):
        handler = _around(interceptor, handler)
    return handler


def _around(interceptor: Interceptor, handler: Handler) -> Handler:
    return lambda call: interceptor(call, handler)
