"""Durations, times, sizes and parts as people write them: ``1h30m``, ``2025-01-01T00:05:00Z``, ``20GiB``, ``50%``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from fakes.world.value_checks import INT64_MAX
from simulator.documents.problems import shown
from simulator.sessions.clock import VIRTUAL_START, ClockMode

DURATION_SECONDS_MAX = 1_000 * 365 * 86_400
"""A thousand years: the clock ends with the year 9999, so anything longer is a mistake."""

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
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_AMOUNT = rf"({_NUMBER})\s*"
_DURATION_UNIT = "|".join(_SECONDS)
_DURATION_PART = re.compile(rf"{_AMOUNT}({_DURATION_UNIT})\s*")
_SIZE_UNIT = "|".join(_BYTES)
_SIZE = re.compile(rf"{_AMOUNT}({_SIZE_UNIT})?")
_MOMENT = "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,6})?)?"
_ZONE = "(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
_LOOKS_LIKE_A_DATE = re.compile(r"\s*[0-9]+-[0-9]+-[0-9]+")
_START = VIRTUAL_START.strftime("%Y-%m-%dT%H:%M:%SZ")

CLOCK = "clock"
"""The key of the clock of the scenario in the validation context; on the wall clock, the start is unknown."""


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
    if not seconds >= 0:  # nan is neither
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
    if size > INT64_MAX:
        raise ValueError(f"{shown(value)} is too large; expected less than 8388608TiB")
    return round(size)


def parse_bandwidth(value: object) -> int:
    """Read a bandwidth in bytes per second: a size, with or without ``/s``.

    Raises:
        ValueError: it is no size.
    """
    return parse_size_bytes(value.strip().removesuffix("/s") if isinstance(value, str) else value)


def parse_time_seconds(value: object, clock: str | None = None) -> float:
    """Read a time: a duration from the start of the scenario, or a timestamp in ISO 8601 with its time zone.

    Args:
        value: As it was written.
        clock: Mode of the scenario's clock; virtual time starts at a known moment, the wall clock doesn't.

    Returns:
        Seconds from the start.

    Raises:
        ValueError: it is neither, before the start, or a timestamp where the time is that of the wall clock.

    Example:
        >>> parse_time_seconds("2025-01-01T00:05:00Z")
        300.0
    """
    if not isinstance(value, str) or not _LOOKS_LIKE_A_DATE.match(value):
        return parse_duration_seconds(value)
    if clock == ClockMode.WALL.value:
        raise ValueError(
            f"{shown(value)} is a timestamp, but with 'clock: wall' a scenario starts whenever it is run;"
            " expected a time from the start, such as 90s"
        )
    moment = _timestamp(value)
    if moment < VIRTUAL_START:
        raise ValueError(f"{shown(value)} is before the start; expected {_START} or later")
    return (moment - VIRTUAL_START).total_seconds()


def _timestamp(text: str) -> datetime:
    try:
        if re.fullmatch(f"{_MOMENT}{_ZONE}?", text.strip()) is None:
            raise ValueError  # noqa: TRY301  # with the same words as what is no date
        moment = datetime.fromisoformat(text.strip().upper())
    except ValueError:
        raise ValueError(
            f"{shown(text)} is no time; expected a time from the start, such as 90s, or a timestamp such as {_START}"
        ) from None
    if moment.tzinfo is None:
        raise ValueError(f"{shown(text)} has no time zone; expected one at its end, such as {text.strip()[:40]}Z")
    return moment


def _time(value: object, info: ValidationInfo) -> float:
    return parse_time_seconds(value, (info.context or {}).get(CLOCK))


def _duration_text_schema(condition: str = "") -> dict[str, object]:
    return {
        "type": "string",
        "pattern": rf"^{condition}\s*(?:{_NUMBER}\s*(?:{_DURATION_UNIT})\s*)+$",
        "examples": ["90s", "10m", "1h30m", "250ms"],
    }


_DURATION_SCHEMA = ({"type": "number", "minimum": 0, "maximum": DURATION_SECONDS_MAX}, _duration_text_schema())
_SIZE_NUMBER_SCHEMA = {"type": "integer", "minimum": 0, "maximum": INT64_MAX}


def _size_text_schema(ending: str, *examples: str, condition: str = "") -> dict[str, object]:
    return {
        "type": "string",
        "pattern": rf"^{condition}\s*{_NUMBER}\s*(?:{_SIZE_UNIT})?{ending}\s*$",
        "examples": list(examples),
    }


DurationSeconds = Annotated[
    float, BeforeValidator(parse_duration_seconds), WithJsonSchema({"anyOf": list(_DURATION_SCHEMA)})
]
"""A duration in seconds, read from text or a number."""


def _above_zero(seconds: float) -> float:
    if seconds == 0:
        raise ValueError("is 0; expected a duration above 0")
    return seconds


PositiveSeconds = Annotated[
    DurationSeconds,
    AfterValidator(_above_zero),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": DURATION_SECONDS_MAX},
                _duration_text_schema("(?=.*[1-9])"),
            ]
        }
    ),
]
"""A duration above zero in seconds, read from text or a number."""

TimeSeconds = Annotated[
    float,
    BeforeValidator(_time),
    WithJsonSchema(
        {
            "anyOf": [
                *_DURATION_SCHEMA,
                {"type": "string", "pattern": rf"^\s*{_MOMENT}{_ZONE}\s*$", "examples": ["2025-01-01T00:05:00Z"]},
            ]
        }
    ),
]
"""A time in seconds from the start of the scenario, read from such a duration or from a timestamp in ISO 8601."""

SizeBytes = Annotated[
    int,
    BeforeValidator(parse_size_bytes),
    WithJsonSchema({"anyOf": [_SIZE_NUMBER_SCHEMA, _size_text_schema("", "512MiB", "20GiB")]}),
]
"""A size in bytes, read from text or a number."""

BytesPerSecond = Annotated[
    int,
    BeforeValidator(parse_bandwidth),
    WithJsonSchema(
        {
            "anyOf": [
                {**_SIZE_NUMBER_SCHEMA, "exclusiveMinimum": 0},
                _size_text_schema(r"(?:/s)?", "100MiB/s", "200MiB", condition="(?=[^A-Za-z]*[1-9])"),
            ]
        }
    ),
]
"""A bandwidth in bytes per second, read from text or a number."""

_PERCENT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*%\s*")


def _fraction(value: object) -> object:
    percent = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    return float(percent[1]) / 100 if percent else value


Fraction = Annotated[
    float,
    BeforeValidator(_fraction),
    Field(ge=0, le=1),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {
                    "type": "string",
                    "pattern": r"^\s*0*(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]+)?)\s*%\s*$",
                    "examples": ["50%"],
                },
            ]
        }
    ),
]
"""A part of a phase: from 0 to 1, or from 0% to 100%."""
