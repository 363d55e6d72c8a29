"""Selects resources of a list: by tenant, by labels, by fields, by what they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from fakes.suggestions import suggest
from simulator.api import platformresource_pb2, selector_pb2
from simulator.rpc.errors import FieldViolation, InvalidRequest, shortened

Infra = platformresource_pb2.InfraResource
Related = Mapping[int, Collection[str]]
"""Uids of the resources that one belongs to, or has, by kind (`Infra.Type`)."""

_NO_FILTERS = selector_pb2.Selector()
_KEY_LENGTH_SHOWN = 80


def _is_one_of(values: Collection[str], asked: Collection[str]) -> bool:
    return not set(asked).isdisjoint(values)


_OPERATORS: Mapping[int, Callable[[Collection[str], Collection[str]], bool]] = {
    selector_pb2.Selector.OPERATOR_UNSPECIFIED: _is_one_of,
    selector_pb2.Selector.IN: _is_one_of,
    selector_pb2.Selector.NOT_IN: lambda values, asked: not _is_one_of(values, asked),
    selector_pb2.Selector.LIKE: lambda values, asked: any(part in value for value in values for part in asked),
}
"""Whether the values of a resource match a filter, by its operator."""


def is_selected(request: Any, related: Related, write: Callable[[], Message]) -> bool:
    """Whether *request* selects a resource.

    Args:
        request: A request for a list; it may lack some of the selectors.
        related: The resources that it belongs to, or has.
        write: Returns the resource as a message.
    """
    tenant = getattr(request, "tenant_id", "")
    if tenant and tenant not in related.get(Infra.TENANT, ()):
        return False
    for wanted in _resource_filters(request):
        if not meets(related.get(wanted.resource_type, ()), wanted):
            return False
    labels, fields = _filters(request, "label_selector"), _filters(request, "field_selector")
    if not labels and not fields:
        return True
    message: Any = write()
    return all(meets(_label(message, wanted.key), wanted) for wanted in labels) and all(
        meets(_texts(message, wanted.key), wanted) for wanted in fields
    )


def require_known(request: Any, resource: type[Message]) -> None:
    """Check that the filters of *request* name fields and kinds that exist.

    Raises:
        InvalidRequest: filters name unknown fields, or lack a kind of resource; lists all of them.
    """
    paths = _paths(resource.DESCRIPTOR)
    violations = [
        FieldViolation(
            f"field_selector.filters[{index}].key",
            f"is {shortened(wanted.key, _KEY_LENGTH_SHOWN)!r}, which is no field; {suggest(wanted.key, paths)}",
        )
        for index, wanted in enumerate(_filters(request, "field_selector"))
        if _snake_case(wanted.key) not in paths
    ]
    violations += [
        FieldViolation(
            f"{_resource_selector(request)}.infra_resource_filters[{index}].resource_type",
            "is missing; expected a kind of resource",
        )
        for index, wanted in enumerate(_resource_filters(request))
        if not wanted.resource_type
    ]
    if violations:
        raise InvalidRequest(violations)


def meets(values: Collection[str], wanted: Any) -> bool:
    """Whether *values* match a filter, which has an operator and values."""
    return _OPERATORS[wanted.op](values, wanted.values)


def _filters(request: Any, selector: str) -> Any:
    return getattr(request, selector, _NO_FILTERS).filters


def _resource_filters(request: Any) -> Any:
    name = _resource_selector(request)
    return getattr(request, name).infra_resource_filters if name else ()


def _resource_selector(request: Any) -> str:
    """The name of the field that selects by resources; empty if there is none."""
    return next((name for name in ("infra_resource_selector", "resource_selector") if hasattr(request, name)), "")


def _label(message: Any, key: str) -> Collection[str]:
    return [message.meta.labels[key]] if key in message.meta.labels else []


def _texts(message: Any, key: str) -> Collection[str]:
    """The values at the path *key* as texts; for lists on the way, the values of all entries."""
    values = [message]
    field = None
    for field in _paths(message.DESCRIPTOR)[_snake_case(key)]:
        found = [getattr(value, field.name) for value in values]
        values = [entry for entries in found for entry in entries] if field.is_repeated else found
    assert field is not None
    return [_text(field, value) for value in values]


def _text(field: FieldDescriptor, value: Any) -> str:
    if field.enum_type is not None:
        entry = field.enum_type.values_by_number.get(value)
        return entry.name if entry is not None else str(value)
    if field.message_type is not None:
        return str(value.ToJsonString())
    return str(value).lower() if isinstance(value, bool) else str(value)


@cache
def _paths(descriptor: Descriptor) -> Mapping[str, tuple[FieldDescriptor, ...]]:
    """The fields on the way to each value that a filter can name, by its path."""
    return dict(_walk(descriptor, ()))


def _walk(
    descriptor: Descriptor, way: tuple[FieldDescriptor, ...]
) -> Iterator[tuple[str, tuple[FieldDescriptor, ...]]]:
    for field in descriptor.fields:
        to_field, message = (*way, field), field.message_type
        if message is None or message.full_name == "google.protobuf.Timestamp":
            yield ".".join(part.name for part in to_field), to_field
        elif not message.GetOptions().map_entry and not message.full_name.startswith("google.protobuf."):
            yield from _walk(message, to_field)


def _snake_case(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", key)
