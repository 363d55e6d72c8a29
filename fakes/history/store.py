"""What has happened in one world, packed: events as numbers and rows.

A transition is the version that it gave to its restore, one number in an array; see `fakes.history.registries` for why.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from operator import attrgetter
from typing import Any

from fakes.history.events import DEPLOYMENT_CREATED, Event, FaultFired, RemoteCall, Transition, WorldChange
from fakes.history.registries import RestoreRegistry, Row
from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import VERSIONS_EACH, Restore, microseconds_of

_PACKED_EVENTS = (WorldChange, FaultFired, RemoteCall)
"""Events whose fields are plain values; they are kept as rows."""
_CLASSES: Mapping[str, Callable[..., Event]] = {event.kind: event for event in _PACKED_EVENTS}
_PACK: Mapping[type, Callable[[Any], Any]] = {
    event: attrgetter("kind", *(field.name for field in fields(event))) for event in _PACKED_EVENTS
}


@dataclass(frozen=True, slots=True)
class _Kept:
    """The events that are kept. It only grows; to forget events, it is replaced.

    Args:
        numbers: Versions of restores; or below zero, places among the others: -1 is the first that was ever recorded.
        others: The others.
        forgotten_count: How many events there were before these.
        forgotten_others_count: How many of them were others.
    """

    numbers: array[int]
    others: list[Event | Row]
    forgotten_count: int = 0
    forgotten_others_count: int = 0

    def other(self, number: int) -> Event:
        other = self.others[-1 - number - self.forgotten_others_count]
        return _CLASSES[other[0]](*other[1:]) if isinstance(other, tuple) else other

    def without(self, count: int) -> _Kept:
        """The same without the first *count* events."""
        others_count = sum(number < 0 for number in self.numbers[:count])
        return _Kept(
            self.numbers[count:],
            self.others[others_count:],
            self.forgotten_count + count,
            self.forgotten_others_count + others_count,
        )


class History:
    """What has happened in one world: all of it, or as much as is kept.

    Restores know most of what happened to them, so most events are kept as one number: the version of the restore
    (`Restore.version`), with phase 0 for the deployment that it has made. Others are rows. Both become events when
    they are read.
    """

    def __init__(self) -> None:
        self.restores = RestoreRegistry()
        self._keep(_Kept(array("q"), []))

    def _keep(self, kept: _Kept) -> None:
        self._kept = kept
        self._numbers, self._others = kept.numbers, kept.others

    @property
    def event_count(self) -> int:
        """How many events there have been."""
        return self._kept.forgotten_count + len(self._numbers)

    @property
    def forgotten_count(self) -> int:
        """How many of the first events are no longer kept."""
        return self._kept.forgotten_count

    def forget_events(self, count: int) -> None:
        """Forget the *count* oldest events that are kept. Restores stay, and keep their own history."""
        self._keep(self._kept.without(count))

    @property
    def restore_count(self) -> int:
        """How many restores were ever created."""
        return len(self.restores.phases)

    def begin(self, restore: Restore) -> None:
        """Record that a restore was created."""
        self.restores.add(restore)
        self._numbers.append(restore.ordinal * VERSIONS_EACH + Phase.INITIALIZING)

    def enter(self, restore: Restore, phase: Phase, microseconds: int) -> None:
        """Record that a restore enters a phase."""
        restore.history.append(microseconds * VERSIONS_EACH + phase)  # `moment`, inlined for speed
        ordinal = restore.ordinal
        self.restores.phases[ordinal - 1] = phase
        self._numbers.append(ordinal * VERSIONS_EACH + phase)

    def record_deployment(self, restore: Restore) -> None:
        """Record that a restore has made its deployment."""
        self._numbers.append(restore.ordinal * VERSIONS_EACH)

    def record(self, event: Event) -> None:
        """Record any other event."""
        pack = _PACK.get(type(event))
        self._others.append(event if pack is None else pack(event))
        self._numbers.append(-len(self._others) - self._kept.forgotten_others_count)

    def take_in(self, restore: Restore) -> None:
        """Add a restore of a snapshot, without recording its events."""
        self.restores.add(restore)
        self.restores.phases[restore.ordinal - 1] = restore.phase
        if not restore.is_live:
            self.restores.settle(restore)

    def packed_events(self) -> tuple[list[int], list[Event]]:
        """The kept events: the version of its restore for each, or 0 for the next of the others; and the others."""
        kept = self._kept
        count = len(kept.others)
        others = [kept.other(-1 - place - kept.forgotten_others_count) for place in range(count)]
        return [max(number, 0) for number in kept.numbers], others

    def load_events(self, numbers: Iterable[int], others: Iterable[Event], forgotten_count: int) -> None:
        """Replace all events by those that `packed_events` returned."""
        self._keep(_Kept(array("q"), [], forgotten_count))
        remaining = iter(others)
        for number in numbers:
            if number:
                self._numbers.append(number)
            else:
                self.record(next(remaining))

    def event(self, index: int) -> Event:
        """The event at a place among those that are kept, from 0."""
        kept = self._kept
        return self._event(kept, kept.numbers[index])

    def events(self, places: slice) -> Iterator[Event]:
        """The events at some places among those that are kept."""
        kept = self._kept
        return map(partial(self._event, kept), kept.numbers[places])

    def events_after(self, number: int, limit: int | None) -> Iterator[tuple[int, Event]]:
        """The events after the one with a number, each with its own: of those that are kept, at most *limit*."""
        kept = self._kept
        start = max(0, number - kept.forgotten_count)
        numbers = kept.numbers[start : None if limit is None else start + limit]
        return enumerate(map(partial(self._event, kept), numbers), kept.forgotten_count + start + 1)

    def changed_since(self, event_count: int) -> Iterator[tuple[int, Phase]]:
        """The restores that changed after the first *event_count* events, by ordinal, each with the phase it entered.

        Args:
            event_count: At least as many as are forgotten.
        """
        for number in self._numbers[event_count - self.forgotten_count :]:
            if number > 0 and number % VERSIONS_EACH:
                yield number // VERSIONS_EACH, Phase(number % VERSIONS_EACH)

    def changed_after(self, microseconds: int) -> set[int]:
        """The ordinals of restores that changed after the end of a microsecond."""
        places = range(len(self._numbers))
        place = bisect_right(places, microseconds, key=lambda place: self.event(place).at_microseconds)
        if place == 0 and self.forgotten_count:  # earlier changes are forgotten
            everybody = range(1, len(self.restores) + 1)
            return {
                ordinal
                for ordinal in everybody
                if microseconds_of(self.restores.history_of(ordinal)[-1]) > microseconds
            }
        return {ordinal for ordinal, _ in self.changed_since(self.forgotten_count + place)}

    def _event(self, kept: _Kept, number: int) -> Event:
        if number < 0:
            return kept.other(number)
        ordinal, phase = divmod(number, VERSIONS_EACH)
        restore = self.restores.numbered(ordinal)
        if not phase:
            return WorldChange(
                microseconds_of(restore.history[-1]), DEPLOYMENT_CREATED, restore.deployment, restore.name
            )
        before: Phase | None = None
        for status in restore.statuses:
            if status.phase == phase:
                return Transition(status.updated_at_microseconds, restore, before, status)
            before = status.phase
        raise AssertionError(f"{restore.name} was never in phase {phase}")
