"""Paths of fields in messages, such as ``status.phase``, ``restores.0.meta.name`` or ``meta.labels.team``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from fakes.suggestions import suggest
from fakes.times import to_text

TIMESTAMP = "google.protobuf.Timestamp"

_INDEX = re.compile("[0-9]{1,6}")

Place = tuple[FieldDescriptor, str]
"""A field and, if it is a list or map, the index or key in it."""


class FieldPathError(ValueError):
    """A message has no field at a path."""


def check_path(descriptor: Descriptor, path: str, expected: object = None, *, whole: bool = False) -> None:
    """Check that messages can have a field at *path*, and that it could have the value *expected*.

    Args:
        descriptor: Type of the messages.
        path: Path of the field.
        expected: A value; None stands for any.
        whole: Whether it may also be a whole message, for which only presence can be expected.

    Raises:
        FieldPathError: they can't; suggests the closest.
    """
    field, _ = _places(descriptor, path)[-1]
    target = _value_type(field)
    if target is not None and target.full_name != TIMESTAMP and not whole:
        raise FieldPathError(f"{field.name!r} is a whole message; expected the path of a field in it")
    if field.enum_type is not None and isinstance(expected, str):
        names = [value.name for value in field.enum_type.values]
        if expected not in names:
            raise FieldPathError(f"{expected!r} is no {field.enum_type.name}; {suggest(expected, names)}")


def listed_field(descriptor: Descriptor) -> FieldDescriptor | None:
    """The field of a response that has the resources of a page; None if it is not a page of a list."""
    for field in descriptor.fields:
        if field.is_repeated and field.message_type is not None and "meta" in field.message_type.fields_by_name:
            return field
    return None


def values_of(
    descriptor: Descriptor, above: tuple[Descriptor, ...] = ()
) -> Iterator[tuple[str, EnumDescriptor | None]]:
    """Return regular expressions for the paths in messages to single values, with the enums of those that have one."""
    for field in descriptor.fields:
        path = rf"{field.name}\.[0-9]+" if field.is_repeated else field.name
        target = _value_type(field)
        if target is None:
            yield path, field.enum_type
        elif not _is_map(field) and target not in above:
            yield from ((rf"{path}\.{inner}", enum) for inner, enum in values_of(target, (*above, descriptor)))


def value_field(descriptor: Descriptor, path: str) -> FieldDescriptor:
    """The field whose value is at *path*; for an entry of a map, that of its value.

    Raises:
        FieldPathError: messages of this type have no such field.
    """
    field, _ = _places(descriptor, path)[-1]
    if _is_map(field) and field.message_type is not None:
        return field.message_type.fields_by_name["value"]
    return field


def read_path(message: Message, path: str) -> object:
    """Read the field at *path*: enums as names, times as text; None if it is not set.

    An unset text or number reads as its default, as the API does not tell the two apart.

    Raises:
        FieldPathError: messages of this type have no such field.
    """
    places = _places(cast(Descriptor, message.DESCRIPTOR), path)
    value = _raw(message, places)
    field, _ = places[-1]
    if isinstance(value, int) and field.enum_type is not None:
        return field.enum_type.values_by_number[value].name
    if isinstance(value, Message) and value.DESCRIPTOR.full_name == TIMESTAMP:
        return to_text(value.ToMicroseconds())  # type: ignore[attr-defined]
    return value


def is_set(message: Message, path: str) -> bool:
    """Whether there is something at *path*; a text, number or enum that has its default counts as unset.

    Raises:
        FieldPathError: messages of this type have no such field.
    """
    value = _raw(message, _places(cast(Descriptor, message.DESCRIPTOR), path))
    return isinstance(value, Message) or bool(value)


def _places(descriptor: Descriptor, path: str) -> list[Place]:
    """The fields on a path; the last is its target."""
    places: list[Place] = []
    parts = path.split(".")
    target: Descriptor | None = descriptor
    while parts:
        if target is None or target.full_name == TIMESTAMP:
            done = path.removesuffix("." + ".".join(parts))
            raise FieldPathError(f"{done!r} is a single value; nothing can follow it")
        field = _field(target, parts.pop(0))
        target = _value_type(field)
        key = ""
        if field.is_repeated:
            if not parts:
                raise FieldPathError(f"{path!r} is a whole list or map; expected the path of one field in it")
            # Keys of labels may have dots; what follows a map of texts can only be the key.
            length = len(parts) if _is_map(field) and target is None else 1
            key, parts = ".".join(parts[:length]), parts[length:]
            if not _is_map(field) and not _INDEX.fullmatch(key):
                raise FieldPathError(f"{field.name!r} is a list; expected an index from 0, found {key!r}")
        places.append((field, key))
    return places


def _raw(message: Message, places: list[Place]) -> object:
    """The value as protobuf has it; None if it is not set."""
    value: Any = message
    for field, key in places:
        if field.has_presence and not value.HasField(field.name):
            return None
        value = getattr(value, field.name)
        if field.is_repeated:
            # Reading a missing key of a map of messages would create it.
            found = dict(value).get(key) if _is_map(field) else next(iter(value[int(key) :]), None)
            if found is None:
                return None
            value = found
    return value


def _field(descriptor: Descriptor, name: str) -> FieldDescriptor:
    field = descriptor.fields_by_name.get(name)
    if field is None:
        raise FieldPathError(
            f"{descriptor.name} has no field {name!r}; {suggest(name, list(descriptor.fields_by_name))}"
        )
    return field


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _value_type(field: FieldDescriptor) -> Descriptor | None:
    """The type of the message that a field, or an entry of it, holds; None for anything else."""
    if _is_map(field) and field.message_type is not None:
        return field.message_type.fields_by_name["value"].message_type
    return field.message_type
