"""Channels of grpc.aio that can be made anywhere, and serve whichever event loop calls.

An ordinary channel of grpc.aio belongs to the event loop of the thread in which it was made, and an ordinary fixture
makes it before the loop of the test exists.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, cast
from weakref import WeakKeyDictionary, WeakSet

import grpc.aio
from grpc._cython import cygrpc
from grpc.aio import _channel as aio_channel

from simulator.transports.connecting import connected
from simulator.transports.exact_timeouts import Deadline, with_exact_timeout

_INTERCEPTORS = {
    "_unary_unary_interceptors": grpc.aio.UnaryUnaryClientInterceptor,
    "_unary_stream_interceptors": grpc.aio.UnaryStreamClientInterceptor,
    "_stream_unary_interceptors": grpc.aio.StreamUnaryClientInterceptor,
    "_stream_stream_interceptors": grpc.aio.StreamStreamClientInterceptor,
}


class AioChannel(aio_channel.Channel):
    """A channel of grpc.aio over another core, which finds out in which event loop it is called.

    Args:
        core: The object that replaces the channel written in C.
        interceptors: Interceptors as `grpc.aio.insecure_channel` takes them.

    Raises:
        ValueError: an interceptor is not one.
    """

    def __init__(self, core: Any, interceptors: Sequence[Any]) -> None:
        # Not the base class itself, which would open a channel written in C.
        for interceptor in interceptors:
            if not isinstance(interceptor, tuple(_INTERCEPTORS.values())):
                raise ValueError(f"{interceptor!r} is no interceptor of grpc.aio")  # noqa: TRY004  # as grpc.aio does
        for name, kind in _INTERCEPTORS.items():
            setattr(self, name, [interceptor for interceptor in interceptors if isinstance(interceptor, kind)])
        self._loop = cast(asyncio.AbstractEventLoop, _RunningLoop())
        self._channel = core
        self._active_calls = WeakSet[Any]()

    def unary_unary(self, *arguments: Any, **options: Any) -> Any:
        return with_exact_timeout(super().unary_unary(*arguments, **options))

    def unary_stream(self, *arguments: Any, **options: Any) -> Any:
        return with_exact_timeout(super().unary_stream(*arguments, **options))

    def stream_unary(self, *arguments: Any, **options: Any) -> Any:
        return with_exact_timeout(super().stream_unary(*arguments, **options))

    def stream_stream(self, *arguments: Any, **options: Any) -> Any:
        return with_exact_timeout(super().stream_stream(*arguments, **options))


class _RunningLoop:
    """Takes the place of the event loop that grpc.aio expects of a channel."""

    def create_task(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        return asyncio.get_running_loop().create_task(coroutine)


class PerLoopCore:
    """The core of a channel that opens another channel in each event loop that calls it.

    Args:
        open_channel: Opens a channel of grpc.aio that belongs to the running event loop.
    """

    def __init__(self, open_channel: Callable[[], grpc.aio.Channel]) -> None:
        self._open_channel = open_channel
        self._opened: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()
        self._is_closed = False

    def call(self, method: bytes, deadline: float | None, *arguments: Any) -> Any:
        core = self._running()
        if isinstance(deadline, Deadline):  # connecting takes nothing of it
            deadline = time.time() + deadline.timeout_seconds
        return core.call(method, deadline, *arguments)

    def check_connectivity_state(self, *arguments: Any) -> Any:
        if self._is_closed:
            return cygrpc.ConnectivityState.shutdown
        return self._running().check_connectivity_state(*arguments)

    def watch_connectivity_state(self, *arguments: Any) -> Any:
        return self._running().watch_connectivity_state(*arguments)

    def get_registered_call_handle(self, _method: str) -> int:
        return 0  # it would belong to one of the channels

    def closing(self) -> None:
        for channel in self._opened.values():
            channel._channel.closing()  # noqa: SLF001  # so does grpc.aio itself

    def closed(self) -> bool:
        return self._is_closed

    def close(self) -> None:
        self._is_closed = True
        opened = []  # keeps all alive: a collected one is closed, and closing twice frees twice
        with suppress(KeyError):  # none is left; checking first would not help, because those of dead loops vanish
            while True:
                opened.append(self._opened.popitem()[1])
        for channel in opened:
            channel._channel.close()  # noqa: SLF001  # so does grpc.aio itself

    def _running(self) -> Any:
        """The core of the channel of the running event loop."""
        if self._is_closed:
            raise cygrpc.UsageError("Channel is closed.")
        loop = asyncio.get_running_loop()
        if loop not in self._opened:
            self._opened[loop] = connected(self._open_channel())
        return self._opened[loop]._channel  # noqa: SLF001  # so does grpc.aio itself
