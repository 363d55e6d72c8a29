"""Fields of a request from its path, its query and forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from simulator.transports.rest_gateway.descriptors import WRAPPERS, entry_of, find_field, real_oneof
from simulator.transports.rest_gateway.json_reading import JsonReader, parse_json
from simulator.transports.rest_gateway.statuses import InvalidInput
from simulator.transports.rest_gateway.text_values import parse_nanoseconds, parse_scalar, quoted

_KEYED = re.compile(r"(.*)\[(.*)\]")
"""An entry of a map: ``labels[team]=shop``."""


def parse_query(text: str) -> dict[str, list[str]]:
    """Read a query or a form: the values of each parameter, in the order in which they came.

    Raises:
        InvalidInput: an escape is invalid, or is not UTF-8; or there is a semicolon.
    """
    values: dict[str, list[str]] = {}
    for part in filter(None, text.split("&")):
        if ";" in part:
            raise InvalidInput("invalid semicolon separator in query")
        key, _, value = part.partition("=")
        values.setdefault(unescape(key.replace("+", " ")), []).append(unescape(value.replace("+", " ")))
    return values


def unescape(text: str) -> str:
    """Replace escapes such as ``%3A``.

    Raises:
        InvalidInput: an escape is invalid, or is not UTF-8.
    """
    if "%" not in text:
        return text
    wrong = re.search(r"%(?![0-9A-Fa-f]{2}).{0,2}", text)
    if wrong is not None:
        raise InvalidInput(f"invalid URL escape {quoted(wrong[0])}")
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise InvalidInput(f"invalid URL escape {quoted(text)}: no UTF-8") from None


class ParameterReader:
    """Puts parameters into messages.

    Args:
        json_reader: Reads values that are JSON.
    """

    def __init__(self, json_reader: JsonReader) -> None:
        self._json_reader = json_reader

    def merge_query(self, request: Any, query: Mapping[str, Sequence[str]], taken: Sequence[str]) -> None:
        """Put the parameters of a query into *request*; unknown ones are ignored.

        Args:
            request: The message to fill.
            query: The values of each parameter.
            taken: Paths of fields that are set already, and that no parameter may change.

        Raises:
            InvalidInput: a field can't have its value.
        """
        taken_paths = [field.split(".") for field in taken if field]
        for key, values in query.items():
            keyed = _KEYED.fullmatch(key)
            if keyed is not None:
                key, values = keyed[1], [keyed[2], *values]  # noqa: PLW2901  # as if it had come so
            path = _normalized(request.DESCRIPTOR, key.split("."))
            if not any(path[: len(other)] == other for other in taken_paths):
                self._merge(request, path, values)

    def merge_path(self, request: Message, variables: Mapping[str, str]) -> None:
        """Put the variables of a path into *request*.

        Raises:
            InvalidInput: a field can't have its value.
        """
        for path, value in variables.items():
            try:
                self._merge(request, path.split("."), [value])
            except InvalidInput as refused:
                message = refused.message
                if "." not in path:
                    message = message.partition(": ")[2]  # the name of the field already stands before it
                raise InvalidInput(f"type mismatch, parameter: {path}, error: {message}") from None

    def _merge(self, message: Any, path: Sequence[str], values: Sequence[str]) -> None:
        for name in path[:-1]:
            field = find_field(message.DESCRIPTOR, name)
            if field is None:
                return
            if field.message_type is None or field.is_repeated:
                raise InvalidInput(f"invalid path: {quoted(name)} is not a message")
            message = getattr(message, field.name)
            message.SetInParent()
        field = find_field(message.DESCRIPTOR, path[-1])
        if field is None:
            return
        oneof = real_oneof(field)
        if oneof is not None and message.WhichOneof(oneof) is not None:
            raise InvalidInput(f"field already set for oneof {quoted(oneof)}")
        self._set(message, field, values)

    def _set(self, message: Any, field: FieldDescriptor, values: Sequence[str]) -> None:
        entry, what = entry_of(field), "list" if field.is_repeated else "field"
        if entry is None and not field.is_repeated and len(values) > 1:
            raise InvalidInput(f"too many values for field {quoted(field.name)}: {', '.join(values)}")
        if entry is not None and len(values) != _KEY_AND_VALUE:
            shown = quoted(values[0])
            raise InvalidInput(f"more than one value provided for key {shown} in map {quoted(field.full_name)}")
        try:
            if entry is not None:
                what = "map key"
                key = parse_scalar(entry.key, values[0])
                what = "map value"
                self._set_entry(getattr(message, field.name), key, entry.value, values[1])
            elif field.is_repeated:
                self._extend(getattr(message, field.name), field, values)
            elif field.message_type is None:
                setattr(message, field.name, parse_scalar(field, values[0]))
            else:
                inside = getattr(message, field.name)
                inside.SetInParent()
                self._parse_message(inside, values[0])
        except ValueError as error:
            raise InvalidInput(f"parsing {what} {quoted(field.name)}: {error}") from None

    def _extend(self, items: Any, field: FieldDescriptor, values: Sequence[str]) -> None:
        for value in values:
            if field.message_type is None:
                items.append(parse_scalar(field, value))
            else:
                self._parse_message(items.add(), value)

    def _set_entry(self, entries: Any, key: Any, field: FieldDescriptor, value: str) -> None:
        if field.message_type is None:
            entries[key] = parse_scalar(field, value)
        else:
            self._parse_message(entries[key], value)

    def _parse_message(self, message: Any, text: str) -> None:
        full_name = message.DESCRIPTOR.full_name
        if full_name in WRAPPERS:
            message.value = parse_scalar(message.DESCRIPTOR.fields[0], text)
        elif full_name == "google.protobuf.FieldMask":
            message.paths[:] = text.split(",")
        elif full_name == "google.protobuf.Duration":
            message.FromNanoseconds(parse_nanoseconds(text))
        elif full_name == "google.protobuf.Timestamp":
            self._json_reader.merge(message, text)
        elif full_name in _JSON:
            self._json_reader.merge(message, parse_json(text))
        else:
            raise ValueError(f"unsupported message type: {quoted(full_name)}")


_KEY_AND_VALUE = 2
_JSON = frozenset({"google.protobuf.Struct", "google.protobuf.Value"})


def _normalized(descriptor: Descriptor, path: list[str]) -> list[str]:
    """Return a path with the names of the .proto files; an unknown path stays as it is."""
    names: list[str] = []
    for name in path:
        field = find_field(descriptor, name)
        if field is None:
            return path
        names.append(field.name)
        if len(names) == len(path):
            break
        if field.message_type is None or field.is_repeated:
            return path
        descriptor = field.message_type
    return names
