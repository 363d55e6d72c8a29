"""Reads messages from JSON, by protobuf's mapping; unknown members are ignored.

Objects stay lists of members, because a member that comes twice is an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import EncodeError, Message

from simulator.transports.rest_gateway.descriptors import NULL_VALUE, WRAPPERS, Entry, entry_of, find_field
from simulator.transports.rest_gateway.json_scalars import (
    LEFT_OUT,
    JsonNumber,
    JsonObject,
    read_double,
    read_key,
    read_scalar,
    shown,
)
from simulator.transports.rest_gateway.message_types import FindMessageType
from simulator.transports.rest_gateway.statuses import InvalidInput

DEPTH_MAX = 100
"""Levels of nested messages; protobuf reads no more."""


def parse_json(text: str, *, is_alone: bool = False) -> Any:
    """Read the first JSON value of *text*; what comes after it does not matter, unless it *is_alone*.

    Returns:
        None, booleans, texts and lists as Python's own, `JsonNumber` and `JsonObject`.

    Raises:
        InvalidInput: it is not JSON.
    """
    start = re.match(r"[ \t\r\n]*", text).end()  # type: ignore[union-attr]  # it always matches
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise InvalidInput("unexpected EOF") from None
        raise InvalidInput(f"invalid JSON: {error}") from None
    except RecursionError:
        raise InvalidInput("invalid JSON: too many levels of nesting") from None
    rest = text[end:].strip(" \t\r\n") if is_alone else ""
    if rest:
        raise InvalidInput(f"invalid JSON: after the value comes {shown(rest)}; expected nothing")
    return value


def _no_constant(text: str) -> NoReturn:
    raise InvalidInput(f"invalid JSON: {text} is no value")


_DECODER = json.JSONDecoder(
    object_pairs_hook=JsonObject, parse_int=JsonNumber, parse_float=JsonNumber, parse_constant=_no_constant
)


class _Misread(ValueError):
    """A problem of a value inside another, with its place there."""

    def __init__(self, place: str, error: Exception) -> None:
        self.place = place + getattr(error, "place", "")
        self.reason: str = getattr(error, "reason", str(error))
        super().__init__(f"{self.place.removeprefix('.')}: {self.reason}")


class JsonReader:
    """Reads messages of any kind.

    Args:
        find_message_type: Finds the messages that an `Any` holds.
    """

    def __init__(self, find_message_type: FindMessageType) -> None:
        self._find_message_type = find_message_type

    def merge(self, message: Message, value: Any) -> None:
        """Fill *message* from the JSON value *value*.

        Raises:
            InvalidInput: it is not such a message.
        """
        try:
            self._merge(message, value, 0)
        except (ValueError, EncodeError) as error:
            raise InvalidInput(f"proto: {error}") from None

    def merge_field(self, message: Message, field: FieldDescriptor, value: Any) -> None:
        """Put *value* into one field of *message*.

        Raises:
            InvalidInput: it is not a value for this field.
        """
        if value is None and (field.message_type is None or field.is_repeated):
            return
        try:
            self._merge_field(message, field, value, 0)
        except (ValueError, EncodeError) as error:
            raise InvalidInput(f"proto: {error}") from None

    def _merge(self, message: Message, value: Any, depth: int) -> None:
        if depth > DEPTH_MAX:
            raise ValueError("exceeded max recursion depth")
        special = _WELL_KNOWN.get(message.DESCRIPTOR.full_name)
        if special is not None:
            special(self, message, value, depth)
        else:
            self._merge_members(message, _object(value), depth)

    def _merge_members(self, message: Any, members: JsonObject, depth: int) -> None:
        descriptor = message.DESCRIPTOR
        seen: set[object] = set()
        for name, value in members:
            field = find_field(descriptor, name)
            if field is None:
                continue
            if field.number in seen:
                raise ValueError(f"duplicate field {name!r}")
            seen.add(field.number)
            if value is None and not _takes_null(field):
                continue
            oneof = field.containing_oneof
            if oneof is not None and oneof.name in seen:
                raise ValueError(f"error parsing {name!r}, oneof {oneof.full_name} is already set")
            seen.add(oneof and oneof.name)
            try:
                self._merge_field(message, field, value, depth)
            except (ValueError, EncodeError) as error:
                raise _Misread(f".{name}", error) from None

    def _merge_field(self, message: Message, field: FieldDescriptor, value: Any, depth: int) -> None:
        if (entry := entry_of(field)) is not None:
            self._merge_map(getattr(message, field.name), entry, value, depth)
        elif field.is_repeated:
            self._merge_list(getattr(message, field.name), field, value, depth)
        elif field.message_type is not None:
            inside = getattr(message, field.name)
            inside.SetInParent()
            self._merge(inside, value, depth + 1)
        elif (read := read_scalar(field, value)) is not LEFT_OUT:
            setattr(message, field.name, read)

    def _merge_list(self, items: Any, field: FieldDescriptor, values: Any, depth: int) -> None:
        if not isinstance(values, list) or isinstance(values, JsonObject):
            raise _unexpected(values, "a list")
        for place, value in enumerate(values):
            try:
                if field.message_type is not None:
                    self._merge(items.add(), value, depth + 1)
                elif (read := read_scalar(field, value)) is not LEFT_OUT:
                    items.append(read)
            except (ValueError, EncodeError) as error:
                raise _Misread(f"[{place}]", error) from None

    def _merge_map(self, entries: Any, entry: Entry, value: Any, depth: int) -> None:
        for name, item in _object(value):
            key = read_key(entry.key, name)
            if key in entries:
                raise ValueError(f"duplicate map key {name!r}")
            try:
                if entry.value.message_type is not None:
                    entries[key].SetInParent()
                    self._merge(entries[key], item, depth + 1)
                elif (read := read_scalar(entry.value, item)) is not LEFT_OUT:
                    entries[key] = read
            except (ValueError, EncodeError) as error:
                raise _Misread(f".{name}", error) from None

    def merge_any(self, message: Any, value: Any, depth: int) -> None:
        """Pack the message that an object with an ``@type`` describes."""
        members = _object(value)
        urls = [url for name, url in members if name == "@type"]
        if not urls:
            return
        if len(urls) > 1 or type(urls[0]) is not str or not urls[0]:
            raise ValueError("'@type' has to be there once, with a text")
        message_type = self._find_message_type(urls[0].rpartition("/")[2])
        if message_type is None:
            raise ValueError(f"unable to resolve {urls[0]!r}: not found")
        packed = message_type()
        others = JsonObject((name, item) for name, item in members if name != "@type")
        if packed.DESCRIPTOR.full_name in _WELL_KNOWN:
            values = [item for name, item in others if name == "value"]
            if len(values) != 1:
                raise ValueError("'value' has to be there once")
            self._merge(packed, values[0], depth + 1)
        else:
            self._merge_members(packed, others, depth + 1)
        message.type_url, message.value = urls[0], packed.SerializeToString(deterministic=True)

    def merge_value(self, message: Any, value: Any, depth: int) -> None:
        """Read any JSON value as a ``Value``."""
        if value is None:
            message.null_value = 0
        elif isinstance(value, bool):
            message.bool_value = value
        elif isinstance(value, JsonNumber):
            try:
                message.number_value = read_double(value)
            except ValueError:
                raise ValueError(f"invalid number {shown(value)}; expected one that fits into 64 bits") from None
        elif isinstance(value, str):
            message.string_value = value
        elif isinstance(value, JsonObject):
            message.struct_value.SetInParent()
            self._merge(message.struct_value, value, depth + 1)
        else:
            message.list_value.SetInParent()
            self._merge(message.list_value, value, depth + 1)

    def merge_inside(self, message: Any, value: Any, depth: int) -> None:
        """Read the value of the only field of a message: a wrapped value, the fields of a struct, a list."""
        self._merge_field(message, message.DESCRIPTOR.fields[0], value, depth)


def _takes_null(field: FieldDescriptor) -> bool:
    """Whether null is a value of *field*, rather than none."""
    kind = field.message_type or field.enum_type
    return kind is not None and kind.full_name in {NULL_VALUE, "google.protobuf.Value"}


def _object(value: Any) -> JsonObject:
    if not isinstance(value, JsonObject):
        raise _unexpected(value, "an object")
    return value


def _unexpected(value: Any, expected: str) -> ValueError:
    return ValueError(f"syntax error: unexpected token {shown(value)}; expected {expected}")


def _text(pattern: str) -> Callable[[JsonReader, Any, Any, int], None]:
    """Read a message that protobuf reads from a text, after checking the form of the text."""
    compiled = re.compile(pattern)

    def merge(_reader: JsonReader, message: Any, value: Any, _depth: int) -> None:
        found = compiled.fullmatch(value) if type(value) is str else None
        if found is None:
            raise ValueError(f"invalid {message.DESCRIPTOR.full_name} value {shown(value)}")
        message.FromJsonString(value if compiled.groups == 0 else _plain_duration(*found.groups()))

    return merge


def _plain_duration(sign: str, whole: str | None, fraction: str | None) -> str:
    """Write a duration as protobuf for Python reads it, which does not accept ``.5s`` or ``+5s``."""
    return f"{sign.strip('+')}{whole or 0}.{fraction or 0}s"


_PATH = r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*"

_WELL_KNOWN: Mapping[str, Callable[[JsonReader, Any, Any, int], None]] = {
    "google.protobuf.Any": JsonReader.merge_any,
    "google.protobuf.Duration": _text(r"([+-]?)(?=[0-9.]*[0-9])(0|[1-9][0-9]*)?(?:\.([0-9]{0,9}))?s"),
    "google.protobuf.FieldMask": _text(rf"(?:{_PATH}(?:,{_PATH})*)?"),
    "google.protobuf.ListValue": JsonReader.merge_inside,
    "google.protobuf.Struct": JsonReader.merge_inside,
    "google.protobuf.Timestamp": _text(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
    ),
    "google.protobuf.Value": JsonReader.merge_value,
    **dict.fromkeys(WRAPPERS, JsonReader.merge_inside),
}
"""Well-known messages that are not read from objects of their fields."""
