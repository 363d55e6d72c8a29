"""The core of a channel for asyncio to the services of the same process."""

from __future__ import annotations

import asyncio
from typing import Any

from grpc._cython import cygrpc

from simulator.transports.in_process.aio_calls import AioCall
from simulator.transports.in_process.channel import InProcessChannel


class InProcessAioCore:
    """Takes the place of the channel of grpc.aio that is written in C.

    Calls run in the event loop of their caller; those that may block run in a thread.

    Args:
        in_process: The channel that tracks the calls.
    """

    def __init__(self, in_process: InProcessChannel) -> None:
        self.in_process = in_process
        self._shut = asyncio.Event()

    def call(
        self, method: bytes, deadline: float | None, credentials: Any, _wait_for_ready: Any, _handle: int = 0
    ) -> AioCall:
        # grpcio 1.76 passes no handle; later versions do.
        if self.in_process.is_closed:
            raise cygrpc.UsageError("Channel is closed.")
        return AioCall(self.in_process, method.decode(), deadline, credentials, asyncio.get_running_loop())

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
