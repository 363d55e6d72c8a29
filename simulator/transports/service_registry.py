"""Everything that is served, over any transport: services, health checking and reflection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from operator import methodcaller
from types import MappingProxyType
from typing import Any, ClassVar, NoReturn, Protocol, TypeAlias

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message

from simulator.api import PRODUCT, Method, health_pb2, reflection_pb2
from simulator.api.service import CONTROL_SERVICE
from simulator.rpc.call import Answering, Call, Handler, WaitingClient
from simulator.rpc.errors import shortened
from simulator.rpc.recording import record_unknown_method
from simulator.rpc.status import CallFailed, unforeseen
from simulator.services import health, reflection
from simulator.services.product import SERVICES
from simulator.services.service import Service
from simulator.sessions.call_record import Metadata
from simulator.sessions.session import Session

MESSAGE_BYTES_MAX = 4 * 1024 * 1024
"""Larger messages are refused with RESOURCE_EXHAUSTED, by clients and servers alike; gRPC's own limit."""
SNAPSHOT_BYTES_MAX = 64 * 1024 * 1024
"""The same for calls with snapshots in their messages."""
_WITH_SNAPSHOTS = frozenset(f"/{CONTROL_SERVICE}/{name}" for name in ("CreateSession", "CreateSnapshot"))
PATH_LENGTH_MAX = 256
"""How much of the path of an unknown method is recorded."""
STANDARD_SERVICES = "/grpc."
"""The prefix of the paths of gRPC's own services: health, reflection and others."""
ONE_REQUEST = "the method requires exactly one request message."
UNKNOWN_METHOD = "Method not found!"
"""gRPC's message for it."""
DEADLINE_SECONDS_MAX = 1e12
"""Beyond this there is no deadline: gRPC then reports one in the year 292 billion."""

SessionFinder = Callable[[Metadata], Session]
"""Finds the session of a call by its metadata."""

Answer = Callable[[bytes, Metadata, Session, WaitingClient], Answering]
"""Answers the bytes of a request with the bytes of its response, or raises `CallFailed`."""

MethodHandler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


STANDARD_NAMES = (health.SERVICE, *reflection.SERVICES)
SERVED_NAMES = (*(service.full_name for service in SERVICES), *STANDARD_NAMES)
"""Full names of the services of every simulator."""
NOTHING_MORE: Mapping[str, MethodHandler] = MappingProxyType({})


class OwnServices(Protocol):
    """Services that each session has of its own."""

    @property
    def service_names(self) -> Collection[str]:
        """Their full names."""
        ...

    @property
    def descriptors(self) -> Sequence[ServiceDescriptor]:
        """Their descriptors, as far as known."""
        ...

    def find(self, session: Session, path: str) -> MethodHandler | None:
        """Find the handler of a method; None if the session has none."""
        ...


def message_bytes_max(path: str) -> int:
    """How large the messages of a method may be, by path."""
    return SNAPSHOT_BYTES_MAX if path in _WITH_SNAPSHOTS else MESSAGE_BYTES_MAX


def too_large(content: bytes, receiver: str, bytes_max: int) -> str:
    """What gRPC says of a message that is larger than *receiver* takes."""
    return f"{receiver}: Received message larger than max ({len(content)} vs. {bytes_max})"


class ServiceRegistry:
    """The methods of all services.

    Args:
        find_session: Finds the session of a call; raises `CallFailed` if it names an unknown one.
        services: The services, beside health checking and reflection.
        more: Handlers of further services, by path, that belong to no session; they may block.
        own: Further services that each session has of its own; they may block.
    """

    def __init__(
        self,
        find_session: SessionFinder,
        services: Sequence[Service] = SERVICES,
        more: Mapping[str, MethodHandler] = NOTHING_MORE,
        own: OwnServices | None = None,
    ) -> None:
        self.find_session = find_session
        self.services = tuple(services)
        self.more = more
        self._own = own
        self.answers: Mapping[str, Answer] = {
            method.path: _answer(method, handler) for service in services for method, handler in service.handlers
        }
        """The handlers of the methods of the services, by path."""

    @property
    def service_names(self) -> Sequence[str]:
        """Full names of all services."""
        names = [service.full_name for service in self.services]
        names += dict.fromkeys(path.split("/")[1] for path in self.more)
        return (*names, *(self._own.service_names if self._own else ()), *STANDARD_NAMES)

    def find(self, path: str) -> MethodHandler | None:
        """Find the handler of a method that belongs to no session; None for an unknown method."""
        return self.more.get(path) or self._handlers.get(path)

    def find_own(self, session: Session, path: str) -> MethodHandler | None:
        """Find the handler of a method that a session has of its own; None if it has no such method."""
        return self._own.find(session, path) if self._own else None

    @cached_property
    def _handlers(self) -> Mapping[str, MethodHandler]:
        descriptors = self._own.descriptors if self._own else ()
        reflected = reflection.Reflection(self.service_names, descriptors)
        return {**_health_handlers(self.service_names), **_reflection_handlers(reflected)}

    def refusal_of(self, path: str) -> Answer:
        """Return a handler that refuses the calls of an unknown method.

        Calls are recorded, except those of gRPC's own services, which tools probe for.
        """
        method, message = shortened(path, PATH_LENGTH_MAX), self._not_served(path)

        async def refuse(_request: bytes, metadata: Metadata, session: Session, client: WaitingClient) -> bytes:
            if not path.startswith(STANDARD_SERVICES):
                record_unknown_method(method, message, metadata, session, client)
            raise CallFailed(grpc.StatusCode.UNIMPLEMENTED, message)

        return refuse

    def _not_served(self, path: str) -> str:
        """Say what the simulator lacks, if it belongs to the product, which may have it."""
        service_name, _, name = path.removeprefix("/").partition("/")
        if not service_name.startswith(PRODUCT):
            return UNKNOWN_METHOD
        short_name = shortened(service_name.rpartition(".")[2], PATH_LENGTH_MAX)
        for service in self.services:
            if service.full_name == service_name:
                known = ", ".join(service.functions)
                return f"the simulator has no method {shortened(name, PATH_LENGTH_MAX)!r} of {short_name}, only {known}"
        known = ", ".join(service.descriptor.name for service in self.services)
        return f"the simulator has no {short_name} ({shortened(service_name, PATH_LENGTH_MAX)}), only {known}"


def _answer(method: Method, handler: Handler) -> Answer:
    """Return the handler of a method."""

    async def answer(request: bytes, metadata: Metadata, session: Session, client: WaitingClient) -> bytes:
        call = Call(method, request, metadata, session, client)
        try:
            return await handler(call)
        except CallFailed:
            raise
        except Exception as error:  # gRPC would just answer UNKNOWN, and hide the error
            raise unforeseen(call, error) from error

    return answer


def _health_handlers(services: Sequence[str]) -> Mapping[str, MethodHandler]:
    service = health.Health(services)
    check = _messages_of(health_pb2.HealthCheckRequest)
    return {
        f"/{health.SERVICE}/Check": grpc.unary_unary_rpc_method_handler(_aborting(service.check), **check),
        f"/{health.SERVICE}/List": grpc.unary_unary_rpc_method_handler(
            _aborting(service.list), **_messages_of(health_pb2.HealthListRequest)
        ),
        f"/{health.SERVICE}/Watch": grpc.unary_stream_rpc_method_handler(_Watch(service), **check),
    }


class _Watch:
    """Reports the health, and leaves the call open without a thread that waits."""

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


def _reflection_handlers(service: reflection.Reflection) -> Mapping[str, MethodHandler]:
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
