"""A real gRPC server in front of the services."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from simulator.transports.service_registry import MESSAGE_BYTES_MAX, Served

THREADS_MAX = 512
"""Calls that are worked on at the same time, open streams of reflection included; threads start as they are needed."""
GRACE_SECONDS = 0.2
"""How long calls in flight may take to end when the server stops. Without any, clients write complaints to stderr."""

PATIENCE_SECONDS = 2.0
"""How long the end of the server may take altogether."""

_OPTIONS = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.so_reuseport", 0),  # on by default, and then two servers silently share a port
)

_ADDRESS = re.compile(r"(\[[^\]]+\]|[^:\[\]]+):([0-9]{1,5})")
_PORT_MAX = 65_535
_SCHEMES = frozenset({"dns", "ipv4", "ipv6", "unix", "unix-abstract", "vsock", "xds"})
"""What gRPC takes for the kind of an address where a host is expected."""


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
        served: What is served.
        address: Where to listen, ``host:port``; port 0 takes a free one.

    Raises:
        OSError: nothing can listen there.
    """

    def __init__(self, served: Served, address: str) -> None:
        self._executor = ThreadPoolExecutor(THREADS_MAX, thread_name_prefix="pds-simulator")
        self._server = grpc.server(self._executor, options=_OPTIONS)
        self._server.add_generic_rpc_handlers((_Handlers(served),))
        try:
            port = self._server.add_insecure_port(address)
        except RuntimeError as error:
            self._executor.shutdown()
            raise OSError(f"can't listen on {address!r}: {error}") from None
        self.target = f"{address.rpartition(':')[0]}:{port}"
        self._start()

    def stop(self) -> None:
        """End all calls and give up the port; returns when nothing is left.

        gRPC can lose a call that a stream of bytes which are no message has ended, and then waits for it for ever. What
        has not ended long after the grace is left to it.
        """
        ended = self._server.stop(GRACE_SECONDS).wait(PATIENCE_SECONDS)
        self._executor.shutdown(wait=ended)

    def _start(self) -> None:
        # Starting, gRPC waits until `time.time()`, which is for ever where freezegun froze that in the future. It tells
        # the real time to what is called near the top of the stack of a thread.
        starter = threading.Thread(target=self._server.start)
        starter.start()
        starter.join()


class _Handlers(grpc.GenericRpcHandler):
    """All that is served, as gRPC asks for it."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        return self._served.find(handler_call_details.method)
