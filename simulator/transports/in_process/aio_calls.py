"""Calls of grpc.aio without its core: what stands where it expects a call that is written in C.

All that clients see of a call, `grpc.aio` makes of such an object itself: how it is awaited, its metadata, its errors,
its interceptors. The names are those of grpc's ``_AioCall``, which is private; the tests hold what we rely on.
"""

from __future__ import annotations

import asyncio
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import grpc
from grpc._cython import cygrpc

from simulator.rpc.fault_injection import may_block
from simulator.sessions.holds import Hold
from simulator.sessions.session import DEADLINE_GRACE_SECONDS
from simulator.transports.in_process.call_state import Ended, Line
from simulator.transports.in_process.channel import InProcessChannel
from simulator.transports.in_process.client import answer_of, answer_to_many, dial, perform
from simulator.transports.in_process.server import responses
from simulator.transports.service_registry import Answer

TURNS = 20
"""How many turns of the event loop a held call waits before its deadline passes in virtual time: tasks that were
started at the same time make their calls meanwhile, and share the wait."""

_END: Any = None
"""Among messages: no more will come."""


class AioCall:
    """One call.

    Args:
        channel: The channel.
        path: Of the method.
        deadline: When the client waits no longer, as ``time.time()`` tells the time.
        credentials: Of the call.
        loop: The event loop in which the client lives.
    """

    def __init__(
        self,
        channel: InProcessChannel,
        path: str,
        deadline: float | None,
        credentials: Any,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._channel = channel
        self._path = path
        # It was whole milliseconds before grpc.aio made a deadline of it, a moment ago.
        self._timeout_seconds = None if deadline is None else math.ceil((deadline - time.time()) * 1000 - 0.001) / 1000
        self._credentials = credentials
        self._loop = loop
        self._line: Line | None = None
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._responses: asyncio.Queue[Any] = asyncio.Queue()
        self._over = asyncio.Event()
        self._callbacks: list[Callable[[], None]] = []
        self._is_locally_cancelled = False
        self._initial_metadata: tuple[Any, ...] = ()
        self._status: Any = None

    def done(self) -> bool:
        return self._status is not None

    def is_ok(self) -> bool:
        return self.done() and self._status.code() == grpc.StatusCode.OK.value[0]

    def cancelled(self) -> bool:
        return self.done() and self._status.code() == grpc.StatusCode.CANCELLED.value[0]

    def is_locally_cancelled(self) -> bool:
        return self._is_locally_cancelled

    def cancel(self, details: str) -> None:
        self._is_locally_cancelled = True
        if self._line is not None:
            self._line.cancel(details)
        self._end(Ended(grpc.StatusCode.CANCELLED, details))

    def set_internal_error(self, details: str) -> None:
        self._end(Ended(grpc.StatusCode.INTERNAL, details))

    def add_done_callback(self, callback: Callable[[], None]) -> None:
        if self.done():
            callback()
        else:
            self._callbacks.append(callback)

    def time_remaining(self) -> float | None:
        return self._timeout_seconds if self._line is None else self._line.remaining_seconds()

    async def initial_metadata(self) -> tuple[Any, ...]:
        await self._over.wait()
        return self._initial_metadata

    async def status(self) -> Any:
        await self._over.wait()
        return self._status

    async def unary_unary(self, request: bytes | None, metadata: Any, _context: Any) -> bytes | None:
        if request is None:
            self.set_internal_error("Exception serializing request!")
            return None
        line = self._dialled(metadata)
        answer = answer_of(self._channel.registry, self._path)
        if may_block(line.session.world) or not line.session.hold_if_free():
            return await self._in_a_thread(answer, request, line)
        try:
            self._perform(answer, request, line)
        finally:
            line.session.release()
        return await self._response(line)

    async def stream_unary(self, metadata: Any, when_begun: Callable[[], None], _context: Any) -> bytes | None:
        when_begun()
        line = self._dialled(metadata)
        return await self._in_a_thread(answer_to_many(self._channel.registry, self._path, self._sent()), b"", line)

    async def initiate_unary_stream(self, request: bytes, metadata: Any, _context: Any) -> None:
        self._begin_stream(iter((request,)), metadata)

    async def initiate_stream_stream(self, metadata: Any, when_begun: Callable[[], None], _context: Any) -> None:
        self._begin_stream(self._sent(), metadata)
        when_begun()

    async def send_serialized_message(self, message: bytes) -> None:
        self._requests.put(message)

    async def send_receive_close(self) -> None:
        self._requests.put(_END)

    async def receive_serialized_message(self) -> Any:
        if self.done() and self._responses.empty():
            return cygrpc.EOF
        return await self._responses.get()

    def _dialled(self, metadata: Any) -> Line:
        line = dial(self._channel.registry, self._path, self._timeout_seconds, metadata, self._credentials)
        self._channel.begin(line)
        line.when_done(lambda: self._requests.put(_END))
        self._line = line
        if self._is_locally_cancelled:
            line.cancel()
        return line

    async def _in_a_thread(self, answer: Answer, request: bytes, line: Line) -> bytes | None:
        """Let the services answer where waiting keeps nobody else waiting, unlike in the loop."""
        self._start(lambda: self._perform(answer, request, line))
        return await self._response(line)

    async def _response(self, line: Line) -> bytes | None:
        await self._over.wait()
        content: bytes | None = line.response
        return content

    def _perform(self, answer: Answer, request: bytes, line: Line) -> None:
        def finished() -> None:
            self._channel.end(line)
            self._tell(self._end, line.failure)

        perform(answer, request, line, None, held=partial(self._hold_up, line), finished=finished)

    def _hold_up(self, line: Line, hold: Hold) -> None:
        line.hold_up(hold)
        if hold.deadline_microseconds is not None:
            self._tell(partial(self._let_time_pass, line), hold)

    def _let_time_pass(self, line: Line, hold: Hold, turns: int = TURNS) -> None:
        """Let the deadline pass in virtual time, once the loop has nothing else to do."""
        if hold.ending is not None:
            return
        if turns:
            self._loop.call_soon(self._let_time_pass, line, hold, turns - 1)
        elif not line.session.hold_if_free():
            line.hold_up(hold, DEADLINE_GRACE_SECONDS)
        else:
            try:
                is_over = hold.expire()
            finally:
                line.session.release()
            if not is_over:
                self._loop.call_soon(self._let_time_pass, line, hold)

    def _begin_stream(self, requests: Iterator[bytes], metadata: Any) -> None:
        line = self._dialled(metadata)
        self._start(lambda: self._pump(requests, line))

    def _pump(self, requests: Iterator[bytes], line: Line) -> None:
        try:
            for content in responses(self._channel.registry, self._path, requests, line):
                self._tell(self._responses.put_nowait, content)
            line.succeed(None)
        except Ended as ended:
            line.fail(ended)
        finally:
            self._channel.end(line)
            self._tell(self._end, line.failure)

    def _sent(self) -> Iterator[bytes]:
        return iter(self._requests.get, _END)

    def _start(self, target: Callable[[], None]) -> None:
        threading.Thread(target=target, name="pds-simulator-call", daemon=True).start()

    def _tell(self, take: Callable[[Any], None], what: Any) -> None:
        if asyncio._get_running_loop() is self._loop:  # noqa: SLF001  # documented, for this very question
            take(what)
        else:
            with suppress(RuntimeError):  # the loop is closed, and nobody is there to be told
                self._loop.call_soon_threadsafe(take, what)

    def _end(self, failure: Ended | None) -> None:
        if self._status is not None:
            return
        if failure is None:
            self._status = cygrpc.AioRpcStatus(grpc.StatusCode.OK.value[0], "", (), "")
        else:
            told = (failure.details, failure.trailing_metadata, failure.debug_error_string or "")
            self._status = cygrpc.AioRpcStatus(failure.code.value[0], *told)
        self._responses.put_nowait(cygrpc.EOF)
        self._over.set()
        for callback in self._callbacks:
            callback()
