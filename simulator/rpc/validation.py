"""The shape of requests: what is required, what names and labels may look like. All violations are reported at once.

What is required and what only the service writes is read from the field_behavior annotations of the .proto files; what
values have to be like is in `simulator.rpc.field_rules`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from simulator.api import field_behavior_pb2
from simulator.api.pool import read_option
from simulator.rpc.call import Call, Handler
from simulator.rpc.errors import FieldViolation, InvalidRequest
from simulator.rpc.field_rules import ANYTHING, MAP_RULES, WRITTEN_BY_THE_SERVICE, Rule, rule_of, shown

ENTRIES_MAX = 1_000
"""Entries in a list, such as the values of a filter."""


class Expectations(NamedTuple):
    """What is expected of a field, for descriptions of the API.

    Args:
        is_required: Whether it has to be set.
        is_read_only: Whether only the service sets it, so that its value in a request is ignored.
        schema: The rule for its value, as JSON Schema.
    """

    is_required: bool
    is_read_only: bool
    schema: Mapping[str, Any]


def expectations_of(field: FieldDescriptor) -> Expectations:
    """Return what is expected of a field."""
    kind = field.containing_type
    assert kind is not None
    check = next((check for check in _checks(kind) if check.name == field.name), None)
    if check is None:
        return Expectations(is_required=False, is_read_only=True, schema={})
    is_required = not check.is_fine_unset
    if field.full_name in MAP_RULES:
        key, value, whole = MAP_RULES[field.full_name]
        entries = {"propertyNames": key.schema, "additionalProperties": {"type": "string", **value.schema}}
        return Expectations(is_required, is_read_only=False, schema={**entries, **whole.schema})
    schema = rule_of(field).schema if field.message_type is None else {}
    if check.required and field.type == FieldDescriptor.TYPE_STRING:
        schema = {"minLength": 1, **schema}
    return Expectations(is_required, is_read_only=False, schema=schema)


def validating(call: Call, proceed: Handler) -> Awaitable[bytes]:
    """Check the shape of the request of a call.

    Raises:
        InvalidRequest: it has violations; lists all of them.
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
        is_set = message.HasField(name) if has_presence else getattr(message, name)
        if not is_set and is_fine_unset:
            continue
        value = getattr(message, name)
        if not is_set and required:
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
        if field_behavior_pb2.OUTPUT_ONLY not in behaviors and field.full_name not in WRITTEN_BY_THE_SERVICE:
            required, check = field_behavior_pb2.REQUIRED in behaviors, _check_of(field)
            is_fine_unset = not required and (
                field.containing_oneof is not None
                or _is_recursive(field)
                or not check(getattr(GetMessageClass(descriptor)(), field.name))
            )
            checks.append(_Check(field.name, required, field.has_presence, is_fine_unset, check))
    return tuple(checks)


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
    if field.full_name in MAP_RULES:
        return partial(_map_complaints, *MAP_RULES[field.full_name])
    if field.message_type is not None and field.message_type.full_name.startswith("google.protobuf."):
        return partial(_value_complaints, ANYTHING)  # such as documents, which have a model of their own
    is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
    if field.message_type is not None and not is_map:
        # An unset message is looked into as well: what is required inside it is missing too.
        check: Callable[[Any], Complaints] = _message_complaints
    else:
        check = partial(_value_complaints, ANYTHING if is_map else rule_of(field))
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
        (f"[{shown(key)}]", complaint)
        for key in sorted(entries)
        for rule, text in ((key_rule, key), (value_rule, entries[key]))
        if (complaint := rule.find(text)) is not None
    ]
