"""One call on its way through the interceptors to the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from google.protobuf.message import DecodeError, Message

from fakes import ANYBODY, Caller, LivingWorld
from simulator.api import Method
from simulator.call_log import Metadata
from simulator.services.errors import CallCancelled, FieldViolation, InvalidRequest
from simulator.session import Session


@dataclass
class Call:
    """A call that a client made.

    Args:
        method: Which method it calls.
        request_bytes: The request as it came.
        metadata: What the client sent along; keys are in lower case.
        session: The session whose world the call is about.
        is_active: Tells whether the client still waits for the answer.
        caller: Who calls; set by the authentication.
        subject: Uid of the resource that the call is about; set by the service.
    """

    method: Method
    request_bytes: bytes
    metadata: Metadata
    session: Session
    is_active: Callable[[], bool]
    caller: Caller = ANYBODY
    subject: str = field(default="")

    @cached_property
    def request(self) -> Message:
        """The request as a message.

        Raises:
            InvalidRequest: the bytes are no such message.
        """
        try:
            return self.method.request.FromString(self.request_bytes)
        except DecodeError as error:
            found = f"{len(self.request_bytes)} bytes that are no {self.method.request.DESCRIPTOR.full_name}: {error}"
            raise InvalidRequest([FieldViolation("", found)]) from None

    def header(self, key: str) -> str | None:
        """The first value that the client sent under *key*, which is in lower case; None when it sent none."""
        return next((value for name, value in self.metadata if name == key and isinstance(value, str)), None)

    def __enter__(self) -> LivingWorld:
        """Enter the world of the call, unless nobody waits for the answer any more: then nothing may happen.

        Raises:
            CallCancelled: the client has cancelled the call, or its deadline has passed.
        """
        world = self.session.__enter__()
        if not self.is_active():
            self.session.__exit__()
            raise CallCancelled
        return world

    def __exit__(self, *_: object) -> None:
        self.session.__exit__()


Handler = Callable[[Call], Message]
"""Answers a call, or raises what `simulator.services.status` knows."""

Interceptor = Callable[[Call, Handler], Message]
"""Stands around the handling of a call: it may look, refuse, or call the handler and change what comes of it."""


def intercepted(interceptors: tuple[Interceptor, ...], handler: Handler) -> Handler:
    """Put *interceptors* around *handler*, the first outermost."""
    for interceptor in reversed(interceptors):
        handler = _around(interceptor, handler)
    return handler


def _around(interceptor: Interceptor, handler: Handler) -> Handler:
    return lambda call: interceptor(call, handler)
