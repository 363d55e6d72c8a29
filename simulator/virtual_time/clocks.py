"""Replaces functions that return the time: a client whose waiting is virtual gets the time of a world."""

from __future__ import annotations

import datetime
import time
from typing import Any, ClassVar, Protocol

from fakes.environment import MICROSECONDS, to_microseconds
from fakes.times import to_datetime

MONOTONIC_START_SECONDS = 2.0**26
"""`time.monotonic` at the start of a world: more than on any machine, so that earlier readings are in the past."""

SPINS_MAX = 1_000
"""How often in a row a client may read the time, or sleep for no time, before that takes time."""

SPIN_MICROSECONDS_MAX = 10_000

CLOCKS = {
    "time": (True, False),
    "time_ns": (True, True),
    "monotonic": (False, False),
    "monotonic_ns": (False, True),
    "perf_counter": (False, False),
    "perf_counter_ns": (False, True),
}
"""Functions of `time`: whether each counts from 1970, and whether it counts whole nanoseconds."""

_RealDatetime = datetime.datetime


def spin_microseconds(count: int) -> int:
    """How long each further reading takes, without a wait in between; otherwise a loop of readings would never end."""
    doublings = count - SPINS_MAX
    return min(2 ** min(doublings, 20), SPIN_MICROSECONDS_MAX) if doublings > 0 else 0


class Time(Protocol):
    """The time of a world."""

    start_microseconds: int
    """When it began."""

    def now_microseconds(self) -> int:
        """Return it."""
        ...


class TimeSource(Protocol):
    """Decides whose time is virtual."""

    def time_of_caller(self) -> Time | None:
        """The virtual time of the caller; None if the caller uses real time."""
        ...


class VirtualClock:
    """A function of `time` that returns the time. It is not a Python function, because a class would bind that.

    Args:
        source: Provides the time.
        name: Name of the function.
    """

    def __init__(self, source: TimeSource, name: str) -> None:
        self.source = source
        self._real = getattr(time, name)
        self._counts_from_1970, self._is_integer = CLOCKS[name]

    def __call__(self) -> Any:
        virtual = self.source.time_of_caller()
        if virtual is None:
            return self._real()
        microseconds = virtual.now_microseconds()
        if not self._counts_from_1970:
            microseconds += to_microseconds(MONOTONIC_START_SECONDS) - virtual.start_microseconds
        return microseconds * 1000 if self._is_integer else microseconds / MICROSECONDS


class _VirtualDatetimeType(type):
    """Makes real datetimes count as instances."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _RealDatetime)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _RealDatetime)


class VirtualDatetime(_RealDatetime, metaclass=_VirtualDatetimeType):
    """`datetime.datetime` with the virtual time as now; its instances are real ones."""

    source: ClassVar[TimeSource]

    def __new__(cls, *arguments: Any, **named: Any) -> Any:  # it makes real ones
        return _RealDatetime(*arguments, **named)

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        virtual = cls.source.time_of_caller()
        if virtual is None:
            return _RealDatetime.now(tz)
        moment = to_datetime(virtual.now_microseconds())
        return moment.astimezone(tz) if tz is not None else moment.astimezone().replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        return cls.now()

    @classmethod
    def utcnow(cls) -> Any:
        return cls.now(datetime.UTC).replace(tzinfo=None)


def clock_replacements(source: TimeSource) -> list[tuple[Any, Any]]:
    """List the clocks of Python, each with its replacement."""
    return [
        *((getattr(time, name), VirtualClock(source, name)) for name in CLOCKS),
        (_RealDatetime, _VirtualDatetimeType("datetime", (VirtualDatetime,), {"source": source, "__slots__": ()})),
    ]
