"""What no request over HTTP comes to: details that nobody knows, and messages too deep for protobuf."""

import pytest

from simulator.api import status_pb2
from simulator.api.pool import POOL
from simulator.transports.rest_gateway.json_reading import DEPTH_MAX, JsonReader, parse_json
from simulator.transports.rest_gateway.json_writing import JsonWriter
from simulator.transports.rest_gateway.message_types import MessageTypes
from simulator.transports.rest_gateway.statuses import InvalidInput

TYPES = MessageTypes([POOL])


@pytest.mark.parametrize("type_url", ["type.googleapis.com/foo.Bar", "type.googleapis.com/google.rpc.BadRequest"])
def test_details_that_can_t_be_read_are_told_as_they_are(type_url):
    status = status_pb2.Status(details=[{"type_url": type_url, "value": b"\xff"}])

    assert JsonWriter(TYPES).to_value(status)["details"] == [{"@type": type_url, "value": "/w=="}]


def test_nothing_at_all_is_an_empty_object():
    assert JsonWriter(TYPES).to_value(status_pb2.Status(details=[{}]))["details"] == [{}]


def test_messages_in_messages_end_somewhere():
    rule = TYPES("google.api.HttpRule")()
    text = '{"additionalBindings":[' * (DEPTH_MAX + 2) + "]}" * (DEPTH_MAX + 2)

    with pytest.raises(InvalidInput, match="recursion depth"):
        JsonReader(TYPES).merge(rule, parse_json(text))


def test_json_ends_somewhere():
    with pytest.raises(InvalidInput, match="too many levels of nesting"):
        parse_json("[" * 100_000)
