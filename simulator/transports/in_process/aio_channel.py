"""A channel for asyncio to the services of the same process: that of grpc.aio, but for its core."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

import grpc.aio
from grpc._cython import cygrpc
from grpc.aio import _channel as aio_channel

from simulator.transports.in_process.aio_calls import AioCall
from simulator.transports.in_process.channel import InProcessChannel
from simulator.transports.service_registry import Served

_INTERCEPTORS = {
    "_unary_unary_interceptors": grpc.aio.UnaryUnaryClientInterceptor,
    "_unary_stream_interceptors": grpc.aio.UnaryStreamClientInterceptor,
    "_stream_unary_interceptors": grpc.aio.StreamUnaryClientInterceptor,
    "_stream_stream_interceptors": grpc.aio.StreamStreamClientInterceptor,
}


class InProcessAioChannel(aio_channel.Channel):
    """Runs calls in the event loop of whoever makes them; those that may have to wait, in a thread.

    Args:
        served: What it leads to.
        interceptors: Of `grpc.aio`, as `grpc.aio.insecure_channel` takes them.

    Raises:
        ValueError: something is no interceptor.
    """

    def __init__(self, served: Served, interceptors: Sequence[Any] = ()) -> None:
        # Not the one above: it would open a channel of the core, and start the core's thread.
        for interceptor in interceptors:
            if not isinstance(interceptor, tuple(_INTERCEPTORS.values())):
                raise ValueError(f"{interceptor!r} is no interceptor of grpc.aio")  # noqa: TRY004  # as grpc.aio does
        for name, kind in _INTERCEPTORS.items():
            setattr(self, name, [interceptor for interceptor in interceptors if isinstance(interceptor, kind)])
        self._loop: asyncio.AbstractEventLoop = cygrpc.get_working_loop()  # as grpc.aio does
        self._channel = _Core(InProcessChannel(served), self._loop)
        self._active_calls = WeakSet[Any]()

    @property
    def in_process(self) -> InProcessChannel:
        """What keeps account of its calls."""
        in_process: InProcessChannel = self._channel.in_process
        return in_process


class _Core:
    """Stands where grpc.aio expects its channel that is written in C."""

    def __init__(self, in_process: InProcessChannel, loop: asyncio.AbstractEventLoop) -> None:
        self.in_process = in_process
        self._loop = loop
        self._shut = asyncio.Event()

    def call(
        self, method: bytes, deadline: float | None, credentials: Any, _wait_for_ready: Any, _handle: int = 0
    ) -> AioCall:
        # grpcio 1.76 gives no handle; later versions do.
        if self.in_process.is_closed:
            raise cygrpc.UsageError("Channel is closed.")
        return AioCall(self.in_process, method.decode(), deadline, credentials, self._loop)

    def closing(self) -> None:
        self.in_process.is_closed = True

    def closed(self) -> bool:
        return self._shut.is_set()

    def close(self) -> None:
        self.in_process.close()
        self._shut.set()

    def get_registered_call_handle(self, _method: bytes) -> int:
        return 0

    def check_connectivity_state(self, _try_to_connect: bool) -> Any:
        return cygrpc.ConnectivityState.shutdown if self.in_process.is_closed else cygrpc.ConnectivityState.ready

    async def watch_connectivity_state(self, last_observed: int, _deadline: float | None) -> bool:
        if last_observed == self.check_connectivity_state(False):
            await self._shut.wait()
        return True
