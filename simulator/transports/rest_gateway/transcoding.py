"""Turns path, query and body into the request of a method, and its response or failure into JSON."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import EncodeError, Message

from simulator.api import status_pb2
from simulator.rpc.errors import InvalidRequest
from simulator.rpc.status import invalid_request
from simulator.transports.in_process.call_state import DEADLINE_EXCEEDED
from simulator.transports.in_process.channel import CLOSED
from simulator.transports.rest_gateway.bindings import Binding
from simulator.transports.rest_gateway.descriptors import is_strict
from simulator.transports.rest_gateway.field_masks import mask_field, paths_in
from simulator.transports.rest_gateway.json_reading import JsonReader, parse_json
from simulator.transports.rest_gateway.json_writing import JsonWriter, to_bytes
from simulator.transports.rest_gateway.message_types import FindMessageType
from simulator.transports.rest_gateway.parameters import ParameterReader, parse_query
from simulator.transports.rest_gateway.statuses import InvalidInput, Refused
from simulator.transports.rest_gateway.unknown_names import unknown_members, unknown_parameters

REMEMBERED_MAX = 1_024
"""How many responses are cached as JSON, because the same version of a resource is read repeatedly."""
REMEMBERED_BYTES_MAX = 8 * 1024
"""Larger ones are not cached."""

JSON_TYPE = b"application/json"
LATE = (grpc.StatusCode.DEADLINE_EXCEEDED, "context deadline exceeded")
"""How a call ends whose client no longer waits."""
SHUT_DOWN = (grpc.StatusCode.UNAVAILABLE, "the server is shutting down")
"""How calls end when the server stops."""
_HTTP_BODY = "google.api.HttpBody"
_DETAILS = "grpc-status-details-bin"

Body = tuple[bytes, bytes]
"""The content type, and the content."""


class Transcoder:
    """Turns HTTP into messages and back.

    Args:
        find_message_type: Finds the messages that an `Any` holds, and that failures bring along.
    """

    def __init__(self, find_message_type: FindMessageType) -> None:
        self._reader = JsonReader(find_message_type)
        self._writer = JsonWriter(find_message_type)
        self._parameters = ParameterReader(self._reader)
        self._remembered = lru_cache(REMEMBERED_MAX)(self._written)

    def request(self, binding: Binding, variables: Mapping[str, str], body: bytes, queries: tuple[str, ...]) -> bytes:
        """Write the request of a method: what the body says, then the path, then the parameters.

        Args:
            binding: The binding of the called method.
            variables: The values from the path.
            body: The body; may be empty.
            queries: A form if one was sent, and the query of the URL.

        Raises:
            InvalidInput: something can't be read.
            Refused: it has names that the request of a strict method does not have.
        """
        request = message_factory.GetMessageClass(binding.method.input_type)()
        content = None
        if binding.body:
            content = self._merge_body(request, binding, body.decode(errors="surrogateescape"))
        self._parameters.merge_path(request, variables)
        if binding.takes_query:
            taken = (binding.body, *binding.template.fields)
            self._parameters.merge_query(request, parse_query("&".join(queries)), taken)
        if is_strict(binding.method.input_type):
            self._require_known(binding, content, queries)
        try:
            return request.SerializeToString()
        except EncodeError as error:
            raise InvalidInput(f"proto: {error}") from None

    def _require_known(self, binding: Binding, content: Any, queries: tuple[str, ...]) -> None:
        violations = [
            *unknown_members(binding.method.input_type, content),
            *unknown_parameters(binding, parse_query("&".join(queries))),
        ]
        if violations:
            failed = invalid_request(InvalidRequest(violations))
            raise self._refused(failed.status, failed.code, failed.message)

    def _merge_body(self, request: Message, binding: Binding, text: str) -> Any:
        """Put the body into *request*, and give it as JSON; None where there is none."""
        field, mask = binding.body_field, mask_field(binding)
        for each in (field, mask):
            if each is not None and each.message_type is not None and not each.is_repeated:
                getattr(request, each.name).SetInParent()
        if not text.strip(" \t\r\n"):
            return None
        value = parse_json(text, is_alone=is_strict(binding.method.input_type))
        if field is None:
            self._reader.merge(request, value)
        else:
            self._reader.merge_field(request, field, value)
        if mask is not None and field is not None:
            getattr(request, mask.name).paths[:] = paths_in(value, field.message_type)
        return value

    def response(self, binding: Binding, content: bytes) -> Body:
        """Return the body for the response of a method.

        Args:
            binding: The binding of the called method.
            content: The bytes of the response.
        """
        if len(content) > REMEMBERED_BYTES_MAX:
            return self._written(binding.method, binding.response_body, content)
        return self._remembered(binding.method, binding.response_body, content)

    def _written(self, method: MethodDescriptor, field: str, content: bytes) -> Body:
        response: Any = message_factory.GetMessageClass(method.output_type).FromString(content)
        if method.output_type.full_name == _HTTP_BODY:
            return response.content_type.encode(), response.data
        try:
            value = self._writer.field_to_value(response, field) if field else self._writer.to_value(response)
        except ValueError as error:
            raise Refused(grpc.StatusCode.INTERNAL, f"the response can't be written as JSON: {error}") from None
        return JSON_TYPE, to_bytes(value)

    def body(self, binding: Binding, content: bytes) -> bytes:
        """Return the JSON of one of many responses of a method."""
        _, body = self._written(binding.method, binding.response_body, content)
        return bytes(body)

    def failure(self, call: Any) -> Refused:
        """Return the refusal for a failed call.

        Args:
            call: The call, which has ended.
        """
        code, message = call.code(), call.details() or ""
        content = next((value for key, value in call.trailing_metadata() or () if key == _DETAILS), None)
        if content is None:
            return Refused(*_ENDS.get((code, message), (code, message)))
        return self._refused(status_pb2.Status.FromString(content), code, message)

    def _refused(self, status: Any, code: grpc.StatusCode, message: str) -> Refused:
        return Refused(code, message, [self._writer.any_to_value(detail) for detail in status.details])


_ENDS: Mapping[tuple[grpc.StatusCode, str], tuple[grpc.StatusCode, str]] = {
    (grpc.StatusCode.DEADLINE_EXCEEDED, DEADLINE_EXCEEDED): LATE,
    (grpc.StatusCode.CANCELLED, CLOSED): SHUT_DOWN,
}
"""What HTTP clients see when the channel itself has ended a call."""
