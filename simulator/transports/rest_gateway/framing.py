"""How a stream of responses is written over HTTP: a line of JSON for each, or server-sent events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor

from simulator.transports.rest_gateway.json_writing import to_bytes
from simulator.transports.rest_gateway.statuses import InvalidInput

EVENT_STREAM = b"text/event-stream"
SEQUENCE = "sequence"
"""The field with the number of a response; a client that reconnects says which it has seen."""
AFTER = "after"
"""The field of a request that says so, and of an ErrorInfo that says where a stream can resume."""

Header = tuple[bytes, bytes]


@dataclass(frozen=True)
class Framing:
    """How responses are written.

    Args:
        headers: The headers of the answer.
        response: Writes a response, from its bytes and its JSON.
        failure: Writes the status that a stream has ended with.
        is_resumed: Whether the client reconnects by itself and resumes where it was. It learns at once that it is
            connected, and sees no error as long as it can resume.
    """

    headers: Sequence[Header]
    response: Callable[[bytes, bytes], bytes]
    failure: Callable[[Mapping[str, Any]], bytes]
    is_resumed: bool = False


def framing_for(accept: bytes, method: MethodDescriptor) -> Framing:
    """Return the framing of the responses of a method, for a client that accepts certain types."""
    return _events(method) if is_event_stream(accept) else _LINES


def is_event_stream(accept: bytes) -> bool:
    """Whether a client asks for server-sent events."""
    return EVENT_STREAM in accept.lower()


_LINES = Framing(
    [(b"content-type", b"application/json")],
    response=lambda _content, body: b'{"result":' + body + b"}\n",
    failure=lambda status: to_bytes({"error": status}) + b"\n",
)


def _events(method: MethodDescriptor) -> Framing:
    response_type = message_factory.GetMessageClass(method.output_type)

    def write(content: bytes, body: bytes) -> bytes:
        sequence = getattr(response_type.FromString(content), SEQUENCE, None)
        return b"%sdata: %s\n\n" % (_id(sequence), body)

    def write_failure(status: Mapping[str, Any]) -> bytes:
        return b"%sevent: error\ndata: %s\n\n" % (_id(resumes_after(status)), to_bytes(status))

    return Framing(
        [(b"content-type", EVENT_STREAM), (b"cache-control", b"no-store")],
        response=write,
        failure=write_failure,
        is_resumed=True,
    )


def resumes_after(status: Mapping[str, Any]) -> str | None:
    """Return the number after which a stream that has ended like this can resume; None if it can't."""
    return next((info["metadata"][AFTER] for info in status["details"] if AFTER in info.get("metadata", ())), None)


def _id(number: object) -> bytes:
    """Write the id that a client sends as ``Last-Event-ID`` when it reconnects."""
    return b"" if number is None else f"id: {number}\n".encode()


def resumed_query(last_event_id: bytes, method: MethodDescriptor) -> tuple[str, ...]:
    """Return the query that resumes a stream after the last response that the client has seen.

    Raises:
        InvalidInput: the header is not a number.
    """
    if not last_event_id or not method.server_streaming or AFTER not in method.input_type.fields_by_name:
        return ()
    if not last_event_id.isdigit():
        raise InvalidInput(f"Last-Event-ID is {last_event_id[:40].decode('latin-1')!r}; expected the id of an event")
    return (f"{AFTER}={last_event_id.decode()}",)
