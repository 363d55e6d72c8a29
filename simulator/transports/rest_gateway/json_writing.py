"""Writes messages as JSON, by protobuf's mapping: every field in lowerCamelCase, unset ones too.

The mapping is worked out once for each kind of message; `google.protobuf.json_format` works it out for each message.
"""

from __future__ import annotations

import base64
import json
import math
import struct
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

from simulator.transports.rest_gateway.descriptors import LONG, NULL_VALUE, WRAPPERS, entry_of
from simulator.transports.rest_gateway.message_types import FindMessageType

Write = Callable[[Any], Any]
"""Makes a JSON value from the value of a field."""


class _Field(NamedTuple):
    """How to write one field."""

    json_name: str
    name: str
    has_presence: bool
    is_left_out: bool  # when it is unset, rather than null
    write: Write


class JsonWriter:
    """Writes messages of any kind.

    Args:
        find_message_type: Finds the messages that an `Any` holds.
    """

    def __init__(self, find_message_type: FindMessageType) -> None:
        self._find_message_type = find_message_type
        self._fields: dict[Descriptor, tuple[_Field, ...]] = {}

    def to_value(self, message: Message) -> Any:
        """Make a JSON value from *message*.

        Raises:
            ValueError: it has something that JSON can't express, such as a time outside the years 1 to 9999.
        """
        special = _WELL_KNOWN.get(message.DESCRIPTOR.full_name)
        return self._members(message) if special is None else special(self, message)

    def field_to_value(self, message: Any, name: str) -> Any:
        """Make a JSON value from one field of *message*; if it is unset, from its default."""
        field = next(field for field in self._fields_of(message.DESCRIPTOR) if field.name == name)
        return field.write(getattr(message, name))

    def any_to_value(self, packed: Any) -> Any:
        """Make a JSON value from an `Any`; an unknown message stays as it is, in base64."""
        if not packed.type_url:
            return {}
        message_type = self._find_message_type(packed.type_url.rpartition("/")[2])
        try:
            message = None if message_type is None else message_type.FromString(packed.value)
        except DecodeError:
            message = None
        if message is None:
            return {"@type": packed.type_url, "value": _base64(packed.value)}
        value = self.to_value(message)
        is_special = message.DESCRIPTOR.full_name in _WELL_KNOWN
        return {"@type": packed.type_url} | ({"value": value} if is_special else value)

    def _members(self, message: Any) -> dict[str, Any]:
        members = {}
        for json_name, name, has_presence, is_left_out, write in self._fields_of(message.DESCRIPTOR):
            if not has_presence or message.HasField(name):
                members[json_name] = write(getattr(message, name))
            elif not is_left_out:
                members[json_name] = None
        return members

    def _fields_of(self, descriptor: Descriptor) -> tuple[_Field, ...]:
        fields = self._fields.get(descriptor)
        if fields is None:
            fields = self._fields[descriptor] = tuple(
                _Field(
                    field.json_name,
                    field.name,
                    field.has_presence,
                    field.containing_oneof is not None,
                    self._write_of(field),
                )
                for field in descriptor.fields
            )
        return fields

    def _write_of(self, field: FieldDescriptor) -> Write:
        if (entry := entry_of(field)) is not None:
            write = self._write_one_of(entry.value)
            return lambda entries: {_key(key): write(entries[key]) for key in sorted(entries)}
        write = self._write_one_of(field)
        return (lambda values: [write(value) for value in values]) if field.is_repeated else write

    def _write_one_of(self, field: FieldDescriptor) -> Write:
        if field.message_type is not None:
            return self.to_value
        if field.enum_type is not None:
            return _enum_writer(field.enum_type)
        return str if field.type in LONG else _SCALARS.get(field.type, _as_it_is)


def to_bytes(value: Any) -> bytes:
    """Write a JSON value as compact text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _as_it_is(value: Any) -> Any:
    return value


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


def _enum_writer(enum: EnumDescriptor) -> Write:
    if enum.full_name == NULL_VALUE:
        return lambda _: None
    names = {value.number: value.name for value in reversed(enum.values)}  # of aliases, the first
    return lambda number: names.get(number, number)


_WHOLE_MAX = 1 << 53
"""Beyond this, doubles can't represent every whole number."""


def _double(number: float) -> float | str:
    if math.isfinite(number):
        return int(number) if number.is_integer() and abs(number) < _WHOLE_MAX else number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _float(number: float) -> float | str:
    """The shortest number that reads back as the same 32 bits."""
    if not math.isfinite(number):
        return _double(number)
    bits = struct.pack("<f", number)
    texts = (f"{number:.{digits}g}" for digits in range(6, 10))
    return _double(next(float(text) for text in texts if struct.pack("<f", float(text)) == bits))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


_SCALARS: Mapping[int, Write] = {
    FieldDescriptor.TYPE_DOUBLE: _double,
    FieldDescriptor.TYPE_FLOAT: _float,
    FieldDescriptor.TYPE_BYTES: _base64,
}


def _wrapped(writer: JsonWriter, message: Any) -> Any:
    return writer.field_to_value(message, "value")


def _text(_writer: JsonWriter, message: Any) -> str:
    text: str = message.ToJsonString()
    return text


def _struct(writer: JsonWriter, message: Any) -> Any:
    return writer.field_to_value(message, "fields")


def _list(writer: JsonWriter, message: Any) -> Any:
    return writer.field_to_value(message, "values")


def _value(writer: JsonWriter, message: Any) -> Any:
    kind = message.WhichOneof("kind")
    return None if kind is None else writer.field_to_value(message, kind)


_WELL_KNOWN: Mapping[str, Callable[[JsonWriter, Any], Any]] = {
    "google.protobuf.Any": JsonWriter.any_to_value,
    "google.protobuf.Duration": _text,
    "google.protobuf.FieldMask": _text,
    "google.protobuf.ListValue": _list,
    "google.protobuf.Struct": _struct,
    "google.protobuf.Timestamp": _text,
    "google.protobuf.Value": _value,
    **dict.fromkeys(WRAPPERS, _wrapped),
}
"""Well-known messages that are not written as objects of their fields."""
