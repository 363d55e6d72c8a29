"""The timeline: what happened, in order, at its virtual time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import overload

from fakes.history.events import (
    Event,
    FaultFired,
    RecordedEvent,
    RemoteCall,
    Transition,
    WorldChange,
    recorded,
    to_json_lines,
)
from fakes.history.store import History
from fakes.suggestions import counted
from fakes.times import to_datetime

FORGOTTEN_AT_ONCE = 1_000
"""The fraction of the events that is forgotten at a time, because forgetting takes time linear in their number."""


class EventSequence(Sequence[Event], ABC):
    """Numbered events in the order in which they happened, and queries for them."""

    @abstractmethod
    def after(self, number: int, limit: int | None = None) -> Iterator[tuple[int, Event]]:
        """The events after the one with a number, each with its own: of those that are kept, at most *limit*."""

    def transitions(self, restore_uid: str | None = None) -> list[Transition]:
        """The transitions, only those of one restore if *restore_uid* is given."""
        return [event for event in self if isinstance(event, Transition) and restore_uid in (None, event.restore.uid)]

    def faults(self, rule: str | None = None) -> list[FaultFired]:
        """The faults that took effect, only those of one rule if *rule* is given."""
        return [event for event in self if isinstance(event, FaultFired) and rule in (None, event.rule)]

    def calls(self, method: str | None = None, *, code: str | None = None) -> list[RemoteCall]:
        """The calls that were answered, only those of one method or with one status code if these are given."""
        return [
            event
            for event in self
            if isinstance(event, RemoteCall) and method in (None, event.method) and code in (None, event.code)
        ]

    def changes(self, change: str | None = None) -> list[WorldChange]:
        """Other changes of the world, only those called *change*, such as ``"backup deleted"``, if that is given."""
        return [event for event in self if isinstance(event, WorldChange) and change in (None, event.change)]

    def between(self, start: datetime, end: datetime) -> list[Event]:
        """The events from *start* on and before *end*."""
        return [event for event in self if start <= to_datetime(event.at_microseconds) < end]

    def __repr__(self) -> str:
        counts = Counter(event.kind for event in self)
        return f"<{counted([f'{count} {kind}' for kind, count in counts.items()], len(self), 'event')}>"

    def to_json_lines(self) -> str:
        """Write one JSON object a line: ``sequence``, ``time``, ``event``, then the fields of the event."""
        return to_json_lines(self.recorded())

    def recorded(self) -> list[RecordedEvent]:
        """The events as plain data, with their numbers."""
        return [recorded(sequence, event) for sequence, event in self.after(0)]


class Timeline(EventSequence):
    """The events of one world in the order in which they happened, numbered from 1.

    It has all of them, unless old ones were forgotten; the numbers of the others stay. Reading it from any thread is
    safe at any time; only the world appends.

    Args:
        history: Where the events are kept.
    """

    def __init__(self, history: History) -> None:
        self._history = history

    @property
    def first_number(self) -> int:
        """The number of the first event that is kept, or of the next one where there is none."""
        return self._history.forgotten_count + 1

    @property
    def last_number(self) -> int:
        """The number of the last event; 0 where nothing has happened yet."""
        return self._history.event_count

    def after(self, number: int, limit: int | None = None) -> Iterator[tuple[int, Event]]:
        return self._history.events_after(number, limit)

    def keep_last(self, count: int) -> None:
        """Forget the oldest events if there are more than *count*."""
        surplus = len(self) - count
        if surplus > 0:
            self._history.forget_events(surplus + count // FORGOTTEN_AT_ONCE)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        if isinstance(index, slice):
            return list(self._history.events(index))
        return self._history.event(index)

    def __len__(self) -> int:
        return self._history.event_count - self._history.forgotten_count

    def __iter__(self) -> Iterator[Event]:
        return self._history.events(slice(None))

    def append(self, event: Event) -> None:
        """Add *event* at the end."""
        self._history.record(event)
