"""Which fields a PATCH changes: those that its body names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from simulator.transports.rest_gateway.bindings import Binding
from simulator.transports.rest_gateway.descriptors import find_field
from simulator.transports.rest_gateway.json_scalars import JsonObject
from simulator.transports.rest_gateway.statuses import InvalidInput

_FREE = frozenset({"google.protobuf.Struct", "google.protobuf.Value"})
"""Messages whose JSON members are not fields."""


def mask_field(binding: Binding) -> FieldDescriptor | None:
    """Find the field for the paths: the only FieldMask of a request whose body is one of its messages."""
    body = binding.body_field
    masks = [
        field
        for field in binding.method.input_type.fields
        if field.message_type is not None and field.message_type.full_name == "google.protobuf.FieldMask"
    ]
    is_patch = binding.http_method == "PATCH" and body is not None and body.message_type is not None
    return masks[0] if is_patch and len(masks) == 1 else None


def paths_in(body: Any, descriptor: Descriptor | None) -> list[str]:
    """Return the paths of all fields that a body names, in order.

    Args:
        body: The body, as a JSON value.
        descriptor: The descriptor of the message; None for one whose members are not fields.

    Raises:
        InvalidInput: there is no such field.
    """
    return sorted(_paths(body, descriptor, "")) if isinstance(body, JsonObject) else []


def _paths(members: JsonObject, descriptor: Descriptor | None, prefix: str) -> Iterator[str]:
    for name, value in members:
        field = None if descriptor is None else find_field(descriptor, name)
        if descriptor is not None and field is None:
            raise InvalidInput(f'could not find field "{name}" in "{descriptor.full_name}"')
        path = f"{prefix}{name if field is None else field.name}"
        inside = None if field is None or field.is_repeated else field.message_type
        is_leaf = not isinstance(value, JsonObject) or not value or (field is not None and inside is None)
        if is_leaf or (inside is not None and inside.full_name == "google.protobuf.Any"):
            yield path
        else:
            yield from _paths(value, None if inside is None or inside.full_name in _FREE else inside, f"{path}.")
