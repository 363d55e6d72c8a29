"""Durations and sizes as people write them: ``1h30m``, ``250ms``, ``20GiB``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator

from scenarios.errors import shown

DURATION_SECONDS_MAX = 1_000 * 365 * 86_400
"""A thousand years: the clock ends with the year 9999, so whatever takes longer is a slip."""
SIZE_BYTES_MAX = 2**63 - 1
"""What an int64 holds."""

_SECONDS: Mapping[str, float] = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
_BYTES: Mapping[str, int] = {
    "B": 1,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
    "TiB": 1024**4,
    "kB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "TB": 1000**4,
}
_AMOUNT = r"(\d+(?:\.\d+)?)\s*"
_DURATION_PART = re.compile(_AMOUNT + r"(ms|s|m|h|d)\s*")
_SIZE = re.compile(_AMOUNT + rf"({'|'.join(_BYTES)})?")


def parse_duration_seconds(value: object) -> float:
    """Read a duration: a number of seconds, or amounts with the units ms, s, m, h and d.

    Raises:
        ValueError: it is neither, below zero, or longer than a thousand years.

    Example:
        >>> parse_duration_seconds("1h30m")
        5400.0
    """
    seconds: float = -1
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value
    elif isinstance(value, str):
        text = value.strip()
        parts = list(_DURATION_PART.finditer(text))
        if parts and "".join(part.group() for part in parts) == text:
            seconds = sum(float(part[1]) * _SECONDS[part[2]] for part in parts)
    if seconds > DURATION_SECONDS_MAX:
        raise ValueError(f"{shown(value)} is too long; expected at most 1000 years (365000d)")
    if not seconds >= 0:  # not a number is neither
        raise ValueError(
            f"{shown(value)} is no duration; expected something like 90s, 10m, 1h30m, 250ms or a number of seconds"
        )
    return float(seconds)


def parse_size_bytes(value: object) -> int:
    """Read a size: a number of bytes, or an amount with a unit such as MiB, GiB or GB.

    Raises:
        ValueError: it is neither, below zero, or more than an int64 holds.

    Example:
        >>> parse_size_bytes("1.5KiB")
        1536
    """
    size: float = -1
    if isinstance(value, int) and not isinstance(value, bool):
        size = value
    elif isinstance(value, str) and (match := _SIZE.fullmatch(value.strip())):
        size = float(match[1]) * _BYTES[match[2] or "B"]
    if size < 0:
        raise ValueError(f"{shown(value)} is no size; expected something like 512MiB, 20GiB or a number of bytes")
    if size > SIZE_BYTES_MAX:
        raise ValueError(f"{shown(value)} is too large; expected less than 8388608TiB")
    return round(size)


def parse_bandwidth(value: object) -> int:
    """Read a bandwidth in bytes per second: a size, with or without ``/s``.

    Raises:
        ValueError: it is no size.
    """
    return parse_size_bytes(value.strip().removesuffix("/s") if isinstance(value, str) else value)


DurationSeconds = Annotated[float, BeforeValidator(parse_duration_seconds)]
"""A duration in seconds, read from text or a number."""

SizeBytes = Annotated[int, BeforeValidator(parse_size_bytes)]
"""A size in bytes, read from text or a number."""

BytesPerSecond = Annotated[int, BeforeValidator(parse_bandwidth)]
"""A bandwidth in bytes per second, read from text or a number."""
