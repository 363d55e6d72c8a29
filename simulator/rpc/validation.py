"""The shape of requests: what is required, what names and labels may look like; everything that is wrong, at once.

What is required and what only the service writes is read from the field_behavior annotations of the .proto files. The
rules that the product enforces beyond those are rows of a table, by the full name of the field.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from math import inf
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from simulator.api import field_behavior_pb2
from simulator.api.pool import POOL, read_option
from simulator.rpc.call import Call, Handler
from simulator.rpc.errors import FieldViolation, InvalidRequest, shortened
from simulator.sessions.clock import ClockMode

STRING_LENGTH_MAX = 1_024
"""Of strings that no rule speaks of, such as identifiers."""
SHOWN_LENGTH_MAX = 80
"""Characters of a wrong value that a message shows."""
LABELS_MAX = 128
"""Entries in a map of labels or annotations."""
ANNOTATIONS_LENGTH_MAX = 256 * 1024
"""Characters in all annotations together; the limit of Kubernetes."""

ENTRIES_MAX = 1_000
"""Entries in a list, such as the values of a filter."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value has to be like.

    Args:
        find: Tells what is wrong with a value and what would be right; None when nothing is wrong.
        schema: The same as JSON Schema, as far as it can be told there.
    """

    find: Callable[[Any], str | None]
    schema: Mapping[str, Any]


class Expectations(NamedTuple):
    """What is expected of a field, for those who describe it.

    Args:
        is_required: Whether something is wrong when it is unset.
        is_read_only: Whether only the service writes it, so that anything may stand there.
        schema: What its value has to be like, as JSON Schema.
    """

    is_required: bool
    is_read_only: bool
    schema: Mapping[str, Any]


def expectations_of(field: FieldDescriptor) -> Expectations:
    """Tell what is expected of a field."""
    kind = field.containing_type
    assert kind is not None
    check = next((check for check in _checks(kind) if check.name == field.name), None)
    if check is None:
        return Expectations(is_required=False, is_read_only=True, schema={})
    unset = getattr(GetMessageClass(kind)(), field.name)
    is_required = check.required or (not check.is_fine_unset and bool(check.check(unset)))
    if field.full_name in _MAP_RULES:
        key, value, whole = _MAP_RULES[field.full_name]
        entries = {"propertyNames": key.schema, "additionalProperties": {"type": "string", **value.schema}}
        return Expectations(is_required, is_read_only=False, schema={**entries, **whole.schema})
    schema = _rule_of(field).schema if field.message_type is None else {}
    if check.required and field.type == FieldDescriptor.TYPE_STRING:
        schema = {"minLength": 1, **schema}
    return Expectations(is_required, is_read_only=False, schema=schema)


def validating(call: Call, proceed: Handler) -> Awaitable[bytes]:
    """Check the shape of the request of a call.

    Raises:
        InvalidRequest: with every violation in it.
    """
    require_valid(call.request)
    return proceed(call)


def require_valid(request: Message) -> None:
    """Check the shape of *request*.

    Raises:
        InvalidRequest: with every violation in it, each with the path of its field.
    """
    violations = _violations(request)
    if violations:
        raise InvalidRequest(violations)


def _violations(message: Message) -> list[FieldViolation]:
    violations: list[FieldViolation] = []
    for name, required, has_presence, is_fine_unset, check in _checks(message.DESCRIPTOR):
        if is_fine_unset and not message.HasField(name):
            continue
        value = getattr(message, name)
        if required and (not message.HasField(name) if has_presence else not value):
            violations.append(FieldViolation(name, "is required, but missing"))
            if not isinstance(value, Message):
                continue
        if found := check(value):
            violations += [FieldViolation(f"{name}{inside}", description) for inside, description in found]
    return violations


Complaints = Sequence[tuple[str, str]]
"""For each thing that is wrong its place inside the field, and what is wrong."""


class _Check(NamedTuple):
    """What a field that a caller may set has to be like."""

    name: str
    required: bool
    has_presence: bool
    is_fine_unset: bool
    check: Callable[[Any], Complaints]


@cache
def _checks(descriptor: Descriptor) -> tuple[_Check, ...]:
    checks = []
    for field in descriptor.fields:
        behaviors = read_option(field, field_behavior_pb2.field_behavior)
        if field_behavior_pb2.OUTPUT_ONLY not in behaviors and field.full_name not in _WRITTEN_BY_THE_SERVICE:
            required = field_behavior_pb2.REQUIRED in behaviors
            is_fine_unset = field.has_presence and not required and _has_fine_default(field)
            checks.append(_Check(field.name, required, field.has_presence, is_fine_unset, _check_of(field)))
    return tuple(checks)


def _has_fine_default(field: FieldDescriptor) -> bool:
    """Whether nothing is wrong or missing in *field* when it is unset."""
    if field.message_type is None or field.containing_oneof is not None:
        return True
    return _is_recursive(field) or not _violations(GetMessageClass(field.message_type)())


def _is_recursive(field: FieldDescriptor) -> bool:
    """Whether the message in *field* can have one of the kind that has the field inside; nobody can ask for all."""
    kinds, seen = [field.message_type], set()
    while kinds:
        kind = kinds.pop()
        if kind is not None and kind not in seen:
            seen.add(kind)
            kinds += [inside.message_type for inside in kind.fields if inside.has_presence]
    return field.containing_type in seen


def _check_of(field: FieldDescriptor) -> Callable[[Any], Complaints]:
    if field.full_name in _MAP_RULES:
        return partial(_map_complaints, *_MAP_RULES[field.full_name])
    if field.message_type is not None and field.message_type.full_name.startswith("google.protobuf."):
        return partial(_value_complaints, _ANYTHING)  # such as documents, which have a model of their own
    is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
    if field.message_type is not None and not is_map:
        # An unset message is looked into as well: what is required inside it is missing too.
        check: Callable[[Any], Complaints] = _message_complaints
    else:
        check = partial(_value_complaints, _ANYTHING if is_map else _rule_of(field))
    return partial(_list_complaints, check) if field.is_repeated and not is_map else check


def _message_complaints(message: Message) -> Complaints:
    return [(f".{inside.field}", inside.description) for inside in _violations(message)]


def _list_complaints(check: Callable[[Any], Complaints], items: Sequence[Any]) -> Complaints:
    if len(items) > ENTRIES_MAX:
        return [("", f"has {len(items)} entries; expected at most {ENTRIES_MAX}")]
    return [(f"[{index}]{inside}", found) for index, item in enumerate(items) for inside, found in check(item)]


def _value_complaints(rule: Rule, value: object) -> Complaints:
    complaint = rule.find(value)
    return () if complaint is None else (("", complaint),)


def _map_complaints(key_rule: Rule, value_rule: Rule, whole_rule: Rule, entries: Mapping[str, str]) -> Complaints:
    complaint = whole_rule.find(entries)
    if complaint is not None:
        return (("", complaint),)
    return [
        (f"[{_shown(key)}]", complaint)
        for key in sorted(entries)
        for rule, text in ((key_rule, key), (value_rule, entries[key]))
        if (complaint := rule.find(text)) is not None
    ]


def _shown(text: str) -> str:
    return repr(shortened(text, SHOWN_LENGTH_MAX))


def _at_most(length: int) -> Rule:
    def find(text: str) -> str | None:
        return None if len(text) <= length else f"has {len(text)} characters; expected at most {length}"

    return Rule(find, {"maxLength": length})


def _matching(pattern: str, expected: str, *, lengths: range) -> Rule:
    compiled = re.compile(pattern)

    def find(text: str) -> str | None:
        if len(text) not in lengths:
            return f"{_shown(text)} has {len(text)} characters; expected {lengths.start} to {lengths.stop - 1}"
        return None if compiled.fullmatch(text) else f"{_shown(text)} is not valid; expected {expected}"

    return Rule(find, {"pattern": f"^({pattern})$", "minLength": lengths.start, "maxLength": lengths.stop - 1})


def _one_of(names: Sequence[str]) -> Rule:
    expected = ", ".join(filter(None, names))

    def find(text: str) -> str | None:
        return None if text in names else f"is {_shown(text)}; expected one of {expected}"

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
_ANYTHING = Rule(lambda _: None, {})


def _rule_of(field: FieldDescriptor) -> Rule:
    if field.full_name in _RULES:
        return _RULES[field.full_name]
    if field.enum_type is not None:
        return _known_number(field.enum_type)
    return _at_most(STRING_LENGTH_MAX) if field.type == FieldDescriptor.TYPE_STRING else _ANYTHING


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
    f"{_CONTROL}.CreateSessionRequest.session_id": _matching(
        "[A-Za-z0-9_-]*", "letters, digits, '-' and '_'", lengths=range(64)
    ),
    f"{_CONTROL}.CreateSessionRequest.clock": _one_of(("", *_CLOCKS)),
    f"{_CONTROL}.CreateSessionRequest.speed": _ABOVE_ZERO,
    f"{_CONTROL}.UpdateClockRequest.mode": _one_of(_CLOCKS),
    f"{_CONTROL}.UpdateClockRequest.speed": _ABOVE_ZERO,
}

_MAP_RULES: Mapping[str, tuple[Rule, Rule, Rule]] = {
    f"{_COMMON}.Meta.labels": (_LABEL_KEY, _LABEL_VALUE, _FEW),
    f"{_COMMON}.Meta.annotations": (_LABEL_KEY, _ANYTHING, _FEW_AND_SHORT),
}
"""For each map a rule for keys, one for values, and one for the whole."""

_WRITTEN_BY_THE_SERVICE = frozenset({f"{_RESTORE}.Restore.status"})
"""Not annotated, but nothing that a caller could ask for: a client may send back the status that it was given."""
