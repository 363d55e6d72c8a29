"""Reads plain scalars: a text, a number, true, false or nothing, as in YAML 1.2.

A number remembers how it is written, so that messages and texts can show ``17.10`` and ``007`` as they stand in the
file. It counts as the number that it is in all else.
"""

from __future__ import annotations

import re
from typing import TypeVar

_NO_TEXT = re.compile(
    r"(?P<truth>true|True|TRUE|false|False|FALSE)"
    r"|(?P<nothing>null|Null|NULL|~|)"
    r"|(?P<whole>[-+]?[0-9]+)"
    r"|(?P<number>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
DIGITS_MAX = 4_000
"""The limit of digits of a whole number; Python reads a few more, in quadratic time."""


class _Written:
    """Shows a number as it is written."""

    written: str

    def __repr__(self) -> str:
        return self.written


class WrittenInt(_Written, int):
    """A whole number."""


class WrittenFloat(_Written, float):
    """Any other number."""


_Number = TypeVar("_Number", WrittenInt, WrittenFloat)


def plain_value(text: str) -> str | WrittenInt | WrittenFloat | bool | None:
    """Read a plain scalar.

    Raises:
        ValueError: it is a whole number with more than 4,000 digits.

    Example:
        >>> plain_value("17.10"), plain_value("on")
        (17.10, 'on')
    """
    match = _NO_TEXT.fullmatch(text)
    match match and match.lastgroup:
        case "truth":
            return text.lower() == "true"
        case "nothing":
            return None
        case "whole":
            if len(text) > DIGITS_MAX:
                raise ValueError(f"has {len(text)} digits; expected at most {DIGITS_MAX}")
            return _as_written(WrittenInt(text), text)
        case "number":
            return _as_written(WrittenFloat(text), text)
    return text


def _as_written(number: _Number, text: str) -> _Number:
    number.written = text
    return number
