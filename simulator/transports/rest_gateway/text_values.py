"""Reads values of fields from texts in the query and the path of a URL, as Go does.

Errors read as Go's, which clients of the product see.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from simulator.transports.rest_gateway.descriptors import INTEGERS, Integer
from simulator.transports.rest_gateway.json_scalars import read_base64


def parse_scalar(field: FieldDescriptor, text: str) -> Any:
    """Read the value of a field that is not a message.

    Raises:
        ValueError: the field can't have this value.
    """
    if field.enum_type is not None:
        return _enum(field.enum_type, text)
    return _whole(text, INTEGERS[field.type]) if field.type in INTEGERS else _SCALARS[field.type](text)


def quoted(text: str) -> str:
    """Put a text into quotes."""
    return json.dumps(text, ensure_ascii=False)


def _enum(enum: EnumDescriptor, text: str) -> int:
    known = enum.values_by_name.get(text)
    if known is None and re.fullmatch(r"[+-]?[0-9]{1,10}", text):
        known = enum.values_by_number.get(int(text))
    if known is None:
        raise ValueError(f"{quoted(text)} is not a valid value")
    number: int = known.number
    return number


def _whole(text: str, kind: Integer) -> int:
    function = "ParseInt" if kind.low else "ParseUint"
    if re.fullmatch(r"[+-]?[0-9]+" if kind.low else r"[0-9]+", text) is None:
        raise ValueError(f"strconv.{function}: parsing {quoted(text)}: invalid syntax")
    if len(text) > _DIGITS_MAX or not kind.low <= int(text) <= kind.high:
        raise ValueError(f"strconv.{function}: parsing {quoted(text)}: value out of range")
    return int(text)


_DIGITS_MAX = 4_000
"""Python refuses longer numbers."""
_DIGITS = r"[0-9](?:_?[0-9])*"
_FLOAT = re.compile(
    rf"[+-]?({_DIGITS}\.?({_DIGITS})?|\.{_DIGITS})(e[+-]?{_DIGITS})?|[+-]?inf(inity)?|nan", re.IGNORECASE
)
_FLOAT_MAX = 3.4028235677973366e38


def _float(high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        if _FLOAT.fullmatch(text) is None:
            raise ValueError(f"strconv.ParseFloat: parsing {quoted(text)}: invalid syntax")
        number = float(text)
        if abs(number) >= high and "inf" not in text.lower():
            raise ValueError(f"strconv.ParseFloat: parsing {quoted(text)}: value out of range")
        return number

    return parse


_BOOLS: Mapping[str, bool] = dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True) | dict.fromkeys(
    ("0", "f", "F", "false", "FALSE", "False"), False
)


def _bool(text: str) -> bool:
    if text not in _BOOLS:
        raise ValueError(f"strconv.ParseBool: parsing {quoted(text)}: invalid syntax")
    return _BOOLS[text]


_DURATION = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}


def parse_nanoseconds(text: str) -> int:
    """Read a duration as Go writes it: ``1h30m``, ``-1.5s``, ``0``.

    Raises:
        ValueError: it is not a duration, or longer than 292 years.
    """
    sign, parts = (-1 if text.startswith("-") else 1), re.sub(r"^[+-]", "", text)
    if parts == "0":
        return 0
    if re.fullmatch(f"({_DURATION.pattern})+", parts) is None:
        raise ValueError(f"time: invalid duration {quoted(text)}")
    total = sum(Decimal(number) * _NANOSECONDS[unit] for number, unit in _DURATION.findall(parts))
    if total >= 1 << 63:
        raise ValueError(f"time: invalid duration {quoted(text)}")
    return sign * int(total)


_SCALARS: Mapping[int, Callable[[str], Any]] = {
    FieldDescriptor.TYPE_BOOL: _bool,
    FieldDescriptor.TYPE_BYTES: read_base64,
    FieldDescriptor.TYPE_DOUBLE: _float(math.inf),
    FieldDescriptor.TYPE_FLOAT: _float(_FLOAT_MAX),
    FieldDescriptor.TYPE_STRING: str,
}
