"""Writes times and durations, and chooses the ticks of a time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

_SECOND_MILLISECONDS = 1000
_UNITS_MILLISECONDS = tuple(
    (unit_seconds * _SECOND_MILLISECONDS, unit) for unit_seconds, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"))
)

_STEPS_SECONDS: Sequence[float] = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
    *(_DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY, 28 * _DAY),
)


def duration_text(seconds: float) -> str:
    """Write a duration as pictures show it, to the millisecond.

    Example:
        >>> duration_text(3758.4)
        '1 h 2 min 38.4 s'
    """
    milliseconds = round(seconds * _SECOND_MILLISECONDS)
    if not milliseconds and seconds > 0:
        return f"{seconds * 1e6:.0f} µs"
    if 0 < milliseconds < _SECOND_MILLISECONDS:
        return f"{milliseconds} ms"
    parts = []
    for unit_milliseconds, unit in _UNITS_MILLISECONDS:
        count, milliseconds = divmod(milliseconds, unit_milliseconds)
        if count:
            parts.append(f"{count} {unit}")
    if milliseconds or not parts:
        parts.append(f"{milliseconds / _SECOND_MILLISECONDS:.3f}".rstrip("0").rstrip(".") + " s")
    return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on a time axis and what is written there."""

    at_seconds: float
    text: str


def ticks(duration_seconds: float, count_max: int) -> list[Tick]:
    """Choose the ticks of an axis from 0 to *duration_seconds*: round steps, at most *count_max* + 1 ticks."""
    step = next((step for step in _STEPS_SECONDS if duration_seconds <= step * count_max), None)
    if step is None:
        step = _STEPS_SECONDS[-1]
        while duration_seconds > step * count_max:
            step *= 2
    count = int(duration_seconds / step + 1e-9)
    return [Tick(index * step, duration_text(index * step) if index else "0") for index in range(count + 1)]
