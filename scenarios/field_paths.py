"""Paths of fields in messages, such as ``status.phase``, ``restores.0.meta.name`` or ``meta.labels.team``."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from fakes.suggestions import suggest
from fakes.timeline import to_text

TIMESTAMP = "google.protobuf.Timestamp"


class FieldPathError(ValueError):
    """A message has no field at a path."""


def check_path(descriptor: Descriptor, path: str, expected: object) -> None:
    """Check that messages can have a field at *path*, and that it could have the value *expected*.

    Raises:
        FieldPathError: they can't; with what comes close.
    """
    parts = path.split(".")
    position = 0
    while True:
        field = _field(descriptor, parts[position])
        position += 1
        if field.is_repeated:
            if position == len(parts):
                raise FieldPathError(f"{path!r} is a whole list or map; expected the path of one field in it")
            _check_key(field, parts[position])
            position += 1
        target = _value_type(field)
        if position == len(parts):
            _check_value(field, expected)
            return
        if target is None or target.full_name == TIMESTAMP:
            raise FieldPathError(f"{'.'.join(parts[:position])!r} is a single value; nothing can follow it")
        descriptor = target


def read_path(message: Message, path: str) -> object:
    """Read the field at *path*: enums as names, times as text; None where nothing is set.

    An unset text or number reads as its default, as the API does not tell the two apart.

    Raises:
        FieldPathError: messages of this type have no such field.
    """
    current: Any = message
    parts = path.split(".")
    position = 0
    while position < len(parts):
        field = _field(current.DESCRIPTOR, parts[position])
        value = getattr(current, field.name)
        position += 1
        if field.is_repeated:
            key: Any = parts[position] if _is_map(field) else int(parts[position])
            position += 1
            try:
                value = dict(value)[key] if _is_map(field) else value[key]
            except LookupError:
                return None
        elif field.has_presence and not current.HasField(field.name):
            return None
        current = value
        if not isinstance(value, Message):
            return field.enum_type.values_by_number[value].name if field.enum_type else value
        if value.DESCRIPTOR.full_name == TIMESTAMP:
            return to_text(current.ToMicroseconds())
    raise FieldPathError(f"{path!r} is a whole message; expected the path of a field in it")


def _field(descriptor: Descriptor, name: str) -> FieldDescriptor:
    field = descriptor.fields_by_name.get(name)
    if field is None:
        raise FieldPathError(
            f"{descriptor.name} has no field {name!r}; {suggest(name, list(descriptor.fields_by_name))}"
        )
    return field


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _check_key(field: FieldDescriptor, key: str) -> None:
    if not _is_map(field) and not key.isdecimal():
        raise FieldPathError(f"{field.name!r} is a list; expected an index from 0, found {key!r}")


def _value_type(field: FieldDescriptor) -> Descriptor | None:
    if _is_map(field) and field.message_type is not None:
        return field.message_type.fields_by_name["value"].message_type
    return field.message_type


def _check_value(field: FieldDescriptor, expected: object) -> None:
    target = _value_type(field)
    if target is not None and target.full_name != TIMESTAMP and not hasattr(expected, "present"):
        raise FieldPathError(f"{field.name!r} is a whole message; expected the path of a field in it")
    if field.enum_type is not None and isinstance(expected, str):
        names = [value.name for value in field.enum_type.values]
        if expected not in names:
            raise FieldPathError(f"{expected!r} is no {field.enum_type.name}; {suggest(expected, names)}")
