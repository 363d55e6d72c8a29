"""One call on its way through the interceptors to the service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass
from typing import Any, Protocol

from google.protobuf.message import DecodeError, Message

from fakes import ANYBODY, Caller, LivingWorld
from simulator.api import Method
from simulator.rpc.errors import CallCancelled, FieldViolation, InvalidRequest
from simulator.sessions.call_log import Metadata
from simulator.sessions.session import Session


class WaitingClient(Protocol):
    """The client at the other end of a call, as a transport knows it."""

    def is_waiting(self) -> bool:
        """Whether it still waits for the answer."""
        ...

    def remaining_seconds(self) -> float | None:
        """How long it will wait; None means for ever."""
        ...


@dataclass(frozen=True, slots=True)
class Wait:
    """What a call that is held up asks of whoever runs it: to go on later, without a thread where that can be.

    Awaiting it tells whether the client still waits afterwards.

    Args:
        timeout_seconds: For how long at most, in real time; None waits until the client no longer does.
    """

    timeout_seconds: float | None

    def __await__(self) -> Generator[Wait, bool, bool]:
        return (yield self)


Answering = Coroutine[Wait, Any, bytes]
"""A call on its way to its answer; it stops at each `Wait`."""


def run(answering: Answering, wait: Callable[[float | None], bool]) -> bytes:
    """Run a call to its end in this thread, which waits whenever the call does.

    Args:
        answering: The call.
        wait: Waits, as `Wait` says.
    """
    try:
        asked = answering.send(None)
        while True:
            try:
                still_waiting = wait(asked.timeout_seconds)
            except BaseException as error:  # noqa: BLE001  # Ctrl-C, which the call has to know of
                asked = answering.throw(error)
            else:
                asked = answering.send(still_waiting)
    except StopIteration as end:
        answer: bytes = end.value
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
        as_of_microseconds: The moment in the past of which the answer is to tell; None means the present.
        delay_seconds: How long faults held the call up, in virtual seconds.
        response_parts: What the response was put together from, where it was.
    """

    method: Method
    request_bytes: bytes
    metadata: Metadata
    session: Session
    client: WaitingClient
    caller: Caller = ANYBODY
    subject: str = ""
    as_of_microseconds: int | None = None
    delay_seconds: float = 0.0
    response_parts: tuple[bytes, ...] = ()
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

    async def wait(self, timeout_seconds: float | None) -> bool:
        """Let real time pass; True when the client still waits afterwards. None waits until it no longer does."""
        return await Wait(timeout_seconds)

    def __enter__(self) -> LivingWorld:
        """Enter the world of the call, unless nobody waits for the answer any more: then nothing may happen.

        Raises:
            CallCancelled: the client has cancelled the call, or its deadline has passed.
        """
        world = self.session.__enter__()
        if not self.client.is_waiting():
            self.session.__exit__()
            raise CallCancelled
        return world

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
