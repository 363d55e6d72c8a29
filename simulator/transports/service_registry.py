"""All that is served, whichever way a call comes: the RestoreService, health checking and reflection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from operator import methodcaller
from typing import Any, ClassVar, NoReturn, TypeAlias

import grpc
from google.protobuf.message import Message

from simulator.api import METHODS, SERVICE, Method, health_pb2, reflection_pb2
from simulator.rpc.call import Answering, Call, WaitingClient, run
from simulator.rpc.status import CallFailed, unforeseen
from simulator.services import health, reflection
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

SERVICES = (SERVICE, health.SERVICE, *reflection.SERVICES)
"""Full names of what is served."""

METHODS_BY_PATH: Mapping[str, Method] = {method.path: method for method in METHODS.values()}


MethodHandler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


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
    def _handlers(self) -> Mapping[str, MethodHandler]:
        return {**self._restore_handlers(), **_health_handlers(), **_reflection_handlers()}

    def find(self, path: str) -> MethodHandler | None:
        """Find the handler of a method by its path; None when there is no such method."""
        return self._handlers.get(path)

    def _restore_handlers(self) -> Mapping[str, MethodHandler]:
        """Give handlers that take requests as bytes: gRPC would call bytes that are no message INTERNAL."""
        return {
            method.path: grpc.unary_unary_rpc_method_handler(_behavior(self.answer_of(method)))
            for method in METHODS.values()
        }


def _health_handlers() -> Mapping[str, MethodHandler]:
    service = health.Health(SERVICES)
    check = _messages_of(health_pb2.HealthCheckRequest)
    return {
        f"/{health.SERVICE}/Check": grpc.unary_unary_rpc_method_handler(_aborting(service.check), **check),
        f"/{health.SERVICE}/List": grpc.unary_unary_rpc_method_handler(
            _aborting(service.list), **_messages_of(health_pb2.HealthListRequest)
        ),
        f"/{health.SERVICE}/Watch": grpc.unary_stream_rpc_method_handler(_Watch(service), **check),
    }


class _Watch:
    """Tells the health, and leaves the call open without a thread that waits."""

    experimental_non_blocking: ClassVar[bool] = True  # gRPC's name for it
    experimental_thread_pool: ClassVar[None] = None

    def __init__(self, service: health.Health) -> None:
        self._service = service

    def __call__(
        self,
        request: health_pb2.HealthCheckRequest,
        _context: grpc.ServicerContext,
        send: Callable[[health_pb2.HealthCheckResponse], None],
    ) -> None:
        send(self._service.watch(request))


def _reflection_handlers() -> Mapping[str, MethodHandler]:
    service = reflection.Reflection(SERVICES)

    def behave(requests: Iterator[Any], _context: grpc.ServicerContext) -> Iterator[Message]:
        return map(service.answer, requests)

    handler = grpc.stream_stream_rpc_method_handler(behave, **_messages_of(reflection_pb2.ServerReflectionRequest))
    return {f"/{name}/ServerReflectionInfo": handler for name in reflection.SERVICES}


def _messages_of(request: type[Message]) -> Mapping[str, Any]:
    return {"request_deserializer": request.FromString, "response_serializer": methodcaller("SerializeToString")}


def _aborting(method: Callable[[Any], Message]) -> Callable[[Any, grpc.ServicerContext], Message]:
    def behave(request: Message, context: grpc.ServicerContext) -> Message:
        try:
            return method(request)
        except CallFailed as failed:
            _abort(failed, context)

    return behave


def _abort(failed: CallFailed, context: grpc.ServicerContext) -> NoReturn:
    context.set_trailing_metadata(failed.trailing_metadata)
    context.abort(failed.code, failed.message)


def _behavior(answer: Answer) -> Callable[[bytes, grpc.ServicerContext], bytes]:
    def behave(request: bytes, context: grpc.ServicerContext) -> bytes:
        metadata: Metadata = tuple((key, value) for key, value in context.invocation_metadata())
        client = _Client(context)
        try:
            return run(answer(request, metadata, client), client.wait)
        except CallFailed as failed:
            _abort(failed, context)

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
