"""Metadata that a rule sends with an error: what gRPC lets servers send, and when to try again."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from fakes.faults.errors import InvalidRule
from simulator.sessions.call_record import Metadata

PUSHBACK = "grpc-retry-pushback-ms"
"""Tells clients with a retry policy when to try again, in milliseconds; below 0, not to (gRFC A6)."""
BINARY = "-bin"
"""The end of keys whose values are bytes; all others are text."""
BYTES_MAX = 2_048
"""More may not fit into the trailers beside the status; clients accept 8 KiB of trailers."""

RESERVED = ("connection", "content-length", "content-type", "host", "te", "trailer", "transfer-encoding", "user-agent")
_KEY = re.compile(r"[0-9a-z_.-]+")
_VALUE = re.compile(r"([!-~]([ -~]*[!-~])?)?")


def read_metadata(key: str, given: Any) -> Metadata:
    """Return the metadata given for *key* of a rule as gRPC takes it.

    Args:
        key: ``"initial_metadata"`` or ``"trailing_metadata"``.
        given: A mapping, or pairs of key and value.

    Raises:
        InvalidRule: an entry can't be sent, or there are too many.
    """
    entries: Any = given.items() if isinstance(given, Mapping) else given
    expected = "a mapping of keys to texts, or pairs of both"
    if isinstance(entries, str | bytes):
        raise InvalidRule(key, f"is {given!r}; expected {expected}")
    try:
        metadata = tuple((name, value) for name, value in entries)
    except (TypeError, ValueError):
        raise InvalidRule(key, f"is {given!r}; expected {expected}") from None
    for name, value in metadata:
        try:
            check_entry(key, name, value)
        except ValueError as error:
            raise InvalidRule(key, str(error)) from None
    size = sum(len(name) + len(value) for name, value in metadata)
    if size > BYTES_MAX:
        raise InvalidRule(key, f"has {size} bytes; expected at most {BYTES_MAX}")
    return metadata


def check_entry(key: str, name: object, value: object) -> None:
    """Check an entry of the metadata given for *key* of a rule.

    Raises:
        ValueError: gRPC would not send it.
    """
    if not isinstance(name, str) or _KEY.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no key of metadata; expected lower-case letters, digits, '-', '_' and '.'")
    if name in RESERVED or (name.startswith("grpc-") and not (name == PUSHBACK and key == "trailing_metadata")):
        raise ValueError(f"{name!r} belongs to gRPC; only {PUSHBACK!r} of its keys can be sent, in 'trailing_metadata'")
    if name.endswith(BINARY):
        if not isinstance(value, bytes):
            raise ValueError(f"{name!r} is {value!r}; expected bytes, as the key ends in {BINARY!r}")
    elif not isinstance(value, str) or _VALUE.fullmatch(value) is None:
        raise ValueError(f"{name!r} is {value!r}; expected text of printable ASCII, without spaces at its ends")


def to_metadata(given: Mapping[str, str | int]) -> Metadata:
    """Make the metadata that is described.

    Raises:
        ValueError: bytes are not base64.
    """
    return tuple((name, metadata_value(name, value)) for name, value in given.items())


def metadata_value(name: str, value: str | int) -> str | bytes:
    """Read a value of metadata as a document has it.

    Raises:
        ValueError: bytes are not base64.
    """
    if not name.endswith(BINARY):
        return str(value)
    try:
        return b64decode(value, validate=True)  # type: ignore[arg-type]  # a number is a TypeError
    except (binascii.Error, TypeError) as error:
        raise ValueError(f"{name!r} is {value!r}; expected base64, as the key ends in {BINARY!r}") from error
