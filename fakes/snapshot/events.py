"""Loads the events of a snapshot into its world: those that happened, each once, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from fakes.environment import END_OF_TIME_MICROSECONDS
from fakes.history.events import Event
from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import VERSIONS_EACH, Restore
from fakes.snapshot.errors import SnapshotError, read_each, require, require_each_once
from fakes.snapshot.records import Plain, WorldRecord
from fakes.snapshot.writing import PACKED_EVENTS
from fakes.values import shown
from fakes.world.live_world import LiveWorld


def load_events(snapshot: WorldRecord, world: LiveWorld, restores: Sequence[Restore]) -> None:
    """Load the events of a world, whose restores are known.

    Raises:
        SnapshotError: something is wrong; says where.
    """
    record = snapshot.events
    others = read_each(("events", "others"), record.others, _event)
    times: dict[int, int] = {}
    """When each event of a restore happened."""
    for restore in restores:
        first = restore.ordinal * VERSIONS_EACH
        for moment in restore.history:
            times[first + moment % VERSIONS_EACH] = moment // VERSIONS_EACH
        if restore.history[-1] % VERSIONS_EACH == Phase.SUCCESSFUL:
            times[first] = restore.history[-1] // VERSIONS_EACH
    _check_order(snapshot, times, others)
    if not record.forgotten_count:
        require(len(record.numbers) - len(others) == len(times), ("events", "numbers"), "are not all of them")
    world.history.load_events(record.numbers, others, record.forgotten_count)


def _check_order(snapshot: WorldRecord, times: Mapping[int, int], others: Sequence[Event]) -> None:
    """Check that each event is of something that has happened, once, and in order."""
    numbers = snapshot.events.numbers
    require(numbers.count(0) == len(others), ("events", "numbers"), f"expected {len(others)} times 0")
    require_each_once([number or -place for place, number in enumerate(numbers)], ("events", "numbers"))
    remaining = iter(others)
    before = snapshot.start
    for place, number in enumerate(numbers):
        at = times.get(number) if number else next(remaining).at_microseconds
        if at is None:
            raise SnapshotError(("events", "numbers", place), f"is {number}; expected the version of a restore, or 0")
        if not before <= at <= snapshot.now:
            raise SnapshotError(("events", "numbers", place), "is of an event out of its order")
        before = at


_DIGITS_MAX = 19


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise SnapshotError((key,), f"is {shown(value)}; expected a text")
    return value


def _count(key: str, value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _DIGITS_MAX:
        value = int(value)  # large numbers arrive like this from writers whose numbers are doubles
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= END_OF_TIME_MICROSECONDS:
        raise SnapshotError((key,), f"is {shown(value)}; expected a whole number from 0")
    return value


_EVENT_TYPES: Mapping[str, Mapping[str, Callable[[str, object], Any]]] = {
    kind: {entry.name: {"str": _text, "int": _count}[str(entry.type)] for entry in fields(event)}
    for kind, event in PACKED_EVENTS.items()
}


def _event(plain: Plain) -> Event:
    kind = plain.get("kind")
    types = _EVENT_TYPES.get(kind) if isinstance(kind, str) else None
    if types is None:
        raise SnapshotError(("kind",), f"is {shown(kind)}; expected one of {', '.join(PACKED_EVENTS)}")
    if plain.keys() - {"kind"} != types.keys():
        raise SnapshotError((), f"has the keys {', '.join(plain)}; expected kind, {', '.join(types)}")
    made: Event = PACKED_EVENTS[str(kind)](**{key: read(key, plain[key]) for key, read in types.items()})
    return made
