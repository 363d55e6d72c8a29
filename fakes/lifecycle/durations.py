"""How long something takes, as data: a constant or a distribution to draw from.

Each class has one method. What it draws from is passed in, so the same generator gives the same durations; it is passed
as a function, because a constant has no use for a generator and making one costs more than the rest.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Protocol, runtime_checkable

from fakes.described import described
from fakes.values import is_finite, shown

Generator = Callable[[], random.Random]


@runtime_checkable
class Duration(Protocol):
    """How long something takes."""

    def sample_seconds(self, generator: Generator) -> float:
        """Draw one duration, in seconds, never below zero."""
        ...


def _number(about: str, *, above_zero: bool = False) -> Any:
    """A field that holds a number, described by *about*; it may be zero unless it has to be *above_zero*."""
    return field(metadata={"about": about, "above_zero": above_zero})


class _Checked:
    """Base that checks the numbers of a duration."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for entry in fields(self):  # type: ignore[arg-type]  # all are dataclasses
            value, above_zero = getattr(self, entry.name), entry.metadata["above_zero"]
            if not (is_finite(value) and (value > 0 if above_zero else value >= 0)):
                lowest = "above 0" if above_zero else "of at least 0"
                raise ValueError(f"{entry.name} is {shown(value)}; expected a finite number {lowest}")


@described
@dataclass(frozen=True, slots=True)
class Constant(_Checked):
    """A fixed duration."""

    seconds: float = _number("The duration.")

    def sample_seconds(self, generator: Generator) -> float:  # noqa: ARG002  # a constant needs none
        return self.seconds


@described
@dataclass(frozen=True, slots=True)
class Uniform(_Checked):
    """Uniformly distributed between two durations."""

    low_seconds: float = _number("The shortest duration.")
    high_seconds: float = _number("The longest duration.")

    def __post_init__(self) -> None:
        _Checked.__post_init__(self)
        if self.high_seconds < self.low_seconds:
            found = f"is from {self.low_seconds:g} to {self.high_seconds:g} s"
            raise ValueError(f"{found}; expected a high that is at least low")

    def sample_seconds(self, generator: Generator) -> float:
        return generator().uniform(self.low_seconds, self.high_seconds)


@described
@dataclass(frozen=True, slots=True)
class Normal(_Checked):
    """Normally distributed around a mean, cut off at zero."""

    mean_seconds: float = _number("The mean duration.")
    deviation_seconds: float = _number("The standard deviation.")

    def sample_seconds(self, generator: Generator) -> float:
        return max(0.0, generator().normalvariate(self.mean_seconds, self.deviation_seconds))


@described
@dataclass(frozen=True, slots=True)
class LogNormal(_Checked):
    """Log-normally distributed: mostly near a median, now and then much longer."""

    median_seconds: float = _number("The median duration.", above_zero=True)
    sigma: float = _number("The standard deviation of the logarithm.")

    def sample_seconds(self, generator: Generator) -> float:
        try:
            return generator().lognormvariate(math.log(self.median_seconds), self.sigma)
        except OverflowError:  # Python has no greater number
            return math.inf


@described
@dataclass(frozen=True, slots=True)
class Exponential(_Checked):
    """Exponentially distributed: memoryless, around a mean."""

    mean_seconds: float = _number("The mean duration.", above_zero=True)

    def sample_seconds(self, generator: Generator) -> float:
        return generator().expovariate(1 / self.mean_seconds)


DISTRIBUTIONS: Mapping[str, type[Duration]] = {
    each.__name__.lower(): each for each in (Constant, Uniform, Normal, LogNormal, Exponential)
}
"""By the names that documents have for them."""


def numbers_of(distribution: type[Duration]) -> dict[str, Field[Any]]:
    """The fields of one of the `DISTRIBUTIONS` by the keys that documents have for them."""
    return {entry.name.removesuffix("_seconds"): entry for entry in fields(distribution)}  # type: ignore[arg-type]  # all are dataclasses


def duration_to_plain(duration: Duration) -> Any:
    """Write a duration as JSON knows it, as documents say it: ``{"uniform": {"low": 5, "high": 10}}``.

    Raises:
        TypeError: it is of a class that is not one of ours.
    """
    if isinstance(duration, Constant):
        return duration.seconds
    name = type(duration).__name__.lower()
    if DISTRIBUTIONS.get(name) is not type(duration):
        raise TypeError(f"{duration!r} can't be written as plain data; expected one of {', '.join(DISTRIBUTIONS)}")
    return {name: {key: getattr(duration, entry.name) for key, entry in numbers_of(type(duration)).items()}}


def duration_from_plain(plain: Mapping[str, Any]) -> Duration:
    """Make the duration that `duration_to_plain` wrote.

    Raises:
        ValueError: it does not describe a duration.
    """
    [(name, told)] = plain.items() if len(plain) == 1 else [("", {})]
    found = DISTRIBUTIONS.get(name)
    if found is None:
        raise ValueError(f"is {plain!r}; expected one of {', '.join(DISTRIBUTIONS)}")
    if found is Constant:
        return Constant(told)
    numbers = numbers_of(found)
    if not isinstance(told, Mapping) or set(told) != set(numbers):
        raise ValueError(f"{name} is {told!r}; expected {' and '.join(numbers)}")
    return found(**{numbers[key].name: value for key, value in told.items()})
