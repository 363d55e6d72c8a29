"""What happens in a world, one class for each kind of event, and how events are written as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Protocol

from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import Restore, RestoreStatus

DEPLOYMENT_CREATED = "deployment created"
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(microseconds: int) -> datetime:
    """Turn microseconds since 1970 into a datetime in UTC."""
    return UNIX_EPOCH + timedelta(microseconds=microseconds)


def to_text(microseconds: int) -> str:
    """Write microseconds since 1970 as ISO 8601, always with six decimals and a Z."""
    return to_datetime(microseconds).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Fields = Mapping[str, str | int | None]
"""What an event tells, by the names that JSON has."""


class Event(Protocol):
    """Something that happened."""

    @property
    def kind(self) -> str:
        """What kind of event it is: ``transition``, ``world``, ``fault`` or ``rpc``."""
        ...

    @property
    def at_microseconds(self) -> int:
        """When it happened, in microseconds since 1970."""
        ...

    def fields(self) -> Fields:
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

    def fields(self) -> Fields:
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

    def fields(self) -> Fields:
        return {"change": self.change, "uid": self.uid, "name": self.name}


@dataclass(frozen=True, slots=True)
class FaultFired:
    """A rule took effect.

    Args:
        rule: Name of the rule.
        effect: Name of its effect.
        uid: Uid of what it happened to; for a call, of what that is about; empty where there is none yet.
        name: Name of the same.
        method: Name of the method of the call that it happened to; empty when it was no call.
        call: The number of that call (`RemoteCall.call`); 0 when it was no call.
    """

    kind: ClassVar[str] = "fault"

    at_microseconds: int
    rule: str
    effect: str
    uid: str
    name: str
    method: str = ""
    call: int = 0

    def fields(self) -> Fields:
        told: Fields = {"rule": self.rule, "effect": self.effect, "uid": self.uid, "name": self.name}
        return {**told, "method": self.method, "call": self.call} if self.method else told


@dataclass(slots=True, unsafe_hash=True)  # freezing it would take three times as long, at every call
class RemoteCall:
    """A call was answered.

    Args:
        method: Name of the method.
        code: Name of the status code of the answer.
        caller: Who called: the name of the token; empty in a world without tokens.
        subject: Uid of the resource that the call was about; empty when there was none.
        message: What the status says; empty when all went well.
        call: Its number in its session: calls are numbered from 1, in the order in which they arrive.
    """

    kind: ClassVar[str] = "rpc"

    at_microseconds: int
    method: str
    code: str
    caller: str
    subject: str
    message: str
    call: int = 0

    def fields(self) -> Fields:
        return {
            "method": self.method,
            "code": self.code,
            "caller": self.caller,
            "subject": self.subject,
            "message": self.message,
            "call": self.call,
        }


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event apart from its world, as plain data.

    Args:
        sequence: Its number in the timeline, or the line of the file from which it was read.
        at_microseconds: When it happened, in microseconds since 1970.
        kind: What kind of event it is.
        told: What `Event.fields` tells.
    """

    sequence: int
    at_microseconds: int
    kind: str
    told: Fields

    def fields(self) -> Fields:
        return self.told

    def text(self, key: str) -> str:
        """What it tells under *key*; empty when it tells nothing."""
        return str(self.told.get(key) or "")

    def to_plain(self) -> dict[str, str | int | None]:
        """As the object that stands on its line of JSON."""
        return {"sequence": self.sequence, "time": to_text(self.at_microseconds), "event": self.kind, **self.told}

    def to_json(self) -> str:
        """As a JSON object on one line."""
        text = json.dumps(self.to_plain(), ensure_ascii=False)
        if text.isprintable():
            return text
        # What does not print would control a terminal; JSON has escapes for it.
        return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)


def to_json_lines(events: Iterable[RecordedEvent]) -> str:
    """Write one JSON object a line: ``sequence``, ``time``, ``event``, then what the kind of event tells."""
    return "".join(f"{event.to_json()}\n" for event in events)


def recorded(sequence: int, event: Event) -> RecordedEvent:
    """Take an event apart from its world."""
    return RecordedEvent(sequence, event.at_microseconds, event.kind, event.fields())
