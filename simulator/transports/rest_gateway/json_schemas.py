"""JSON Schemas of messages, as protobuf maps them to JSON, with what the services expect of their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from simulator.rpc.validation import expectations_of
from simulator.transports.rest_gateway.descriptors import entry_of

Schema = Mapping[str, Any]


class Schemas:
    """Makes schemas, and keeps those of messages as components that others refer to."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def of_message(self, descriptor: Descriptor) -> Schema:
        """Give the schema of a message."""
        name = descriptor.full_name
        if name in WELL_KNOWN:
            return WELL_KNOWN[name]
        if name not in self.components:
            self.components[name] = {}  # for messages that have themselves inside
            self.components[name] = self.of_members(descriptor.fields)
        return {"$ref": f"#/components/schemas/{name}"}

    def of_members(self, fields: Iterable[FieldDescriptor]) -> Schema:
        """Give the schema of an object with these fields as members."""
        schema: dict[str, Any] = {"type": "object", "properties": {}}
        for field in fields:
            expected = expectations_of(field)
            member = self.of_field(field)
            schema["properties"][field.json_name] = {**member, "readOnly": True} if expected.is_read_only else member
            if expected.is_required:
                schema.setdefault("required", []).append(field.json_name)
        return schema

    def of_field(self, field: FieldDescriptor) -> Schema:
        """Give the schema of the member that a field is."""
        expected = expectations_of(field)
        if field.message_type is None:
            one = value_schema(field)
            return {"type": "array", "items": one} if field.is_repeated else {**one, **expected.schema}
        if (entry := entry_of(field)) is not None:
            values = self.of_field(entry.value)
            return {"type": "object", "additionalProperties": values, **expected.schema}
        one = self.of_message(field.message_type)
        if field.is_repeated:
            return {"type": "array", "items": one}
        return one if expected.is_required else {"anyOf": [one, {"type": "null"}]}


def value_schema(field: FieldDescriptor) -> Schema:
    """Give the schema of a value in JSON that is no message; numbers of 64 bits are texts there."""
    if field.enum_type is not None:
        return {"type": "string", "enum": [value.name for value in field.enum_type.values]}
    if field.type in _INTEGERS and (kind := _INTEGERS[field.type]).is_long:
        return {"type": "string", "format": kind.format, "pattern": f"^{'-?' * (kind.low < 0)}({_up_to(kind.high)})$"}
    return parameter_schema(field)


def parameter_schema(field: FieldDescriptor) -> Schema:
    """Give the schema of a parameter, of a path or a query."""
    if field.message_type is not None:
        return WELL_KNOWN[field.message_type.full_name]
    if field.enum_type is not None:
        names = {"type": "string", "enum": [value.name for value in field.enum_type.values]}
        return {"anyOf": [names, {"type": "integer", "enum": [value.number for value in field.enum_type.values]}]}
    if field.type in _INTEGERS:
        kind = _INTEGERS[field.type]
        return {"type": "integer", "format": kind.format, "minimum": kind.low, "maximum": kind.high}
    return _SCALARS[field.type]


class _Integer(NamedTuple):
    """Whole numbers of one kind."""

    format: str
    low: int
    high: int

    @property
    def is_long(self) -> bool:
        """Whether JavaScript can't hold it."""
        return self.format.endswith("64")


def _up_to(limit: int) -> str:
    """Give the pattern of the numbers from 0 to *limit*."""
    digits = str(limit)
    below = [
        f"{digits[:place]}[0-{int(digit) - 1}][0-9]{{{len(digits) - place - 1}}}"
        for place, digit in enumerate(digits)
        if digit != "0"
    ]
    return "|".join([f"[0-9]{{1,{len(digits) - 1}}}", *below, digits])


_INTEGERS: Mapping[int, _Integer] = {
    getattr(FieldDescriptor, f"TYPE_{kind}{bits}"): (
        _Integer(f"int{bits}", -(1 << bits - 1), (1 << bits - 1) - 1)
        if is_signed
        else _Integer(f"uint{bits}", 0, (1 << bits) - 1)
    )
    for bits in (32, 64)
    for kind, is_signed in (("INT", True), ("SINT", True), ("SFIXED", True), ("UINT", False), ("FIXED", False))
}
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
"""Messages of protobuf's own that are no objects of their fields in JSON."""
