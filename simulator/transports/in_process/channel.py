"""A channel to the services of the same process, with the interface of `grpc.Channel`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Self

import grpc

from simulator.transports.in_process.call_state import CallState, Ended
from simulator.transports.in_process.multicallables import StreamStream, StreamUnary, UnaryStream, UnaryUnary
from simulator.transports.in_process.service_config import Options, ServiceConfig
from simulator.transports.service_registry import ServiceRegistry

CLOSED = "Channel closed!"
GRACE_SECONDS = 1.0
"""How long calls in progress may take to end when the channel closes."""

_logger = logging.getLogger(__name__)

ConnectivityCallback = Callable[[grpc.ChannelConnectivity], None]


class InProcessChannel(grpc.Channel):
    """Runs calls in the thread of their caller.

    Requests and responses are serialized on their way, so that the two ends share nothing.

    Args:
        registry: The services.
        options: Channel options of gRPC; those that `ServiceConfig` knows are honoured.
        deadline_grace_seconds: How long, in real time, a held call for which nobody waits leaves virtual time alone
            before its deadline passes; None means until something waits for it or moves the time.
    """

    def __init__(
        self, registry: ServiceRegistry, options: Options = (), *, deadline_grace_seconds: float | None = 1.0
    ) -> None:
        self.registry = registry
        self.config = ServiceConfig(options)
        self.deadline_grace_seconds = deadline_grace_seconds
        self.is_closed = False
        self._states: set[CallState] = set()
        self._idle: threading.Event | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Cancel calls in progress, and refuse new ones; closing twice does no harm."""
        self.is_closed = True
        self._idle = threading.Event()
        for state in tuple(self._states):
            state.fail(
                Ended(grpc.StatusCode.CANCELLED, CLOSED)
            )  # waiters get an error, because they did not cancel it themselves
        if self._states:
            self._idle.wait(GRACE_SECONDS)

    def subscribe(self, callback: ConnectivityCallback, try_to_connect: bool | None = False) -> None:
        """Report the connectivity, which is READY for as long as the channel is open."""
        if self.is_closed:
            return
        try:
            callback(grpc.ChannelConnectivity.READY)
        except Exception:  # as gRPC does
            _logger.exception("Exception calling channel subscription callback!")

    def unsubscribe(self, callback: ConnectivityCallback) -> None:
        """Do nothing: there would be no further reports."""

    def unary_unary(
        self,
        method: str,
        request_serializer: Any = None,
        response_deserializer: Any = None,
        _registered_method: bool | None = False,
    ) -> UnaryUnary:
        return UnaryUnary(self, method, request_serializer, response_deserializer)

    def unary_stream(
        self,
        method: str,
        request_serializer: Any = None,
        response_deserializer: Any = None,
        _registered_method: bool | None = False,
    ) -> UnaryStream:
        return UnaryStream(self, method, request_serializer, response_deserializer)

    def stream_unary(
        self,
        method: str,
        request_serializer: Any = None,
        response_deserializer: Any = None,
        _registered_method: bool | None = False,
    ) -> StreamUnary:
        return StreamUnary(self, method, request_serializer, response_deserializer)

    def stream_stream(
        self,
        method: str,
        request_serializer: Any = None,
        response_deserializer: Any = None,
        _registered_method: bool | None = False,
    ) -> StreamStream:
        return StreamStream(self, method, request_serializer, response_deserializer)

    def begin(self, state: CallState) -> None:
        """Register a call that begins; `end` has to follow.

        Raises:
            ValueError: the channel is closed.
        """
        self._states.add(state)
        if self.is_closed:
            self.end(state)
            raise ValueError("Cannot invoke RPC on closed channel!")

    def end(self, state: CallState) -> None:
        """Unregister a call that the services are done with."""
        self._states.discard(state)
        if self._idle is not None and not self._states:
            self._idle.set()
