"""Converts HTTP headers to gRPC metadata, and back."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterable
from typing import Any

from fakes.world.value_checks import is_int64
from simulator.sessions.call_record import Metadata
from simulator.transports.in_process.call_state import TIMEOUT_SECONDS_MAX
from simulator.transports.rest_gateway.json_scalars import read_base64
from simulator.transports.rest_gateway.statuses import InvalidInput

Headers = Iterable[tuple[bytes, bytes]]
"""Names, in lower case, and values."""

_METADATA = "grpc-metadata-"
"""The prefix of headers that become metadata without it."""
_HTTP = "grpcgateway-"
"""The prefix that headers of HTTP itself get as metadata."""
_BINARY = "-bin"

_HTTP_HEADERS = frozenset(
    {
        "accept",
        "accept-charset",
        "accept-language",
        "accept-ranges",
        "authorization",
        "cache-control",
        "content-type",
        "cookie",
        "date",
        "expect",
        "from",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-schedule-tag-match",
        "if-unmodified-since",
        "max-forwards",
        "origin",
        "pragma",
        "referer",
        "user-agent",
        "via",
        "warning",
    }
)
"""Headers of HTTP that are passed on: IANA's permanent ones that a request may have."""

_KEY = re.compile(r"[a-z0-9_.-]+")
_VALUE = re.compile(r"[ -~]*")

_TIMEOUT = re.compile(r"([+-]?[0-9]{1,19})([HMSmun])")
_UNIT_NANOSECONDS = {"H": 3600 * 10**9, "M": 60 * 10**9, "S": 10**9, "m": 10**6, "u": 10**3, "n": 1}


def to_metadata(headers: Headers, client_host: str | None, passed_on: Collection[str]) -> Metadata:
    """Return the metadata of a request.

    Args:
        headers: The headers of the request.
        client_host: The address that the request comes from.
        passed_on: Names of headers, in lower case, that become metadata of the same name.

    Raises:
        InvalidInput: a binary value is not base64.
    """
    metadata: list[tuple[str, str | bytes]] = []
    hops: dict[str, list[str]] = {name: [] for name in _HOPS}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name in _HOPS:
            hops[name].append(value)
        for key in _keys(name, passed_on):
            _append(metadata, key, value)
    hosts = hops["x-forwarded-host"] + hops["host"]
    addresses = hops["x-forwarded-for"] + ([] if client_host is None else [client_host])
    if hosts:
        _append(metadata, "x-forwarded-host", hosts[0])
    if addresses:
        _append(metadata, "x-forwarded-for", ", ".join(addresses))
    return tuple(metadata)


_HOPS = ("host", "x-forwarded-for", "x-forwarded-host")


def _keys(name: str, passed_on: Collection[str]) -> tuple[str, ...]:
    """Return the keys under which a header becomes metadata."""
    if name in passed_on:
        return (name,)
    if name.startswith(_METADATA):
        return (name.removeprefix(_METADATA),)
    if name not in _HTTP_HEADERS:
        return ()
    return (name, _HTTP + name) if name == "authorization" else (_HTTP + name,)


def _append(metadata: list[tuple[str, str | bytes]], key: str, value: str) -> None:
    """Add an entry, unless gRPC can't carry it."""
    if _KEY.fullmatch(key) is None:
        return
    if key.endswith(_BINARY):
        try:
            metadata.append((key, read_base64(value + "=" * (-len(value) % 4))))
        except ValueError as error:
            raise InvalidInput(f"invalid binary header {key}: {error}") from None
    elif _VALUE.fullmatch(value):
        metadata.append((key, value))


def timeout_seconds(headers: Headers) -> float | None:
    """Return how long the client waits, by its ``Grpc-Timeout``; None means for ever.

    Raises:
        InvalidInput: the header is not of the form that gRPC has for it, such as ``10S`` or ``500m``.
    """
    text = next((value.decode("latin-1") for name, value in headers if name == b"grpc-timeout"), "")
    if not text:
        return None
    found = _TIMEOUT.fullmatch(text)
    if found is None or not is_int64(int(found[1])):
        raise InvalidInput(f"invalid grpc-timeout: {text}")
    nanoseconds = int(found[1]) * _UNIT_NANOSECONDS[found[2]]
    return min(nanoseconds / 10**9, TIMEOUT_SECONDS_MAX) if nanoseconds else None


def from_metadata(metadata: Iterable[Any]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer for its initial metadata."""
    return [
        (
            f"{_METADATA}{key}".encode(),
            header_value(value) if isinstance(value, str) else base64.b64encode(value),
        )
        for key, value in metadata
    ]


def header_value(text: str) -> bytes:
    """Return *text* as the value of a header, without control characters."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip().encode()
