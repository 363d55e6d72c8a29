"""What descriptors of messages tell of fields, and where protobuf itself has no answer at hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

NULL_VALUE = "google.protobuf.NullValue"
WRAPPERS = frozenset(
    f"google.protobuf.{kind}Value"
    for kind in ("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")
)
"""Messages that stand for the one value in them."""


class Entry(NamedTuple):
    """The fields of an entry of a map."""

    key: FieldDescriptor
    value: FieldDescriptor


def entry_of(field: FieldDescriptor) -> Entry | None:
    """Give the fields of the entries of a map; None when *field* is none."""
    kind = field.message_type
    if kind is None or not kind.GetOptions().map_entry:
        return None
    return Entry(kind.fields_by_name["key"], kind.fields_by_name["value"])


def find_field(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    """Find a field by its name in JSON or in the .proto file."""
    return _fields_by_any_name(descriptor).get(name)


@cache
def _fields_by_any_name(descriptor: Descriptor) -> Mapping[str, FieldDescriptor]:
    return {field.name: field for field in descriptor.fields} | {field.json_name: field for field in descriptor.fields}


def real_oneof(field: FieldDescriptor) -> str | None:
    """Give the name of the oneof of a field, other than that which every ``optional`` field has for itself."""
    oneof = field.containing_oneof
    return None if oneof is None or oneof.name == f"_{field.name}" else str(oneof.name)
