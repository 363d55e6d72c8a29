"""All that is served, whichever way a call comes: the RestoreService, health checking and reflection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, cast

import grpc
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2
from grpc_status import rpc_status

from simulator.api import METHODS, SERVICE, Method
from simulator.api.pool import POOL_FILES
from simulator.rpc.call import Answering, Call, WaitingClient, run
from simulator.rpc.status import CallFailed, unforeseen
from simulator.services.restores import HANDLERS
from simulator.sessions.call_log import Metadata
from simulator.sessions.session import Session

MESSAGE_BYTES_MAX = 4 * 1024 * 1024
"""Larger messages are refused with RESOURCE_EXHAUSTED, by clients and servers alike; gRPC's own limit."""
DEADLINE_SECONDS_MAX = 1e12
"""Beyond it there is no deadline: gRPC then tells of one in the year 292 billion."""

SessionFinder = Callable[[Metadata], Session]
"""Finds the session that a call is for by its metadata."""

Answer = Callable[[bytes, Metadata, WaitingClient], Answering]
"""Answers the bytes of a request with the bytes of its response, or raises `CallFailed`."""

_SERVICES = ("", SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME)
"""What is served; the empty name stands for the whole server."""

METHODS_BY_PATH: Mapping[str, Method] = {method.path: method for method in METHODS.values()}


class Served:
    """The methods of all services.

    Args:
        find_session: Finds the session that a call is for.
    """

    def __init__(self, find_session: SessionFinder) -> None:
        self.find_session = find_session

    def answer_of(self, method: Method) -> Answer:
        """Give what answers the calls of a method of the RestoreService."""
        handler, find_session = HANDLERS[method.name], self.find_session

        async def answer(request: bytes, metadata: Metadata, client: WaitingClient) -> bytes:
            call = Call(method, request, metadata, find_session(metadata), client)
            try:
                return await handler(call)
            except CallFailed:
                raise
            except Exception as error:  # gRPC would answer UNKNOWN, and nobody else would hear of it
                raise unforeseen(call, error) from error

        return answer

    @cached_property
    def handlers(self) -> Sequence[grpc.GenericRpcHandler]:
        """The handlers of all methods, as gRPC knows them."""
        collected = _Collected()
        collected.add_generic_rpc_handlers((_RestoreServiceHandler(self),))
        server = cast(grpc.Server, collected)
        _add_health(server)
        _add_reflection(server)
        return collected.handlers

    def find(self, path: str, metadata: Metadata) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Find the handler of a method by its path; None when there is no such method."""
        details = cast(grpc.HandlerCallDetails, _HandlerCallDetails(path, metadata))
        found = (handler.service(details) for handler in self.handlers)
        return next((handler for handler in found if handler is not None), None)


class _HandlerCallDetails(NamedTuple):
    method: str
    invocation_metadata: Metadata


class _Collected:
    """Takes the handlers of services, as a server does."""

    def __init__(self) -> None:
        self.handlers: list[grpc.GenericRpcHandler] = []

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        self.handlers += handlers

    def add_registered_method_handlers(self, service: str, handlers: object) -> None:
        """Nothing to do: these are the same handlers, for servers that find them faster by name."""


def _add_health(server: grpc.Server) -> None:
    servicer = _Health()
    for service in _SERVICES:
        servicer.set(service, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)


class _Health(health.HealthServicer):
    """Health that never changes: all services are healthy from the beginning to the end.

    Watching in `HealthServicer` holds its lock while a watcher is answered, and asks for it on the thread of the server
    when a watcher goes. One who goes while being answered brings everything to a stop, for good. A health that never
    changes has to be told to each watcher only once, for which nothing has to be locked, and nobody remembered.
    """

    def Watch(  # type: ignore[override]  # noqa: N802  # gRPC's name for it; it always gives the callback
        self,
        request: health_pb2.HealthCheckRequest,
        context: grpc.ServicerContext,  # noqa: ARG002  # gRPC gives it
        send_response_callback: Callable[[health_pb2.HealthCheckResponse], None],
    ) -> None:
        """Tell the health, and leave the call open without a thread that waits: `HealthServicer` asks gRPC for that."""
        response = health_pb2.HealthCheckResponse
        send_response_callback(
            response(status=response.SERVING if request.service in _SERVICES else response.SERVICE_UNKNOWN)
        )


def _add_reflection(server: grpc.Server) -> None:
    """Describe all that is served, from a pool that has our files and those of the services beside ours."""
    pool = DescriptorPool()
    for file in POOL_FILES:
        pool.AddSerializedFile(file)
    for module in (health_pb2, reflection_pb2):
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
    names = [service for service in _SERVICES if service]
    reflection.enable_server_reflection(names, server, pool=cast(DescriptorPool, _PoolForReflection(pool)))


class _PoolForReflection:
    """A descriptor pool that also finds the file of a method by the method's name, as tools ask for it."""

    def __init__(self, pool: DescriptorPool) -> None:
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    def FindFileContainingSymbol(self, symbol: str) -> FileDescriptor:  # noqa: N802  # the pool's name for it
        try:
            return self._pool.FindFileContainingSymbol(symbol)
        except KeyError:
            return self._pool.FindMethodByName(symbol).containing_service.file


class _RestoreServiceHandler(grpc.GenericRpcHandler):
    """Hands the calls of the RestoreService to its handlers.

    Requests are taken as bytes: bytes that are no message are the service's to refuse, which gRPC would call INTERNAL.
    """

    def __init__(self, served: Served) -> None:
        self._handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            method.path: grpc.unary_unary_rpc_method_handler(_behavior(served.answer_of(method)))
            for method in METHODS.values()
        }

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        return self._handlers.get(handler_call_details.method)


def _behavior(answer: Answer) -> Callable[[bytes, grpc.ServicerContext], bytes]:
    def behave(request: bytes, context: grpc.ServicerContext) -> bytes:
        metadata: Metadata = tuple((key, value) for key, value in context.invocation_metadata())
        client = _Client(context)
        try:
            return run(answer(request, metadata, client), client.wait)
        except CallFailed as failed:
            context.abort_with_status(rpc_status.to_status(failed.status))
            raise AssertionError("abort_with_status always raises") from failed

    return behave


class _Client:
    """The client of a call, as gRPC's context knows it."""

    def __init__(self, context: grpc.ServicerContext) -> None:
        self._context = context

    def is_waiting(self) -> bool:
        return self._context.is_active()

    def remaining_seconds(self) -> float | None:
        seconds = self._context.time_remaining()
        return None if seconds is None or seconds > DEADLINE_SECONDS_MAX else seconds

    def wait(self, timeout_seconds: float | None) -> bool:
        gone = threading.Event()
        if not self._context.add_callback(gone.set):
            return False
        return not gone.wait(timeout_seconds)
