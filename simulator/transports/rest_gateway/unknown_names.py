"""Names in a request that its message does not have, so that who misspells one hears of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor

from fakes.printable import printable
from fakes.suggestions import suggest
from simulator.rpc.errors import FieldViolation, shortened
from simulator.transports.rest_gateway.bindings import Binding
from simulator.transports.rest_gateway.descriptors import find_field, is_strict
from simulator.transports.rest_gateway.json_scalars import JsonObject

_NAME_LENGTH_SHOWN = 80


def unknown_members(descriptor: Descriptor, value: Any, path: str = "") -> Iterator[FieldViolation]:
    """Find the members of the JSON *value* that are no fields of the strict messages for which it stands."""
    if not isinstance(value, JsonObject) or not is_strict(descriptor):
        return
    for name, inside in value:
        field = find_field(descriptor, name)
        if field is None:
            yield _violation(path, name, f"is no field; {_suggest(descriptor, name)}")
        elif field.message_type is not None:
            yield from unknown_members(field.message_type, inside, f"{path}{name}.")


def unknown_parameters(binding: Binding, names: Iterable[str]) -> Iterator[FieldViolation]:
    """Find the parameters of a query that fill no field."""
    for name in names:
        if not binding.takes_query:
            yield _violation("", name, "is a parameter of the query; this method takes none")
        elif find_field(binding.method.input_type, name.partition(".")[0]) is None:
            told = _suggest(binding.method.input_type, name, without=binding.template.fields)
            yield _violation("", name, f"is no parameter; {told}")


def _violation(path: str, name: str, description: str) -> FieldViolation:
    shown = shortened(printable(name), _NAME_LENGTH_SHOWN)
    return FieldViolation(f"{path}{shown}", f"'{shown}' {description}")


def _suggest(descriptor: Descriptor, name: str, without: Collection[str] = ()) -> str:
    fields = [field for field in descriptor.fields if field.name not in without]
    return suggest(name, [field.name if "_" in name else field.json_name for field in fields])
