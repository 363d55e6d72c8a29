"""One call and how it was answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from google.protobuf.message import DecodeError, Message

from fakes.printable import printable
from fakes.times import to_datetime, to_text
from simulator.api import METHODS

Metadata = Sequence[tuple[str, str | bytes]]


class CallRecord(NamedTuple):
    """One call and how it was answered.

    It has bytes, which are cheap and immutable. It is a tuple, because one is made for every call.

    Args:
        method: Name of the method, such as ``"CreateRestore"``; for an unknown one, its path.
        request_bytes: The request as it came.
        response_parts: The parts of the answer, to be joined; None when the call failed. Answers share parts: without
            that, a list of fifty restores would be fifty kilobytes in the log.
        code: Name of the status code, such as ``"OK"``.
        message: What the status says.
        metadata: The metadata of the client; credentials, such as a token or a cookie, are ``[redacted]``.
        caller: Name of its token; empty in a world without tokens.
        arrived_microseconds: When it came, in the time of the world, in microseconds since 1970.
        answered_microseconds: When it was answered, likewise.
        wall_microseconds: When it came, by the wall clock.
        deadline_seconds: How long the client was willing to wait; None means for ever.
        delay_seconds: How long rules held it up, in the time of the world; in virtual time this is only recorded.
        subject: Uid of the resource that it concerned; empty if there was none.
        call: Its number in the order of arrival, as events have it (`fakes.history.events.RemoteCall.call`).
    """

    method: str
    request_bytes: bytes
    response_parts: tuple[bytes, ...] | None
    code: str
    message: str
    metadata: Metadata
    caller: str
    arrived_microseconds: int
    answered_microseconds: int
    wall_microseconds: int
    deadline_seconds: float | None
    delay_seconds: float
    subject: str = ""
    call: int = 0

    @property
    def request(self) -> Message | None:
        """The request; None when its bytes were not such a message, or the method is unknown."""
        try:
            return METHODS[self.method].request.FromString(self.request_bytes)
        except (DecodeError, KeyError):
            return None

    @property
    def response_bytes(self) -> bytes | None:
        """The bytes of the answer; None when the call failed."""
        return None if self.response_parts is None else b"".join(self.response_parts)

    @property
    def response(self) -> Message | None:
        """The answer; None when the call failed."""
        content = self.response_bytes
        return None if content is None else METHODS[self.method].response.FromString(content)

    @property
    def at(self) -> datetime:
        """When it came, in the time of the world."""
        return to_datetime(self.arrived_microseconds)

    @property
    def answered_at(self) -> datetime:
        """When it was answered, in the time of the world."""
        return to_datetime(self.answered_microseconds)

    def __repr__(self) -> str:
        about = f" {self.subject}" if self.subject else ""
        ended = f"{self.code}: {self.message}" if self.message else self.code
        return printable(f"<call {self.call} at {to_text(self.arrived_microseconds)}: {self.method}{about} → {ended}>")
