"""Values of fields from texts, as the query and the path of a URL have them; they are those that Go reads.

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

from simulator.transports.rest_gateway.json_scalars import read_base64


def parse_scalar(field: FieldDescriptor, text: str) -> Any:
    """Read the value of a field that is no message.

    Raises:
        ValueError: the field can't have this value.
    """
    return _enum(field.enum_type, text) if field.enum_type is not None else _SCALARS[field.type](text)


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


def _whole(function: str, low: int, high: int) -> Callable[[str], int]:
    """Read whole numbers from *low* to below *high*; errors read as those of the function of Go."""
    pattern = re.compile(r"[0-9]+" if low == 0 else r"[+-]?[0-9]+")

    def parse(text: str) -> int:
        if pattern.fullmatch(text) is None:
            raise ValueError(f"strconv.{function}: parsing {quoted(text)}: invalid syntax")
        if len(text) > _DIGITS_MAX or not low <= int(text) < high:
            raise ValueError(f"strconv.{function}: parsing {quoted(text)}: value out of range")
        return int(text)

    return parse


def _signed(bits: int) -> Callable[[str], int]:
    return _whole("ParseInt", -(1 << bits - 1), 1 << bits - 1)


def _unsigned(bits: int) -> Callable[[str], int]:
    return _whole("ParseUint", 0, 1 << bits)


_DIGITS_MAX = 4_000
"""Python reads no longer numbers."""
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
        ValueError: it is none, or longer than 292 years.
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


_SCALARS: Mapping[int, Callable[[str], Any]] = (
    {
        FieldDescriptor.TYPE_BOOL: _bool,
        FieldDescriptor.TYPE_BYTES: read_base64,
        FieldDescriptor.TYPE_DOUBLE: _float(math.inf),
        FieldDescriptor.TYPE_FLOAT: _float(_FLOAT_MAX),
        FieldDescriptor.TYPE_STRING: str,
    }
    | {
        number: _signed(bits)
        for kind, bits in (("INT", 32), ("SINT", 32), ("SFIXED", 32), ("INT", 64), ("SINT", 64), ("SFIXED", 64))
        for number in (getattr(FieldDescriptor, f"TYPE_{kind}{bits}"),)
    }
    | {
        getattr(FieldDescriptor, f"TYPE_{kind}{bits}"): _unsigned(bits)
        for kind in ("UINT", "FIXED")
        for bits in (32, 64)
    }
)
