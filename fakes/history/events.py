"""What happens in a world, one class for each kind of event, and how events are written as text."""

from __future__ import annotations

import json
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


def to_json(sequence: int, event: Event) -> str:
    """Write one event as a JSON object on one line."""
    head: dict[str, str | int | None] = {
        "sequence": sequence,
        "time": to_text(event.at_microseconds),
        "event": event.kind,
    }
    text = json.dumps(head | event.fields(), ensure_ascii=False)
    # What does not print would drive the terminal of whoever looks at it; JSON has escapes for that.
    return text if text.isprintable() else "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)
