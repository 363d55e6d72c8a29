"""The timeline: everything that happened, in order, at its virtual time; it only ever grows."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, ClassVar, Protocol, overload

from fakes.history.rows import Row
from fakes.history.store import RestoreRegistry
from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import PHASE_BITS, PHASE_MASK, Restore, RestoreStatus

DEPLOYMENT_CREATED = "deployment created"
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(microseconds: int) -> datetime:
    """Turn microseconds since 1970 into a datetime in UTC."""
    return UNIX_EPOCH + timedelta(microseconds=microseconds)


def to_text(microseconds: int) -> str:
    """Write microseconds since 1970 as ISO 8601, always with six decimals and a Z."""
    return to_datetime(microseconds).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Event(Protocol):
    """Something that happened."""

    kind: ClassVar[str]

    @property
    def at_microseconds(self) -> int:
        """When it happened, in microseconds since 1970."""
        ...

    def fields(self) -> dict[str, str | int | None]:
        """Tell what happened, as JSON knows it, in a fixed order."""
        ...


@dataclass(frozen=True, slots=True)
class Transition:
    """A restore came to a phase; *previous* is None when it was created."""

    kind: ClassVar[str] = "transition"

    at_microseconds: int
    restore: Restore
    previous: Phase | None
    status: RestoreStatus

    def fields(self) -> dict[str, str | int | None]:
        told: dict[str, str | int | None] = {
            "restore": self.restore.uid,
            "name": self.restore.name,
            "from": self.previous.name if self.previous else None,
            "to": self.status.phase.name,
        }
        if self.status.error_code is not None:
            told |= {"error_code": self.status.error_code.name, "error_message": self.status.error_message}
        return told


@dataclass(frozen=True, slots=True)
class WorldChange:
    """Something other than a restore changed: *change* says how, *uid* and *name* of what."""

    kind: ClassVar[str] = "world"

    at_microseconds: int
    change: str
    uid: str
    name: str

    def fields(self) -> dict[str, str | int | None]:
        return {"change": self.change, "uid": self.uid, "name": self.name}


@dataclass(frozen=True, slots=True)
class FaultFired:
    """A rule took effect: which, how, and on what."""

    kind: ClassVar[str] = "fault"

    at_microseconds: int
    rule: str
    effect: str
    uid: str
    name: str

    def fields(self) -> dict[str, str | int | None]:
        return {"rule": self.rule, "effect": self.effect, "uid": self.uid, "name": self.name}


@dataclass(slots=True, unsafe_hash=True)  # freezing it would take three times as long, at every call
class RemoteCall:
    """A call was answered.

    Args:
        method: Name of the method.
        code: Name of the status code of the answer.
        caller: Who called: the name of the token; empty in a world without tokens.
        subject: Uid of the resource that the call was about; empty when there was none.
        message: What the status says; empty when all went well.
    """

    kind: ClassVar[str] = "rpc"

    at_microseconds: int
    method: str
    code: str
    caller: str
    subject: str
    message: str

    def fields(self) -> dict[str, str | int | None]:
        return {
            "method": self.method,
            "code": self.code,
            "caller": self.caller,
            "subject": self.subject,
            "message": self.message,
        }


_CLASSES: Mapping[str, Callable[..., Event]] = {event.kind: event for event in (WorldChange, FaultFired, RemoteCall)}

_PACK: Mapping[type, Callable[[Any], Any]] = {
    event: attrgetter("kind", *(field.name for field in fields(event)))
    for event in (WorldChange, FaultFired, RemoteCall)
}
"""How events whose fields are plain values are written down."""


def _as_it_is(event: Event) -> Event:
    return event


class Timeline(Sequence[Event]):
    """The events of one world in the order in which they happened.

    Reading it from any thread is safe at any time; only the world appends.

    Most events are about what restores know of themselves, so a number is all that is kept of them: the version of the
    restore (`Restore.version`), with no phase for the deployment that it has made. Others are kept as rows of plain
    values, which the garbage collector does not have to look at. Both become events when they are read.

    Args:
        restores: The restores that transitions are about.
    """

    def __init__(self, restores: RestoreRegistry | None = None) -> None:
        self._restores = RestoreRegistry() if restores is None else restores
        self._numbers = array("q")
        """Versions; or below zero, places among the others: -1 is the first."""
        self._others: list[Event | Row] = []

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        if isinstance(index, slice):
            return [self._event(number) for number in self._numbers[index]]
        return self._event(self._numbers[index])

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Event]:
        return map(self._event, self._numbers[:])

    def append(self, event: Event) -> None:
        """Add *event* at the end."""
        self._others.append(_PACK.get(type(event), _as_it_is)(event))
        self.append_version(-len(self._others))

    def append_version(self, version: int) -> None:
        """Add that a restore has come to a phase (`Restore.version`)."""
        self._numbers.append(version)

    def append_deployment(self, restore: Restore) -> None:
        """Add that *restore*, which is SUCCESSFUL, has made its deployment."""
        self.append_version(restore.ordinal << PHASE_BITS)

    def changed_versions(self, start: int) -> Iterator[int]:
        """The versions that restores have come to since the timeline had *start* events, in their order."""
        return (number for number in self._numbers[start:] if number & PHASE_MASK and number > 0)

    def _event(self, number: int) -> Event:
        if number < 0:
            other = self._others[-1 - number]
            return _CLASSES[other[0]](*other[1:]) if isinstance(other, tuple) else other
        restore = self._restores.numbered(number >> PHASE_BITS)
        phase = number & PHASE_MASK
        if not phase:
            at_microseconds = restore.history[-1] >> PHASE_BITS
            return WorldChange(at_microseconds, DEPLOYMENT_CREATED, restore.deployment, restore.name)
        before: Phase | None = None
        for status in restore.statuses:
            if status.phase == phase:
                return Transition(status.updated_at_microseconds, restore, before, status)
            before = status.phase
        raise AssertionError(f"{restore.name} was never in phase {phase}")

    def transitions(self, restore_uid: str | None = None) -> list[Transition]:
        """The transitions, of one restore when *restore_uid* says so."""
        return [event for event in self if isinstance(event, Transition) and restore_uid in (None, event.restore.uid)]

    def faults(self, rule: str | None = None) -> list[FaultFired]:
        """The faults that took effect, those of one rule when *rule* names it."""
        return [event for event in self if isinstance(event, FaultFired) and rule in (None, event.rule)]

    def calls(self, method: str | None = None, *, code: str | None = None) -> list[RemoteCall]:
        """The calls that were answered, of one method and with one status code when these are given."""
        return [
            event
            for event in self
            if isinstance(event, RemoteCall) and method in (None, event.method) and code in (None, event.code)
        ]

    def changes(self, change: str | None = None) -> list[WorldChange]:
        """What else changed in the world, only *change*, such as ``"backup deleted"``, when that is given."""
        return [event for event in self if isinstance(event, WorldChange) and change in (None, event.change)]

    def between(self, start: datetime, end: datetime) -> list[Event]:
        """The events from *start* on and before *end*."""
        return [event for event in self if start <= to_datetime(event.at_microseconds) < end]

    def to_json_lines(self) -> str:
        """Write one JSON object a line: ``sequence``, ``time``, ``event``, then what the kind of event tells."""
        return "".join(f"{to_json(sequence, event)}\n" for sequence, event in enumerate(self, start=1))


def to_json(sequence: int, event: Event) -> str:
    """Write one event as a JSON object on one line."""
    head: dict[str, str | int | None] = {
        "sequence": sequence,
        "time": to_text(event.at_microseconds),
        "event": event.kind,
    }
    return json.dumps(head | event.fields(), ensure_ascii=False)
