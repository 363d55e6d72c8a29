"""Turns sessions, rules, calls and events into messages of the control service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from google.protobuf import json_format, struct_pb2
from google.protobuf.message import Message

from fakes.faults.installed_rule import InstalledRule
from fakes.history.description import describe
from fakes.history.events import Event
from fakes.lifecycle.phases import Phase
from simulator.api import control_pb2
from simulator.sessions.call_record import CallRecord
from simulator.sessions.clock import WallClock
from simulator.sessions.registry import HostedSession

_MICROSECONDS = 1_000_000
_DOUBLE_INTEGER_MAX = 2**53
"""Up to here, a double can hold every whole number."""


def to_event(sequence: int, event: Event) -> control_pb2.Event:
    """Write an event; a field that it does not have is left empty."""
    message = control_pb2.Event(sequence=sequence, text=describe(event))
    message.time.FromMicroseconds(event.at_microseconds)
    told = getattr(message, event.kind)
    told.SetInParent()
    for key, value in event.fields().items():
        if value is not None:
            setattr(told, _EVENT_FIELDS.get(key, key), value)
    return message


_EVENT_FIELDS: Mapping[str, str] = {"from": "from_phase", "to": "to_phase"}
"""Names of fields of events in messages, where they differ because they are keywords in Python."""


def to_events(events: Iterable[tuple[int, Event]]) -> list[control_pb2.Event]:
    """Write events with their numbers."""
    return [to_event(sequence, event) for sequence, event in events]


def to_session(hosted: HostedSession, *, target: str, base_url: str) -> control_pb2.Session:
    """Describe a session.

    Args:
        hosted: The session.
        target: Address of the gRPC server that all sessions share.
        base_url: URL of the HTTP server; empty if there is none.
    """
    session = hosted.session
    message = control_pb2.Session(
        id=hosted.id,
        target=hosted.target or target,
        base_url=f"{base_url}/sessions/{hosted.id}" if base_url else "",
        seed=session.seed,
        strict=session.strict,
        dedicated_port=bool(hosted.target),
    )
    message.create_time.FromMicroseconds(round(hosted.created_seconds * _MICROSECONDS))
    with session as world:
        message.now.FromMicroseconds(world.environment.now_microseconds)
        phases = world.restores.phases
        message.restores.update({phase.name: count for phase in Phase if (count := phases.count(phase))})
        message.last_event = world.timeline.last_number
        message.calls = session.calls.last_number
    _write_clock(message, hosted)
    return message


def to_clock(hosted: HostedSession) -> control_pb2.Clock:
    """Write what moves the time of a session."""
    message = control_pb2.Clock(mode=hosted.session.clock.mode.value)
    with hosted.session as world:
        message.now.FromMicroseconds(world.environment.now_microseconds)
    clock = hosted.session.clock
    message.speed, message.paused = (clock.speed, clock.is_paused) if isinstance(clock, WallClock) else (1.0, False)
    return message


def _write_clock(message: control_pb2.Session, hosted: HostedSession) -> None:
    clock = to_clock(hosted)
    message.clock, message.speed, message.paused = clock.mode, clock.speed, clock.paused


def rule_ids(rules: Sequence[InstalledRule]) -> dict[str, InstalledRule]:
    """Return the rules in force by id; ids are made from their names and can stand in a URL."""
    ids: dict[str, InstalledRule] = {}
    for installed in rules:
        base = re.sub(r"[^A-Za-z0-9_.-]+", "-", installed.name).strip("-") or "rule"
        candidates = (base, *(f"{base}-{number}" for number in range(2, len(rules) + 2)))
        ids[next(candidate for candidate in candidates if candidate not in ids)] = installed
    return ids


def to_call(number: int, record: CallRecord, *, first_attempt: int) -> control_pb2.Call:
    """Write a call.

    Args:
        number: Its number in its session, from 1.
        record: The call.
        first_attempt: Number of the first attempt at the same call.
    """
    message = control_pb2.Call(
        number=number,
        method=record.method,
        code=record.code,
        message=record.message,
        caller=record.caller,
        metadata={key: value for key, value in record.metadata if isinstance(value, str)},
        first_attempt=first_attempt,
        subject=record.subject,
        call=record.call,
    )
    message.arrive_time.FromMicroseconds(record.arrived_microseconds)
    message.answer_time.FromMicroseconds(record.answered_microseconds)
    message.wall_time.FromMicroseconds(record.wall_microseconds)
    if record.deadline_seconds is not None:
        message.deadline.FromMicroseconds(round(record.deadline_seconds * _MICROSECONDS))
    message.delay.FromMicroseconds(round(record.delay_seconds * _MICROSECONDS))
    for field, content in ((message.request, record.request), (message.response, record.response)):
        if content is not None:
            field.update(as_json(content))
    return message


def as_json(message: Message) -> dict[str, Any]:
    """Write a message as the gateway would: all fields, in lowerCamelCase."""
    plain: dict[str, Any] = json_format.MessageToDict(message, always_print_fields_with_no_presence=True)
    return plain


def fill_struct(struct: struct_pb2.Struct, document: Mapping[str, Any]) -> None:
    """Write a document into *struct*. Numbers become doubles; whole numbers that do not fit become texts."""
    struct.SetInParent()
    for key, value in document.items():
        _set_value(struct.fields[key], value)


def _set_value(message: struct_pb2.Value, value: Any) -> None:
    if isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, str):
        message.string_value = value
    elif isinstance(value, int) and abs(value) > _DOUBLE_INTEGER_MAX:
        message.string_value = str(value)
    elif isinstance(value, int | float):
        message.number_value = value
    elif value is None:
        message.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, Mapping):
        fill_struct(message.struct_value, value)
    else:
        message.list_value.SetInParent()
        for inner in value:
            _set_value(message.list_value.values.add(), inner)


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Read a document. Its numbers are floats, NaN included; whole ones become integers again."""
    return {key: from_value(value) for key, value in struct.fields.items()}


def from_value(value: struct_pb2.Value) -> Any:
    """Read a part of a document; an unset one is None."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return from_struct(value.struct_value)
    if kind == "list_value":
        return [from_value(entry) for entry in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return None if kind in (None, "null_value") else getattr(value, kind)
