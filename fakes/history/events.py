"""What happens in a world, one class for each kind of event, and how events are written as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, cast

from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import Restore, RestoreStatus
from fakes.printable import printable
from fakes.times import to_datetime, to_text

DEPLOYMENT_CREATED = "deployment created"

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

    @property
    def at(self) -> datetime:
        """When it happened, in UTC."""
        ...

    def fields(self) -> Fields:
        """The fields of the event as JSON knows them, in a fixed order."""
        ...


class Described:
    """What all kinds of events have: their time as a datetime, and a line that describes them."""

    __slots__ = ()

    @property
    def at(self) -> datetime:
        """When it happened, in UTC."""
        return to_datetime(cast(Event, self).at_microseconds)

    def __repr__(self) -> str:
        event = cast(Event, self)
        told = " ".join(f"{key}={value}" for key, value in event.fields().items() if value not in ("", None))
        return printable(f"<{event.kind} at {to_text(event.at_microseconds)}: {told}>")


@dataclass(frozen=True, slots=True, repr=False)
class Transition(Described):
    """A restore entered a phase.

    Args:
        restore: The restore.
        from_: The phase in which it was before; None when it was created.
        status: Its status from then on.
    """

    kind: ClassVar[str] = "transition"

    at_microseconds: int
    restore: Restore
    from_: Phase | None
    status: RestoreStatus

    @property
    def to(self) -> Phase:
        """The phase that it entered."""
        return self.status.phase

    def fields(self) -> Fields:
        told: dict[str, str | int | None] = {
            "restore": self.restore.uid,
            "name": self.restore.name,
            "from": self.from_.name if self.from_ else None,
            "to": self.to.name,
        }
        if self.status.error_code is not None:
            told |= {"error_code": self.status.error_code.name, "error_message": self.status.error_message}
        return told


@dataclass(frozen=True, slots=True, repr=False)
class WorldChange(Described):
    """Something other than a restore changed: *change* says how, *uid* and *name* of what."""

    kind: ClassVar[str] = "world"

    at_microseconds: int
    change: str
    uid: str
    name: str

    def fields(self) -> Fields:
        return {"change": self.change, "uid": self.uid, "name": self.name}


@dataclass(frozen=True, slots=True, repr=False)
class FaultFired(Described):
    """A rule took effect.

    Args:
        rule: Name of the rule.
        effect: Name of its effect.
        uid: Uid of what it happened to; for a call, of what that is about; empty where there is none yet.
        name: Name of the same.
        method: Name of the method of the call that it happened to; empty when it was not a call.
        call: The number of that call (`RemoteCall.call`); 0 when it was not a call.
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


@dataclass(slots=True, unsafe_hash=True, repr=False)  # freezing it would take three times as long, at every call
class RemoteCall(Described):
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


@dataclass(frozen=True, slots=True, repr=False)
class RecordedEvent(Described):
    """An event detached from its world, as plain data.

    Args:
        sequence: Its number in the timeline, or the line of the file from which it was read.
        at_microseconds: When it happened, in microseconds since 1970.
        kind: What kind of event it is.
        told: What `Event.fields` returned.
    """

    sequence: int
    at_microseconds: int
    kind: str
    told: Fields

    def fields(self) -> Fields:
        return self.told

    def text(self, key: str) -> str:
        """The value of the field *key*; empty when the event does not have it."""
        return str(self.told.get(key) or "")

    def to_plain(self) -> dict[str, str | int | None]:
        """The event as the object on its line of JSON."""
        return {"sequence": self.sequence, "time": to_text(self.at_microseconds), "event": self.kind, **self.told}

    def to_json(self) -> str:
        """As a JSON object on one line."""
        text = json.dumps(self.to_plain(), ensure_ascii=False)
        if text.isprintable():
            return text
        # Unprintable characters could control a terminal; JSON has escapes for them.
        return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)


def to_json_lines(events: Iterable[RecordedEvent]) -> str:
    """Write one JSON object a line: ``sequence``, ``time``, ``event``, then the fields of the event."""
    return "".join(f"{event.to_json()}\n" for event in events)


def recorded(sequence: int, event: Event) -> RecordedEvent:
    """Detach an event from its world."""
    return RecordedEvent(sequence, event.at_microseconds, event.kind, event.fields())
