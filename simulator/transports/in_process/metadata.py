"""Metadata of clients, checked and passed on as gRPC does on a socket."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import grpc

from simulator.sessions.call_record import Metadata
from simulator.transports.in_process.call_state import Ended

USER_AGENT = f"grpc-python/{grpc.__version__} (in-process)"
METADATA_BYTES_MAX = 16 * 1024
"""gRPC's hard limit; more is refused."""

_ENTRY_BYTES = 32
"""What HTTP/2 adds to the size of an entry beyond its key and its value."""
_KEY = re.compile(rb"[a-z0-9_.-]+")
_VALUE = re.compile(rb"[ -~]*")
_BINARY = "-bin"
_HOP_BY_HOP = frozenset(
    {
        "content-type",
        "grpc-accept-encoding",
        "grpc-encoding",
        "grpc-message",
        "grpc-status",
        "grpc-timeout",
        "te",
        "user-agent",
    }
)
"""Keys that belong to gRPC; entries of clients with these keys do not arrive."""


class Metadatum(NamedTuple):
    """One entry."""

    key: str
    value: str | bytes


_NOTHING_SENT: tuple[Metadatum, ...] = (Metadatum("user-agent", USER_AGENT),)


def received(metadata: Any) -> Metadata:
    """Return *metadata* as it arrives.

    Raises:
        TypeError: a key or a value has a wrong type.
        ValueError: an entry is not a pair.
        Ended: gRPC would refuse it.
    """
    if not metadata and (metadata is None or hasattr(metadata, "__iter__")):
        return _NOTHING_SENT
    entries = [_entry(key, value) for key, value in metadata]
    size = sum(len(key) + len(value) + _ENTRY_BYTES for key, value in entries)
    if size > METADATA_BYTES_MAX:
        message = f"received metadata size exceeds hard limit (value length {size} vs. {METADATA_BYTES_MAX})"
        raise Ended(grpc.StatusCode.RESOURCE_EXHAUSTED, message)
    return _NOTHING_SENT + tuple(entry for entry in entries if entry.key not in _HOP_BY_HOP)


def _entry(key: Any, value: Any) -> Metadatum:
    key_bytes = _encoded(key)
    name = key_bytes.decode(errors="replace")
    if name.endswith(_BINARY):
        if not isinstance(value, bytes):
            raise TypeError(f"Binary metadata key={name!r} expected bytes, got {type(value)}")
    else:
        value = b"" if value is None else _encoded(value)
    if _KEY.fullmatch(key_bytes) is None or not (name.endswith(_BINARY) or _VALUE.fullmatch(value)):
        raise Ended(grpc.StatusCode.INTERNAL, "Invalid metadata", is_local=True)
    return Metadatum(name, value if name.endswith(_BINARY) else value.decode())


def _encoded(text: Any) -> bytes:
    if isinstance(text, bytes):
        return text
    if not isinstance(text, str):
        raise TypeError(f"Expected str, not {type(text)}")
    return text.encode()
