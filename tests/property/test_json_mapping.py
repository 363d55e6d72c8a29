"""Messages as JSON: what is written reads back as the same, and no JSON is more than refused."""

import json
from contextlib import suppress

from google.protobuf import message_factory
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import given
from hypothesis import strategies as st

from simulator.api.pool import POOL
from simulator.transports.rest_gateway.descriptors import entry_of
from simulator.transports.rest_gateway.json_reading import JsonReader, parse_json
from simulator.transports.rest_gateway.json_writing import JsonWriter, to_bytes
from simulator.transports.rest_gateway.message_types import MessageTypes
from simulator.transports.rest_gateway.statuses import InvalidInput

TYPES = MessageTypes([POOL])
READER, WRITER = JsonReader(TYPES), JsonWriter(TYPES)
KINDS = [
    POOL.FindMessageTypeByName(name)
    for name in (
        "google.api.HttpRule",
        "google.rpc.QuotaFailure",
        "google.rpc.RetryInfo",
        "public.portworx.pds.restore.v1.ListRestoresRequest",
        "public.portworx.pds.restore.v1.ListRestoresResponse",
        "public.portworx.pds.restore.v1.RestorabilityMatrix",
    )
]
DEPTH = 4
SCALARS = {
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_STRING: st.text(max_size=5),
}
SECONDS = st.integers(-(10**9), 10**9)


def values_of(field, depth):
    if field.enum_type is not None:
        return st.sampled_from([value.number for value in field.enum_type.values])
    if field.message_type is not None:
        return messages(field.message_type, depth - 1)
    return SCALARS[field.type]


@st.composite
def messages(draw, kind, depth=DEPTH):
    message = message_factory.GetMessageClass(kind)()
    if kind.full_name in {"google.protobuf.Timestamp", "google.protobuf.Duration"}:
        message.seconds = draw(SECONDS)
        message.nanos = 0 if message.seconds < 0 else draw(st.integers(0, 10**9 - 1))
        return message
    for field in draw(st.lists(st.sampled_from([*kind.fields]), max_size=4)) if depth else ():
        entry = entry_of(field)
        if entry is not None and entry.value.message_type is None:
            keys = st.dictionaries(values_of(entry.key, depth), values_of(entry.value, depth), max_size=2)
            getattr(message, field.name).update(draw(keys))
        elif entry is not None:
            getattr(message, field.name)[draw(values_of(entry.key, depth))].CopyFrom(
                draw(values_of(entry.value, depth))
            )
        elif field.is_repeated:
            getattr(message, field.name).extend(draw(st.lists(values_of(field, depth), max_size=2)))
        elif field.message_type is not None:
            getattr(message, field.name).CopyFrom(draw(values_of(field, depth)))
        else:
            setattr(message, field.name, draw(values_of(field, depth)))
    return message


@given(st.sampled_from(KINDS).flatmap(messages))
def test_what_is_written_reads_back_as_the_same(message):
    read = type(message)()

    READER.merge(read, parse_json(to_bytes(WRITER.to_value(message)).decode()))

    assert read == message


MEMBERS = sorted({name for kind in KINDS for field in kind.fields for name in (field.name, field.json_name)})
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["NAME", "1s", "5"]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS) | st.text(), inside),
    max_leaves=20,
)


@given(st.sampled_from(KINDS), ANYTHING)
def test_no_json_is_more_than_refused(kind, value):
    message = message_factory.GetMessageClass(kind)()

    with suppress(InvalidInput):
        READER.merge(message, parse_json(json.dumps(value)))

    assert json.loads(to_bytes(WRITER.to_value(message)))
