"""What is required and what only the service writes is read from the annotations of whatever message comes."""

import pytest
from google.api import field_behavior_pb2
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from simulator.api import http_pb2, restore_pb2
from simulator.rpc.errors import InvalidRequest
from simulator.rpc.validation import require_valid

FIELD = descriptor_pb2.FieldDescriptorProto
REQUIRED, OUTPUT_ONLY = field_behavior_pb2.REQUIRED, field_behavior_pb2.OUTPUT_ONLY


def add_field(message, name, *behaviors, type_name=""):
    number = len(message.field) + 1
    field = message.field.add(name=name, json_name=name, number=number, label=FIELD.LABEL_OPTIONAL)
    field.type = FIELD.TYPE_STRING
    if type_name:
        field.type, field.type_name = FIELD.TYPE_MESSAGE, type_name
    field.options.Extensions[field_behavior_pb2.field_behavior].extend(behaviors)


@pytest.fixture(scope="module")
def request_type():
    """A request that is no part of the API: with required, optional and output-only fields, and messages inside."""
    file = descriptor_pb2.FileDescriptorProto(name="orders.proto", package="example", syntax="proto3")
    inner = file.message_type.add(name="Inner")
    add_field(inner, "needed", REQUIRED)
    add_field(inner, "optional")
    add_field(inner, "written", OUTPUT_ONLY)
    outer = file.message_type.add(name="Outer")
    add_field(outer, "id", REQUIRED)
    add_field(outer, "note")
    add_field(outer, "inner", type_name=".example.Inner")
    add_field(outer, "required_inner", REQUIRED, type_name=".example.Inner")
    add_field(outer, "written_inner", OUTPUT_ONLY, type_name=".example.Inner")
    add_field(outer, "both", REQUIRED, OUTPUT_ONLY)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("example.Outer"))


def violated(message):
    with pytest.raises(InvalidRequest) as caught:
        require_valid(message)
    return [violation.field for violation in caught.value.violations]


def test_all_that_is_required_is_missing_in_an_empty_request(request_type):
    assert violated(request_type()) == ["id", "inner.needed", "required_inner", "required_inner.needed"]


def test_a_message_that_is_there_but_empty_is_not_missing(request_type):
    assert violated(request_type(id="x", inner={}, required_inner={})) == ["inner.needed", "required_inner.needed"]


def test_a_request_with_all_that_is_required_is_valid(request_type):
    complete = {"needed": "x"}

    assert require_valid(request_type(id="x", inner=complete, required_inner=complete)) is None


def test_what_only_the_service_writes_is_not_looked_at(request_type):
    complete = {"needed": "x", "written": "x" * 5_000}

    request = request_type(
        id="x", inner=complete, required_inner=complete, written_inner={"optional": "x" * 5_000}, both="x" * 5_000
    )

    assert require_valid(request) is None


def test_texts_that_no_rule_speaks_of_have_a_length_all_the_same(request_type):
    request = request_type(id="x", note="ü" * 1024, inner={"needed": "x"}, required_inner={"needed": "x"})
    assert require_valid(request) is None

    request.note += "x"

    assert violated(request) == ["note"]


def test_each_item_of_a_list_is_looked_at():
    response = restore_pb2.ListRestoresResponse(restores=[{"meta": {"name": "fine"}}, {"meta": {"name": "!"}}])

    assert [path for path in violated(response) if "name" in path] == ["restores[1].meta.name"]


def test_messages_that_may_contain_themselves_need_not():
    require_valid(http_pb2.HttpRule(get="/v1/a"))
