"""The shape of requests: what is required, what names and labels may look like; everything that is wrong, at once.

What is required and what only the service writes is read from the field_behavior annotations of the .proto files. The
rules that the product enforces beyond those are rows of a table, by the full name of the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.api import field_behavior_pb2
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from simulator.services.errors import FieldViolation, InvalidRequest, shortened

STRING_LENGTH_MAX = 1_024
"""Of strings that no rule speaks of, such as identifiers."""
SHOWN_LENGTH_MAX = 80
"""Characters of a wrong value that a message shows."""
LABELS_MAX = 128
"""Entries in a map of labels or annotations."""
ANNOTATIONS_LENGTH_MAX = 256 * 1024
"""Characters in all annotations together; the limit of Kubernetes."""

Rule = Callable[[Any], str | None]
"""Tells what is wrong with a value and what would be right; None when nothing is wrong."""


def require_valid(request: Message) -> None:
    """Check the shape of *request*.

    Raises:
        InvalidRequest: with every violation in it, each with the path of its field.
    """
    violations = list(_violations(request, ""))
    if violations:
        raise InvalidRequest(violations)


def _violations(message: Message, path: str) -> Iterator[FieldViolation]:
    for check in _checks(message.DESCRIPTOR):
        name, field = check.name, check.field
        value = getattr(message, name)
        missing = not message.HasField(name) if check.has_presence else not value
        if check.required and missing:
            yield FieldViolation(f"{path}{name}", "is required, but missing")
            if field.message_type is None:
                continue
        if check.holds_fields:
            # An unset message is looked into as well: what is required inside it is missing too.
            if not (missing and _is_fine_unset(field.message_type)):
                yield from _violations(value, f"{path}{name}.")
        elif field.full_name in _MAP_RULES:
            yield from _map_violations(field, value, f"{path}{name}")
        else:
            complaint = check.rule(value)
            if complaint is not None:
                yield FieldViolation(f"{path}{name}", complaint)


@cache
def _is_fine_unset(descriptor: Descriptor) -> bool:
    """Whether there is nothing to find in an unset message of a type."""
    return not any(_violations(GetMessageClass(descriptor)(), ""))


def _map_violations(field: FieldDescriptor, entries: Mapping[str, str], where: str) -> Iterator[FieldViolation]:
    key_rule, value_rule, whole_rule = _MAP_RULES[field.full_name]
    complaint = whole_rule(entries)
    if complaint is not None:
        yield FieldViolation(where, complaint)
        return
    for key in sorted(entries):
        at = f"{where}[{_shown(key)}]"
        for rule, text in ((key_rule, key), (value_rule, entries[key])):
            complaint = rule(text)
            if complaint is not None:
                yield FieldViolation(at, complaint)


@dataclass(frozen=True, slots=True)
class _Check:
    """What is to be checked about a field that a caller may set."""

    field: FieldDescriptor
    name: str
    required: bool
    has_presence: bool
    holds_fields: bool
    rule: Rule


@cache
def _checks(descriptor: Descriptor) -> tuple[_Check, ...]:
    checks = []
    for field in descriptor.fields:
        behaviors = field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
        if field_behavior_pb2.OUTPUT_ONLY in behaviors or field.full_name in _WRITTEN_BY_THE_SERVICE:
            continue
        required = field_behavior_pb2.REQUIRED in behaviors
        holds_fields = field.message_type is not None and not field.message_type.GetOptions().map_entry
        rule = _anything if field.message_type is not None else _rule_of(field)
        checks.append(_Check(field, field.name, required, field.has_presence, holds_fields, rule))
    return tuple(checks)


def _shown(text: str) -> str:
    return repr(shortened(text, SHOWN_LENGTH_MAX))


def _at_most(length: int) -> Rule:
    def rule(text: str) -> str | None:
        return None if len(text) <= length else f"has {len(text)} characters; expected at most {length}"

    return rule


def _matching(pattern: str, expected: str, *, lengths: range) -> Rule:
    compiled = re.compile(pattern)

    def rule(text: str) -> str | None:
        if len(text) not in lengths:
            return f"{_shown(text)} has {len(text)} characters; expected {lengths.start} to {lengths.stop - 1}"
        return None if compiled.fullmatch(text) else f"{_shown(text)} is not valid; expected {expected}"

    return rule


def _non_negative(number: int) -> str | None:
    return None if number >= 0 else f"is {number}; expected 0 (unset) or more"


def _known_number(enum: EnumDescriptor) -> Rule:
    names = {value.number: value.name for value in enum.values}

    known = ", ".join(f"{name} ({value})" for value, name in names.items())

    def rule(number: int) -> str | None:
        return None if number in names else f"is {number}; expected one of {known}"

    return rule


def _few(entries: Mapping[str, str]) -> str | None:
    return None if len(entries) <= LABELS_MAX else f"has {len(entries)} entries; expected at most {LABELS_MAX}"


def _few_and_short(entries: Mapping[str, str]) -> str | None:
    length = sum(len(key) + len(value) for key, value in entries.items())
    if length > ANNOTATIONS_LENGTH_MAX:
        return f"has {length} characters altogether; expected at most {ANNOTATIONS_LENGTH_MAX}"
    return _few(entries)


def _anything(_: object) -> str | None:
    return None


def _rule_of(field: FieldDescriptor) -> Rule:
    if field.full_name in _RULES:
        return _RULES[field.full_name]
    if field.enum_type is not None:
        return _known_number(field.enum_type)
    return _at_most(STRING_LENGTH_MAX) if field.type == FieldDescriptor.TYPE_STRING else _anything


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
    f"{_COMMON}.PageBasedPaginationRequest.page_number": _non_negative,
    f"{_COMMON}.PageBasedPaginationRequest.page_size": _non_negative,
}

_MAP_RULES: Mapping[str, tuple[Rule, Rule, Rule]] = {
    f"{_COMMON}.Meta.labels": (_LABEL_KEY, _LABEL_VALUE, _few),
    f"{_COMMON}.Meta.annotations": (_LABEL_KEY, _anything, _few_and_short),
}
"""For each map a rule for keys, one for values, and one for the whole."""

_WRITTEN_BY_THE_SERVICE = frozenset({f"{_RESTORE}.Restore.status"})
"""Not annotated, but nothing that a caller could ask for: a client may send back the status that it was given."""
