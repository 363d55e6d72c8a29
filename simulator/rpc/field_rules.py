"""Rules for the values of fields: rows of a table, by the full name of the field.

They are the rules that the product enforces beyond the annotations of the .proto files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import grpc
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from fakes.suggestions import suggest
from fakes.world.entities import COLLECTIONS
from simulator.api.pool import POOL
from simulator.rpc.errors import shortened
from simulator.sessions.clock import ClockMode

STRING_LENGTH_MAX = 1_024
"""Characters of strings without a rule of their own, such as identifiers."""
SHOWN_LENGTH_MAX = 80
"""Characters of a wrong value that a message shows."""
LABELS_MAX = 128
"""Entries in a map of labels or annotations."""
ANNOTATIONS_LENGTH_MAX = 256 * 1024
"""Characters in all annotations together; the limit of Kubernetes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for a value.

    Args:
        find: Returns what is wrong with a value and what would be right; None when nothing is wrong.
        schema: The same as JSON Schema, as far as that can express it.
    """

    find: Callable[[Any], str | None]
    schema: Mapping[str, Any]


def shown(text: str) -> str:
    """Show a wrong value, or its beginning."""
    return repr(shortened(text, SHOWN_LENGTH_MAX))


def unknown_name(text: str, known: Sequence[str]) -> str:
    """Say that *text* is none of the *known* names, and which comes closest."""
    return f"is {shown(text)}; {suggest(text, known)}"


def rule_of(field: FieldDescriptor) -> Rule:
    """Return the rule for the values of a field that is not a map."""
    if field.full_name in _RULES:
        return _RULES[field.full_name]
    if field.enum_type is not None:
        return _known_number(field.enum_type)
    return _at_most(STRING_LENGTH_MAX) if field.type == FieldDescriptor.TYPE_STRING else ANYTHING


def _at_most(length: int) -> Rule:
    def find(text: str) -> str | None:
        return None if len(text) <= length else f"has {len(text)} characters; expected at most {length}"

    return Rule(find, {"maxLength": length})


def _matching(pattern: str, expected: str, *, lengths: range) -> Rule:
    compiled = re.compile(pattern)

    def find(text: str) -> str | None:
        if len(text) not in lengths:
            return f"{shown(text)} has {len(text)} characters; expected {lengths.start} to {lengths.stop - 1}"
        return None if compiled.fullmatch(text) else f"{shown(text)} is not valid; expected {expected}"

    return Rule(find, {"pattern": f"^({pattern})$", "minLength": lengths.start, "maxLength": lengths.stop - 1})


def _one_of(names: Sequence[str]) -> Rule:
    def find(text: str) -> str | None:
        return None if text in names else unknown_name(text, [*filter(None, names)])

    return Rule(find, {"enum": [*names]})


_ABOVE_ZERO = Rule(
    lambda number: None if 0 < number < inf else f"is {number}; expected a finite number above 0",
    {"exclusiveMinimum": 0},
)
_NON_NEGATIVE = Rule(lambda number: None if number >= 0 else f"is {number}; expected 0 (unset) or more", {"minimum": 0})


def _known_number(enum: EnumDescriptor) -> Rule:
    names = {value.number: value.name for value in enum.values}
    known = ", ".join(f"{name} ({value})" for value, name in names.items())

    return Rule(lambda number: None if number in names else f"is {number}; expected one of {known}", {})


def _find_many(entries: Mapping[str, str]) -> str | None:
    return None if len(entries) <= LABELS_MAX else f"has {len(entries)} entries; expected at most {LABELS_MAX}"


def _find_long(entries: Mapping[str, str]) -> str | None:
    length = sum(len(key) + len(value) for key, value in entries.items())
    if length > ANNOTATIONS_LENGTH_MAX:
        return f"has {length} characters altogether; expected at most {ANNOTATIONS_LENGTH_MAX}"
    return _find_many(entries)


_FEW = Rule(_find_many, {"maxProperties": LABELS_MAX})
_FEW_AND_SHORT = Rule(_find_long, _FEW.schema)
ANYTHING = Rule(lambda _: None, {})


_QUALIFIED_NAME = r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?"
_SUBDOMAIN = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"

_LABEL_KEY = _matching(
    rf"({_SUBDOMAIN}/)?{_QUALIFIED_NAME}",
    "letters, digits, '-', '_' and '.', first and last a letter or digit; a lower-case DNS prefix and '/' may precede",
    lengths=range(3, 64),
)
_LABEL_VALUE = _matching(
    rf"({_QUALIFIED_NAME})?",
    "nothing, or letters, digits, '-', '_' and '.', first and last a letter or digit",
    lengths=range(64),
)

_COMMON = "public.portworx.common.v1"
_RESTORE = "public.portworx.pds.restore.v1"
_CONTROL = "pds.simulator.control.v1"
WORLD_KINDS = (*COLLECTIONS, "restores")
"""What the world of a session is made of."""
_CLOCKS = tuple(mode.value for mode in ClockMode)
_PAGE_TOKEN = _matching("[0-9]*", "the next_page_token of the page before", lengths=range(19))
_EVENT_KINDS = [field.name for field in POOL.FindMessageTypeByName(f"{_CONTROL}.Event").oneofs_by_name["what"].fields]

_RULES: Mapping[str, Rule] = {
    f"{_COMMON}.Meta.name": _matching(
        r"[A-Za-z0-9][A-Za-z0-9_ -]*[A-Za-z0-9]",
        "letters, digits, '_', '-' and spaces, first and last a letter or digit",
        lengths=range(3, 64),
    ),
    f"{_RESTORE}.RecreateRestoreRequest.name": _matching(
        r"[A-Za-z][A-Za-z0-9_-]*", "a letter, then letters, digits, '_' and '-'", lengths=range(3, 64)
    ),
    f"{_COMMON}.Meta.description": _at_most(100),
    f"{_COMMON}.PageBasedPaginationRequest.page_number": _NON_NEGATIVE,
    f"{_COMMON}.PageBasedPaginationRequest.page_size": _NON_NEGATIVE,
    **{f"{_CONTROL}.List{kind}Request.page_size": _NON_NEGATIVE for kind in ("Sessions", "Calls", "Events")},
    **{f"{_CONTROL}.List{kind}Request.page_token": _PAGE_TOKEN for kind in ("Sessions", "Calls", "Events")},
    **{f"{_CONTROL}.{kind}EventsRequest.after": _NON_NEGATIVE for kind in ("List", "Watch")},
    f"{_CONTROL}.ListEventsRequest.kinds": _one_of(_EVENT_KINDS),
    f"{_CONTROL}.ListCallsRequest.call": _NON_NEGATIVE,
    f"{_CONTROL}.ListCallsRequest.code": _one_of(("", *(code.name for code in grpc.StatusCode))),
    f"{_CONTROL}.GetWorldRequest.kinds": _one_of(WORLD_KINDS),
    f"{_CONTROL}.CreateSessionRequest.session_id": _matching(
        "[A-Za-z0-9_-]*", "letters, digits, '-' and '_'", lengths=range(64)
    ),
    f"{_CONTROL}.CreateSessionRequest.clock": _one_of(("", *_CLOCKS)),
    f"{_CONTROL}.CreateSessionRequest.speed": _ABOVE_ZERO,
    f"{_CONTROL}.UpdateClockRequest.mode": _one_of(_CLOCKS),
    f"{_CONTROL}.UpdateClockRequest.speed": _ABOVE_ZERO,
}

MAP_RULES: Mapping[str, tuple[Rule, Rule, Rule]] = {
    f"{_COMMON}.Meta.labels": (_LABEL_KEY, _LABEL_VALUE, _FEW),
    f"{_COMMON}.Meta.annotations": (_LABEL_KEY, ANYTHING, _FEW_AND_SHORT),
}
"""For each map, a rule for keys, one for values, and one for the whole."""

WRITTEN_BY_THE_SERVICE = frozenset({f"{_RESTORE}.Restore.status"})
"""Not annotated, but output only all the same: a client may send back the status that it received."""
