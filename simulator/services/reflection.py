"""Server reflection (grpc.reflection.v1): describes everything that is served to clients without stubs.

The messages of v1alpha, which older clients use, are the same on the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import grpc
from google.protobuf.descriptor import FileDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pool import DescriptorPool

from simulator.api import reflection_pb2
from simulator.api.pool import POOL
from simulator.rpc.errors import shortened

SERVICES = tuple(
    POOL.FindServiceByName(f"grpc.reflection.{version}.ServerReflection").full_name for version in ("v1", "v1alpha")
)


class Reflection:
    """The only method of the service.

    Args:
        services: Full names of all services that are served.
        added: Descriptors of services from outside this package; their pools are searched after ours.
    """

    def __init__(self, services: Sequence[str], added: Sequence[ServiceDescriptor] = ()) -> None:
        self._services = sorted(services)
        self._pools = tuple(dict.fromkeys([POOL, *(service.file.pool for service in added)]))

    def answer(self, request: reflection_pb2.ServerReflectionRequest) -> reflection_pb2.ServerReflectionResponse:
        """Answer one message of a stream."""
        response = reflection_pb2.ServerReflectionResponse(valid_host=request.host, original_request=request)
        kind = request.WhichOneof("message_request")
        if kind is None:
            _refuse(response, grpc.StatusCode.INVALID_ARGUMENT, "the request asks for nothing")
        elif kind == "list_services":
            response.list_services_response.service.extend(
                reflection_pb2.ServiceResponse(name=name) for name in self._services
            )
        else:
            try:
                self._describe(kind, getattr(request, kind), response)
            except KeyError:
                asked = shortened(" ".join(str(getattr(request, kind)).split()), 200)
                _refuse(response, grpc.StatusCode.NOT_FOUND, f"{kind}: nothing is known of {asked!r}")
        return response

    def _describe(self, kind: str, asked: Any, response: reflection_pb2.ServerReflectionResponse) -> None:
        for pool in self._pools[:-1]:
            with suppress(KeyError):
                _ANSWERS[kind](pool, asked, response)
                return
        _ANSWERS[kind](self._pools[-1], asked, response)


def _refuse(response: reflection_pb2.ServerReflectionResponse, code: grpc.StatusCode, message: str) -> None:
    number: int = code.value[0]
    response.error_response.error_code = number
    response.error_response.error_message = message


def _add_file(file: FileDescriptor, response: reflection_pb2.ServerReflectionResponse) -> None:
    """Describe *file* and everything that it imports."""
    found = {file.name: file}
    unvisited = [file]
    while unvisited:
        imported = {file.name: file for file in unvisited.pop().dependencies if file.name not in found}
        found |= imported
        unvisited += imported.values()
    response.file_descriptor_response.file_descriptor_proto.extend(file.serialized_pb for file in found.values())


def _file_by_name(pool: DescriptorPool, name: str, response: reflection_pb2.ServerReflectionResponse) -> None:
    _add_file(pool.FindFileByName(name), response)


def _file_of_symbol(pool: DescriptorPool, symbol: str, response: reflection_pb2.ServerReflectionResponse) -> None:
    try:
        file = pool.FindFileContainingSymbol(symbol)
    except KeyError:  # the pool does not find methods
        file = pool.FindMethodByName(symbol).containing_service.file
    _add_file(file, response)


def _file_of_extension(
    pool: DescriptorPool,
    asked: reflection_pb2.ExtensionRequest,
    response: reflection_pb2.ServerReflectionResponse,
) -> None:
    extended = pool.FindMessageTypeByName(asked.containing_type)
    extension = pool.FindExtensionByNumber(extended, asked.extension_number)
    _file_of_symbol(pool, extension.full_name, response)


def _extension_numbers(pool: DescriptorPool, name: str, response: reflection_pb2.ServerReflectionResponse) -> None:
    numbers = sorted(extension.number for extension in pool.FindAllExtensions(pool.FindMessageTypeByName(name)))
    response.all_extension_numbers_response.base_type_name = name
    response.all_extension_numbers_response.extension_number.extend(numbers)


_ANSWERS: Mapping[str, Callable[[DescriptorPool, Any, reflection_pb2.ServerReflectionResponse], None]] = {
    "file_by_filename": _file_by_name,
    "file_containing_symbol": _file_of_symbol,
    "file_containing_extension": _file_of_extension,
    "all_extension_numbers_of_type": _extension_numbers,
}
"""The function that adds the answer to a response, by the field of the question; raises KeyError if there is none."""
