"""Values of fields from JSON values: numbers, texts, bytes and enums, as protobuf maps them."""

from __future__ import annotations

import base64
import json
import math
import re
import struct
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from simulator.rpc.errors import shortened
from simulator.transports.rest_gateway.descriptors import INTEGERS, NULL_VALUE, Integer

SHOWN_LENGTH_MAX = 80
"""Characters of a wrong value that a message shows."""
LEFT_OUT = object()
"""Stands for the unknown name of an enum value."""


class JsonNumber(str):
    """A number as it was written, such as ``1e3``."""

    __slots__ = ()


class JsonObject(list[tuple[str, Any]]):
    """The members of an object, in the order in which they came."""

    __slots__ = ()


def shown(value: Any) -> str:
    """A JSON value as it was written, or its beginning."""
    if isinstance(value, list):
        return "{" if isinstance(value, JsonObject) else "["
    return value if isinstance(value, JsonNumber) else shortened(json.dumps(value), SHOWN_LENGTH_MAX)


def read_scalar(field: FieldDescriptor, value: Any) -> Any:
    """Read a value that is not a message.

    Returns:
        The value of the field, or `LEFT_OUT` if the field should stay as it is.

    Raises:
        ValueError: the field can't have this value.
    """
    try:
        if field.enum_type is not None:
            return _enum(field.enum_type, value)
        if field.type in INTEGERS:
            return _integer(value, INTEGERS[field.type])
        return _READ[field.type](value)
    except (ValueError, OverflowError):
        raise ValueError(f"invalid value for {_NAMES[field.type]} field {field.json_name}: {shown(value)}") from None


def read_key(field: FieldDescriptor, name: str) -> Any:
    """Read the key of a map, which JSON always has as a text.

    Raises:
        ValueError: the map can't have this key.
    """
    if field.type == FieldDescriptor.TYPE_STRING:
        return name
    try:
        if field.type == FieldDescriptor.TYPE_BOOL:
            return {"true": True, "false": False}[name]
        _require(re.fullmatch(r"[+-]?[0-9]+", name) is not None)
        return _integer(JsonNumber(int(name)), INTEGERS[field.type])
    except (KeyError, ValueError):
        raise ValueError(f"invalid value for {_NAMES[field.type]} key: {shown(name)}") from None


def _require(condition: bool) -> None:  # noqa: FBT001  # what it is about is plain where it is asked
    if not condition:
        raise ValueError


def _enum(enum: EnumDescriptor, value: Any) -> Any:
    if isinstance(value, JsonNumber):
        return _integer(value, INTEGERS[FieldDescriptor.TYPE_INT32])
    if value is None and enum.full_name == NULL_VALUE:
        return 0
    _require(isinstance(value, str))
    known = enum.values_by_name.get(value)
    return LEFT_OUT if known is None else known.number


def _bool(value: Any) -> bool:
    _require(isinstance(value, bool))
    return bool(value)


def _string(value: Any) -> str:
    _require(type(value) is str)
    text: str = value
    text.encode()  # half a surrogate pair is not text
    return text


def _bytes(value: Any) -> bytes:
    text = _string(value)
    return read_base64(text if "=" in text else text + "=" * (-len(text) % 4))


_BASE64 = re.compile(r"([A-Za-z0-9+/]*|[A-Za-z0-9_-]*)={0,2}")


def read_base64(text: str) -> bytes:
    """Read bytes in padded base64, standard or URL-safe.

    Raises:
        ValueError: it is none.
    """
    if len(text) % 4 or _BASE64.fullmatch(text) is None:
        raise ValueError("illegal base64 data")
    return base64.b64decode(text, altchars=b"-_" if {"-", "_"} & {*text} else None)


_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DIGITS_MAX = 20
"""The number of digits of the largest 64-bit integer."""


def _number(value: Any) -> str:
    """Return the text of a number, which may be given as a text."""
    _require(isinstance(value, str) and _NUMBER.fullmatch(value) is not None)
    return str(value)


def _integer(value: Any, kind: Integer) -> int:
    """Read a whole number, which may be written as ``1e3`` or ``5.0``."""
    number = Decimal(_number(value))
    if not number:
        return 0
    _require(number.adjusted() < _DIGITS_MAX)
    whole = int(number)
    _require(whole == number and kind.low <= whole <= kind.high)
    return whole


def read_double(value: Any) -> float:
    """Read a number of 64 bits.

    Raises:
        ValueError: it is none.
    """
    if value in ("NaN", "Infinity", "-Infinity"):  # a list can't be in a set
        return float(value)
    number = float(_number(value))
    _require(not math.isinf(number))
    return number


def _float(value: Any) -> float:
    number = read_double(value)
    struct.pack("<f", number)  # OverflowError where 32 bits can't hold it
    return number


_READ: Mapping[int, Callable[[Any], Any]] = {
    FieldDescriptor.TYPE_BOOL: _bool,
    FieldDescriptor.TYPE_BYTES: _bytes,
    FieldDescriptor.TYPE_DOUBLE: read_double,
    FieldDescriptor.TYPE_FLOAT: _float,
    FieldDescriptor.TYPE_STRING: _string,
}
"""The function that reads the value of a field, by the type of the field; it raises ValueError."""
_NAMES: Mapping[int, str] = {
    getattr(FieldDescriptor, name): name.removeprefix("TYPE_").lower()
    for name in vars(FieldDescriptor)
    if name.startswith("TYPE_")
}
"""The names of the types of fields in .proto files."""
