"""What fields of requests take: the types of Python's own values, checked before protobuf sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from fakes.suggestions import suggest
from fakes.values import HALF_A_PAIR, is_unicode, shown

_TYPES: Mapping[int, tuple[type, str]] = {
    FieldDescriptor.CPPTYPE_BOOL: (bool, "True or False"),
    FieldDescriptor.CPPTYPE_INT32: (int, "a whole number"),
    FieldDescriptor.CPPTYPE_INT64: (int, "a whole number"),
    FieldDescriptor.CPPTYPE_STRING: (str, "a text"),
}
"""What values are, by the type of the field."""


def require_value(key: str, field: FieldDescriptor, value: Any) -> None:
    """Check that *field* takes *value*; *key* is what messages call it.

    Raises:
        TypeError: it has another type.
        ValueError: it is none of the values that there are.
    """
    if field.message_type is not None:
        if field.message_type.GetOptions().map_entry:
            _require_texts(key, value)
    elif field.enum_type is not None and isinstance(value, str):
        if value not in field.enum_type.values_by_name:
            raise ValueError(f"{key} is {shown(value)}; {suggest(value, [*field.enum_type.values_by_name])}")
    else:
        _require_type(key, value, *_TYPES.get(field.cpp_type, (int, "a name or a number")))


def _require_type(key: str, value: object, kind: type, expected: str) -> None:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{key} is {shown(value)}; expected {expected}")
    if isinstance(value, str) and not is_unicode(value):
        raise ValueError(f"{key} is {shown(value)}, {HALF_A_PAIR}")


def _require_texts(key: str, entries: object) -> None:
    if not isinstance(entries, Mapping):
        raise TypeError(f"{key} is {shown(entries)}; expected texts by key, such as {{'team': 'shop'}}")
    for name, text in entries.items():
        _require_type(f"a key of {key}", name, str, "a text")
        _require_type(f"{key}[{shown(name)}]", text, str, "a text")
