"""How long something takes, as data: a constant or a distribution to draw from.

Each class has one method. What it draws from is passed in, so the same generator gives the same durations; it is passed
as a function, because a constant has no use for a generator and making one costs more than the rest.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol, runtime_checkable

from fakes.values import is_finite, shown

Generator = Callable[[], random.Random]


@runtime_checkable
class Duration(Protocol):
    """How long something takes."""

    def sample_seconds(self, generator: Generator) -> float:
        """Draw one duration, in seconds, never below zero."""
        ...


def _require_non_negative(**values: float) -> None:
    for name, value in values.items():
        if not (is_finite(value) and value >= 0):
            raise ValueError(f"{name} is {shown(value)}; expected a finite number of at least 0")


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same."""

    seconds: float

    def __post_init__(self) -> None:
        _require_non_negative(seconds=self.seconds)

    def sample_seconds(self, generator: Generator) -> float:  # noqa: ARG002  # a constant needs none
        return self.seconds


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything from *low_seconds* to *high_seconds*, all equally likely."""

    low_seconds: float
    high_seconds: float

    def __post_init__(self) -> None:
        _require_non_negative(low_seconds=self.low_seconds, high_seconds=self.high_seconds)
        if self.high_seconds < self.low_seconds:
            raise ValueError(
                f"high_seconds is {self.high_seconds!r}; expected at least low_seconds, {self.low_seconds!r}"
            )

    def sample_seconds(self, generator: Generator) -> float:
        return generator().uniform(self.low_seconds, self.high_seconds)


@dataclass(frozen=True, slots=True)
class Normal:
    """Around *mean_seconds*, give or take *deviation_seconds*; what would be below zero is zero."""

    mean_seconds: float
    deviation_seconds: float

    def __post_init__(self) -> None:
        _require_non_negative(mean_seconds=self.mean_seconds, deviation_seconds=self.deviation_seconds)

    def sample_seconds(self, generator: Generator) -> float:
        return max(0.0, generator().normalvariate(self.mean_seconds, self.deviation_seconds))


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Mostly near *median_seconds*, now and then much longer; *sigma* is the deviation of the logarithm."""

    median_seconds: float
    sigma: float

    def __post_init__(self) -> None:
        _require_non_negative(sigma=self.sigma)
        if not (is_finite(self.median_seconds) and self.median_seconds > 0):
            raise ValueError(f"median_seconds is {shown(self.median_seconds)}; expected a finite number above 0")

    def sample_seconds(self, generator: Generator) -> float:
        try:
            return generator().lognormvariate(math.log(self.median_seconds), self.sigma)
        except OverflowError:  # Python has no greater number
            return math.inf


@dataclass(frozen=True, slots=True)
class Exponential:
    """Without a memory: what has lasted long is no nearer to its end."""

    mean_seconds: float

    def __post_init__(self) -> None:
        if not (is_finite(self.mean_seconds) and self.mean_seconds > 0):
            raise ValueError(f"mean_seconds is {shown(self.mean_seconds)}; expected a finite number above 0")

    def sample_seconds(self, generator: Generator) -> float:
        return generator().expovariate(1 / self.mean_seconds)


_CLASSES: Mapping[str, type[Duration]] = {
    each.__name__.lower(): each for each in (Constant, Uniform, Normal, LogNormal, Exponential)
}


def duration_to_plain(duration: Duration) -> Any:
    """Write a duration as JSON knows it, as documents say it: ``{"uniform": {"low": 5, "high": 10}}``.

    Raises:
        TypeError: it is of a class of somebody else.
    """
    if isinstance(duration, Constant):
        return duration.seconds
    name = type(duration).__name__.lower()
    if _CLASSES.get(name) is not type(duration):
        raise TypeError(f"{duration!r} can't be written as plain data; expected one of {', '.join(_CLASSES)}")
    names = [each.name for each in fields(_CLASSES[name])]  # type: ignore[arg-type]  # all are dataclasses
    return {name: {_key(each): getattr(duration, each) for each in names}}


def duration_from_plain(plain: Mapping[str, Any]) -> Duration:
    """Make the duration that `duration_to_plain` wrote.

    Raises:
        ValueError: it describes none.
    """
    [(name, told)] = plain.items() if len(plain) == 1 else [("", {})]
    found = _CLASSES.get(name)
    if found is None:
        raise ValueError(f"is {plain!r}; expected one of {', '.join(_CLASSES)}")
    if found is Constant:
        return Constant(told)
    names = {_key(each.name): each.name for each in fields(found)}  # type: ignore[arg-type]  # all are dataclasses
    if not isinstance(told, Mapping) or set(told) != set(names):
        raise ValueError(f"{name} is {told!r}; expected {' and '.join(names)}")
    return found(**{names[key]: value for key, value in told.items()})


def _key(field_name: str) -> str:
    return field_name.removesuffix("_seconds")
