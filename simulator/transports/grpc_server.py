"""A real gRPC server in front of the services, with health checking and reflection beside them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import grpc
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2
from grpc_status import rpc_status

from simulator.api import METHODS, SERVICE, Method
from simulator.api.pool import POOL_FILES
from simulator.call_log import Metadata
from simulator.services.call import Call
from simulator.services.restore_service import HANDLERS
from simulator.services.status import CallFailed, unforeseen
from simulator.session import Session

REQUEST_BYTES_MAX = 4 * 1024 * 1024
"""Larger requests are refused with RESOURCE_EXHAUSTED; the limit that gRPC servers have by default."""
THREADS_MAX = 512
"""Calls that are worked on at the same time, open streams of reflection included; threads start as they are needed."""
DEADLINE_SECONDS_MAX = 1e12
"""Beyond it there is no deadline: gRPC then tells of one in the year 292 billion."""
GRACE_SECONDS = 0.2
"""How long calls in flight may take to end when the server stops. Without any, clients write complaints to stderr."""

_OPTIONS = (
    ("grpc.max_receive_message_length", REQUEST_BYTES_MAX),
    ("grpc.so_reuseport", 0),  # on by default, and then two servers silently share a port
)

_ADDRESS = re.compile(r"(\[[^\]]+\]|[^:\[\]]+):([0-9]{1,5})")
_PORT_MAX = 65_535
_SCHEMES = frozenset({"dns", "ipv4", "ipv6", "unix", "unix-abstract", "vsock", "xds"})
"""What gRPC takes for the kind of an address where a host is expected."""

_SERVICES = ("", SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME)
"""What is served; the empty name stands for the whole server."""

SessionFinder = Callable[[Metadata], Session]
"""Finds the session that a call is for by its metadata."""


def require_address(address: str) -> None:
    """Check that *address* is ``host:port``; from others, gRPC makes ports of its own choice.

    Raises:
        ValueError: it is not.
    """
    matched = _ADDRESS.fullmatch(address)
    if matched is None or int(matched[2]) > _PORT_MAX or matched[1] in _SCHEMES:
        raise ValueError(f"address is {address!r}; expected 'host:port' with a port from 0 to {_PORT_MAX}")


class GrpcServer:
    """The services on a port.

    Args:
        find_session: Finds the session that a call is for.
        address: Where to listen, ``host:port``; port 0 takes a free one.

    Raises:
        OSError: nothing can listen there.
    """

    def __init__(self, find_session: SessionFinder, address: str) -> None:
        self._executor = ThreadPoolExecutor(THREADS_MAX, thread_name_prefix="pds-simulator")
        self._server = grpc.server(self._executor, options=_OPTIONS)
        self._server.add_generic_rpc_handlers((_RestoreServiceHandler(find_session),))
        self._add_health()
        self._add_reflection()
        try:
            port = self._server.add_insecure_port(address)
        except RuntimeError as error:
            self._executor.shutdown()
            raise OSError(f"can't listen on {address!r}: {error}") from None
        self.target = f"{address.rpartition(':')[0]}:{port}"
        self._start()

    def stop(self) -> None:
        """End all calls and give up the port; returns when nothing is left."""
        self._server.stop(GRACE_SECONDS).wait()
        self._executor.shutdown()

    def _start(self) -> None:
        # Starting, gRPC waits until `time.time()`, which is for ever where freezegun froze that in the future. It tells
        # the real time to what is called near the top of the stack of a thread.
        starter = threading.Thread(target=self._server.start)
        starter.start()
        starter.join()

    def _add_health(self) -> None:
        servicer = _Health()
        for service in _SERVICES:
            servicer.set(service, health_pb2.HealthCheckResponse.SERVING)
        health_pb2_grpc.add_HealthServicer_to_server(servicer, self._server)

    def _add_reflection(self) -> None:
        """Describe all that is served, from a pool that has our files and those of the services beside ours."""
        pool = DescriptorPool()
        for file in POOL_FILES:
            pool.AddSerializedFile(file)
        for module in (health_pb2, reflection_pb2):
            pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
        names = [service for service in _SERVICES if service]
        reflection.enable_server_reflection(names, self._server, pool=cast(DescriptorPool, _PoolForReflection(pool)))


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


class _Client:
    """The client of a call over gRPC."""

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


class _RestoreServiceHandler(grpc.GenericRpcHandler):
    """Hands the calls of the RestoreService to its handlers.

    Requests are taken as bytes: bytes that are no message are the service's to refuse, which gRPC would call INTERNAL.
    """

    def __init__(self, find_session: SessionFinder) -> None:
        self._find_session = find_session
        self._handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            method.path: grpc.unary_unary_rpc_method_handler(self._behavior(method)) for method in METHODS.values()
        }

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        return self._handlers.get(handler_call_details.method)

    def _behavior(self, method: Method) -> Callable[[bytes, grpc.ServicerContext], bytes]:
        handler = HANDLERS[method.name]

        def behave(request: bytes, context: grpc.ServicerContext) -> bytes:
            metadata: Metadata = tuple((key, value) for key, value in context.invocation_metadata())
            call = Call(method, request, metadata, self._find_session(metadata), _Client(context))
            try:
                # Maps have no order of their own; written deterministically, the same answer has the same bytes.
                return handler(call).SerializeToString(deterministic=True)
            except CallFailed as failed:
                status = failed.status
            except Exception as error:  # noqa: BLE001  # gRPC would answer UNKNOWN, and nobody else would hear of it
                status = unforeseen(call, error).status
            context.abort_with_status(rpc_status.to_status(status))
            raise AssertionError("abort_with_status always raises")

        return behave
