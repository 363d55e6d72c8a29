"""Values that a field can't have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from fakes.suggestions import suggest
from scenarios.checks.subjects import Subject
from scenarios.format.expectations import Matcher
from scenarios.format.field_paths import TIMESTAMP as TIMESTAMP_TYPE
from scenarios.format.field_paths import value_field
from scenarios.format.regular_expressions import matches_whole
from scenarios.loading.references import VARIABLE
from simulator.documents.problems import Finding, shown

_TIME_TEXT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True)
class Kind:
    """What values a kind of field has, as scenarios see them.

    Args:
        name: For people.
        takes: Whether it could have a value.
        unset: What it may read as while it is not set.
        all_values: All that it can be, as texts; empty where that are too many.
    """

    name: str
    takes: Callable[[Any], bool]
    unset: tuple[object, ...]
    all_values: tuple[str, ...] = ()


def kind_of(descriptor: Descriptor, path: str) -> Kind | None:
    """What values the field at *path* has; None where it is a whole message."""
    field = value_field(descriptor, path)
    if field.message_type is not None:
        return _TIME if field.message_type.full_name == TIMESTAMP_TYPE else None
    if field.enum_type is not None:
        names = tuple(value.name for value in field.enum_type.values)
        return Kind(f"one of {field.enum_type.name}", lambda value: value in names, (None, names[0]), names)
    if field.containing_type is not None and field.containing_type.GetOptions().map_entry:
        return _ENTRY
    return _SCALARS.get(field.type, _NUMBER)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TIME = Kind("a time", lambda value: isinstance(value, str) and _TIME_TEXT.fullmatch(value) is not None, (None,))
_ENTRY = Kind("a text", lambda value: isinstance(value, str), (None, ""))
"""A label, or another entry of a map, in which somebody may have written anything."""
_NUMBER = Kind("a number", _is_number, (None, 0))
_SCALARS: Mapping[int, Kind] = {
    FieldDescriptor.TYPE_STRING: Kind("a text", lambda value: isinstance(value, str), (None, "")),
    FieldDescriptor.TYPE_BYTES: Kind("a text", lambda _: True, (None, b"")),
    FieldDescriptor.TYPE_BOOL: Kind(
        "true or false", lambda value: isinstance(value, bool), (None, False), ("True", "False")
    ),
}


def field_problems(subject: Subject) -> Iterator[Finding]:
    """Fields that are expected to be what they can't be."""
    if subject.answer is None:
        return
    for path, expected in subject.expectation.fields.items():
        kind = kind_of(subject.answer, path)
        where = (*subject.where, "fields", path)
        if isinstance(expected, Matcher):
            yield from ((where + key, message) for key, message in _matcher_problems(expected, kind))
        elif kind is not None and not _can_be(kind, expected):
            yield where, f"can never hold: it is {kind.name}, {_instead(kind, expected)}"


def _matcher_problems(matcher: Matcher, kind: Kind | None) -> Iterator[Finding]:
    if matcher.one_of is not None and not matcher.one_of:
        yield ("one_of",), "can never hold: none of nothing can be found; expected at least one value"
    if kind is None:
        return
    for index, value in enumerate(matcher.one_of or ()):
        if not _can_be(kind, value):
            yield ("one_of", index), f"can never be found: it is {kind.name}, {_instead(kind, value)}"
    if matcher.at is not None and kind not in (_TIME, _ENTRY):
        yield ("at",), f"can never hold: it is {kind.name}, not a time"
    if matcher.matches is not None and not _matches_some(matcher.matches, kind):
        yield ("matches",), f"can never hold: it is {kind.name}; {suggest(matcher.matches, kind.all_values)}"
    if matcher.present is False and not holds_unset(kind, matcher):
        others = " and ".join(sorted(matcher.model_fields_set - {"present"}))
        yield ("present",), f"can never hold together with {others!r}, which needs something to be there"


def _matches_some(pattern: str, kind: Kind) -> bool:
    """Whether something that the field can be matches; True when in doubt."""
    is_known = kind.all_values and not _is_variable(pattern)
    return not is_known or any(matches_whole(pattern, text) for text in ("", *kind.all_values))


def holds_unset(kind: Kind, expected: object) -> bool:
    """Whether a field that is not set may be as *expected*; True when in doubt."""
    if not isinstance(expected, Matcher):
        return _is_variable(expected) or any(_equal(expected, value) for value in kind.unset)
    return expected.present is not True and any(_matches(expected, value) for value in kind.unset)


def _matches(matcher: Matcher, value: object) -> bool:
    text = "" if value is None else str(value)
    pattern = matcher.matches
    return (
        (pattern is None or _is_variable(pattern) or matches_whole(pattern, text))
        and matcher.at is None
        and (matcher.one_of is None or any(_is_variable(one) or _equal(one, value) for one in matcher.one_of))
    )


def _equal(expected: object, found: object) -> bool:
    return expected == found and isinstance(expected, bool) is isinstance(found, bool)


def _can_be(kind: Kind, value: object) -> bool:
    return _is_variable(value) or kind.takes(value)


def _is_variable(value: object) -> bool:
    return isinstance(value, str) and VARIABLE.search(value) is not None


def _instead(kind: Kind, value: object) -> str:
    """What was written, and what would be right."""
    written = f"{'true' if value is True else 'false' if value is False else value}"
    if kind is _TIME:
        return f"read as 2025-01-01T00:00:03.000000Z; {shown(value)} is none; expected {{at: ...}}"
    if kind.takes(written):
        return f'not {shown(value)}; did you mean "{written}"?'
    if isinstance(value, str) and _is_number(_as_number(value)) and kind is _NUMBER:
        return f"not {shown(value)}; did you mean {value} without quotes?"
    if kind.all_values and kind.name != "true or false":
        return f"not {shown(value)}; {suggest(str(value), kind.all_values)}"
    return f"not {shown(value)}"


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
