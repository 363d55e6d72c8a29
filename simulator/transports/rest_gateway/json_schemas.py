"""JSON Schemas of messages, as protobuf maps them to JSON, with what the services expect of their fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import combinations
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from simulator.rpc.validation import expectations_of
from simulator.transports.rest_gateway.descriptors import INTEGERS, LONG, Integer, entry_of, is_strict, real_oneof

Schema = Mapping[str, Any]


class Schemas:
    """Makes schemas; those of messages are kept as components that others refer to.

    Requests may be more than responses are: null where nothing is required, numbers as texts and the other way round,
    names of enums that nobody knows, which are ignored.

    Args:
        components: The schemas of messages by name, to which new ones are added.
        of_requests: Whether they describe requests.
    """

    def __init__(self, components: dict[str, Schema], *, of_requests: bool) -> None:
        self._components = components
        self._of_requests = of_requests

    def of_message(self, descriptor: Descriptor) -> Schema:
        """Return the schema of a message."""
        if descriptor.full_name in WELL_KNOWN:
            return WELL_KNOWN[descriptor.full_name]
        name = f"{descriptor.full_name}-Request" if self._of_requests else descriptor.full_name
        if name not in self._components:
            self._components[name] = {}  # for messages that contain themselves
            self._components[name] = self.of_members(descriptor)
        return {"$ref": f"#/components/schemas/{name}"}

    def of_members(self, descriptor: Descriptor, without: Collection[str] = ()) -> Schema:
        """Return the schema of an object with the fields of a message as members, *without* some of them."""
        schema: dict[str, Any] = {"type": "object", "properties": {}}
        if self._of_requests and is_strict(descriptor):
            schema["additionalProperties"] = False
        oneofs: dict[str, list[str]] = {}
        for field in descriptor.fields:
            if field.name in without:
                continue
            expected = expectations_of(field)
            member = self.of_field(field)
            if self._of_requests and expected.is_read_only:
                member = {**member, "readOnly": True}
            schema["properties"][field.json_name] = member
            if self._of_requests and expected.is_required:
                schema.setdefault("required", []).append(field.json_name)
            if self._of_requests and (oneof := real_oneof(field)) is not None:
                oneofs.setdefault(oneof, []).append(field.json_name)
        excluded = [{"required": [*pair]} for names in oneofs.values() for pair in combinations(names, 2)]
        return {**schema, "not": {"anyOf": excluded}} if excluded else schema

    def of_field(self, field: FieldDescriptor) -> Schema:
        """Return the schema of a field as a member of an object."""
        expected = expectations_of(field)
        entry = entry_of(field)
        if entry is not None:
            schema: Schema = {"type": "object", "additionalProperties": self._of_one(entry.value)}
        else:
            schema = self._of_one(field)
        if self._of_requests:
            schema = {**schema, **expected.schema}
        if field.is_repeated and entry is None:
            schema = {"type": "array", "items": schema}
        is_null = (
            not expected.is_required if self._of_requests else field.has_presence and field.message_type is not None
        )
        return {"anyOf": [schema, {"type": "null"}]} if is_null else schema

    def _of_one(self, field: FieldDescriptor) -> Schema:
        if field.message_type is not None:
            return self.of_message(field.message_type)
        return _request_value(field) if self._of_requests else _response_value(field)


def _response_value(field: FieldDescriptor) -> Schema:
    """Return the schema of a value in a response that is not a message; 64-bit numbers are texts there."""
    if field.enum_type is not None:
        return {"type": "string", "enum": [value.name for value in field.enum_type.values]}
    if field.type in LONG:
        return _as_text(INTEGERS[field.type])
    return parameter_schema(field)


def _request_value(field: FieldDescriptor) -> Schema:
    """Return the schema of a value in a request that is not a message."""
    if field.enum_type is not None:
        names: Schema = {"type": "string", "examples": [value.name for value in field.enum_type.values]}
        return {"anyOf": [names, _enum_numbers(field)]}
    if field.type in INTEGERS:
        kind = INTEGERS[field.type]
        low = max(kind.low, expectations_of(field).schema.get("minimum", kind.low))
        return {"anyOf": [_as_text(kind._replace(low=low)), parameter_schema(field)]}
    return parameter_schema(field)


def _enum_numbers(field: FieldDescriptor) -> Schema:
    assert field.enum_type is not None
    if expectations_of(field).is_read_only:
        return {"type": "integer", "format": "int32", "minimum": -(1 << 31), "maximum": (1 << 31) - 1}
    return {"type": "integer", "enum": [value.number for value in field.enum_type.values]}


def parameter_schema(field: FieldDescriptor) -> Schema:
    """Return the schema of a parameter of a path or a query."""
    if field.message_type is not None:
        return WELL_KNOWN[field.message_type.full_name]
    if field.enum_type is not None:
        names = {"type": "string", "enum": [value.name for value in field.enum_type.values]}
        return {"anyOf": [names, {"type": "integer", "enum": [value.number for value in field.enum_type.values]}]}
    if field.type in INTEGERS:
        kind = INTEGERS[field.type]
        return {"type": "integer", "format": kind.format, "minimum": kind.low, "maximum": kind.high}
    return _SCALARS[field.type]


def _as_text(kind: Integer) -> Schema:
    """Return the schema of a whole number as text."""
    sign = "-?" if kind.low < 0 else ""
    return {"type": "string", "format": kind.format, "pattern": f"^{sign}({_up_to(kind.high)})$"}


def _up_to(limit: int) -> str:
    """Return the pattern of the numbers from 0 to *limit*."""
    digits = str(limit)
    below = [
        f"{digits[:place]}[0-{int(digit) - 1}][0-9]{{{len(digits) - place - 1}}}"
        for place, digit in enumerate(digits)
        if digit != "0"
    ]
    return "|".join([f"[0-9]{{1,{len(digits) - 1}}}", *below, digits])


_SCALARS: Mapping[int, Schema] = {
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "format": "byte", "contentEncoding": "base64"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number", "format": "float"},
    FieldDescriptor.TYPE_STRING: {"type": "string"},
}
WELL_KNOWN: Mapping[str, Schema] = {
    "google.protobuf.Any": {"type": "object", "properties": {"@type": {"type": "string"}}},
    "google.protobuf.BoolValue": {"type": "boolean"},
    "google.protobuf.BytesValue": _SCALARS[FieldDescriptor.TYPE_BYTES],
    "google.protobuf.DoubleValue": _SCALARS[FieldDescriptor.TYPE_DOUBLE],
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]{1,11}(\.[0-9]{1,9})?s$"},
    "google.protobuf.FieldMask": {"type": "string"},
    "google.protobuf.FloatValue": _SCALARS[FieldDescriptor.TYPE_FLOAT],
    "google.protobuf.Int32Value": {"type": "integer", "format": "int32"},
    "google.protobuf.Int64Value": {"type": "string", "format": "int64"},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.StringValue": {"type": "string"},
    "google.protobuf.Struct": {"type": "object"},
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.UInt32Value": {"type": "integer", "format": "uint32"},
    "google.protobuf.UInt64Value": {"type": "string", "format": "uint64"},
    "google.protobuf.Value": {},
}
"""Well-known messages that are not objects of their fields in JSON."""
