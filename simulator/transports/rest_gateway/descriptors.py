"""Facts about fields and messages that protobuf's descriptors do not offer directly."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from simulator.api.service import CONTROL_SERVICE

_STRICT_PACKAGE = CONTROL_SERVICE.rpartition(".")[0]
NULL_VALUE = "google.protobuf.NullValue"
WRAPPERS = frozenset(
    f"google.protobuf.{kind}Value"
    for kind in ("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")
)
"""Messages that wrap a single value."""


class Integer(NamedTuple):
    """A type of integers, from *low* to *high*; *format* is its name in OpenAPI."""

    format: str
    low: int
    high: int


INTEGERS: Mapping[int, Integer] = {
    getattr(FieldDescriptor, f"TYPE_{kind}{bits}"): (
        Integer(f"int{bits}", -(1 << bits - 1), (1 << bits - 1) - 1)
        if is_signed
        else Integer(f"uint{bits}", 0, (1 << bits) - 1)
    )
    for bits in (32, 64)
    for kind, is_signed in (("INT", True), ("SINT", True), ("SFIXED", True), ("UINT", False), ("FIXED", False))
}
"""By the type of a field."""
LONG = frozenset(number for number, kind in INTEGERS.items() if kind.format.endswith("64"))
"""Types of numbers that JavaScript can't represent; JSON has them as texts."""


class Entry(NamedTuple):
    """The fields of an entry of a map."""

    key: FieldDescriptor
    value: FieldDescriptor


def entry_of(field: FieldDescriptor) -> Entry | None:
    """Return the fields of the entries of a map; None when *field* is not a map."""
    kind = field.message_type
    if kind is None or not kind.GetOptions().map_entry:
        return None
    return Entry(kind.fields_by_name["key"], kind.fields_by_name["value"])


def is_strict(descriptor: Descriptor) -> bool:
    """Whether names that a message does not have are refused: in the control API, where the product has no say.

    The product's gateway ignores them.
    """
    return bool(descriptor.file.package == _STRICT_PACKAGE)


def find_field(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    """Find a field by its name in JSON or in the .proto file."""
    return _fields_by_any_name(descriptor).get(name)


@cache
def _fields_by_any_name(descriptor: Descriptor) -> Mapping[str, FieldDescriptor]:
    return {field.name: field for field in descriptor.fields} | {field.json_name: field for field in descriptor.fields}


def real_oneof(field: FieldDescriptor) -> str | None:
    """Return the name of the oneof of a field, unless it is the synthetic one of an ``optional`` field."""
    oneof = field.containing_oneof
    return None if oneof is None or oneof.name == f"_{field.name}" else str(oneof.name)
