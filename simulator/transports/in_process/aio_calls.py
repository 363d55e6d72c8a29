"""Calls for grpc.aio in place of those that are written in C.

`grpc.aio` wraps such an object in everything that clients see of a call: awaiting, metadata, errors, interceptors. The
names are those of grpc's private ``_AioCall``; tests check what we rely on.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import grpc
from grpc._cython import cygrpc

from simulator.rpc.fault_injection import may_block
from simulator.sessions.holds import Hold
from simulator.sessions.session import DEADLINE_GRACE_SECONDS
from simulator.transports.exact_timeouts import timeout_seconds_of
from simulator.transports.in_process.call_state import CallState, Ended
from simulator.transports.in_process.channel import InProcessChannel
from simulator.transports.in_process.client import answer_of, answer_to_many, perform, start_call
from simulator.transports.in_process.retries import retrying
from simulator.transports.in_process.server import responses
from simulator.transports.service_registry import Answer
from simulator.virtual_time.event_loop import VirtualEventLoop

TURNS = 20
"""How many turns of the event loop a held call waits before its deadline passes in virtual time: tasks that were
started at the same time make their calls meanwhile, and share the wait."""

_END: Any = None
"""Marks the end of the messages."""


class AioCall:
    """One call.

    Args:
        channel: The channel.
        path: The path of the method.
        deadline: When the client stops waiting, on the clock of ``time.time()``.
        credentials: The call credentials.
        loop: The event loop of the client.
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
        self._timeout_seconds = channel.config.of(path).shortened(timeout_seconds_of(deadline))
        self._credentials = credentials
        self._loop = loop
        self._state: CallState | None = None
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._responses: asyncio.Queue[Any] = asyncio.Queue()
        self._over = asyncio.Event()
        self._callbacks: list[Callable[[], None]] = []
        self._is_locally_cancelled = False
        self._virtual_loop = loop if isinstance(loop, VirtualEventLoop) else None
        self._initial_metadata: tuple[Any, ...] = ()  # grpc.aio reads it, too
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
        if self._state is not None:
            self._state.cancel(details)
        self._end(Ended(grpc.StatusCode.CANCELLED, details))

    def set_internal_error(self, details: str) -> None:
        self._end(Ended(grpc.StatusCode.INTERNAL, details))

    def add_done_callback(self, callback: Callable[[], None]) -> None:
        if self.done():
            callback()
        else:
            self._callbacks.append(callback)

    def time_remaining(self) -> float | None:
        return self._timeout_seconds if self._state is None else self._state.remaining_seconds()

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
        state = self._started(metadata)
        answer = retrying(answer_of(self._channel.registry, self._path), self._path, self._channel.config)
        if may_block(state.session.world) or not state.session.hold_if_free():
            return await self._in_a_thread(answer, request, state)
        try:
            self._perform(answer, request, state)
        finally:
            state.session.release()
        return await self._response(state)

    async def stream_unary(self, metadata: Any, when_begun: Callable[[], None], _context: Any) -> bytes | None:
        when_begun()
        state = self._started(metadata)
        return await self._in_a_thread(answer_to_many(self._channel.registry, self._path, self._sent()), b"", state)

    async def initiate_unary_stream(self, request: bytes, metadata: Any, _context: Any) -> None:
        self._begin_stream(iter((request,)), metadata)

    async def initiate_stream_stream(self, metadata: Any, when_begun: Callable[[], None], _context: Any) -> None:
        self._begin_stream(self._sent(), metadata)
        when_begun()

    async def send_serialized_message(self, message: bytes) -> None:
        self._keep_busy()
        self._requests.put(message)

    async def send_receive_close(self) -> None:
        self._requests.put(_END)

    async def receive_serialized_message(self) -> Any:
        if self.done() and self._responses.empty():
            return cygrpc.EOF
        return await self._responses.get()

    def _started(self, metadata: Any) -> CallState:
        state = start_call(self._channel.registry, self._path, self._timeout_seconds, metadata, self._credentials)
        self._channel.begin(state)
        state.when_done(lambda: self._requests.put(_END))
        self._state = state
        self._keep_busy()
        if self._is_locally_cancelled:
            state.cancel()
        return state

    async def _in_a_thread(self, answer: Answer, request: bytes, state: CallState) -> bytes | None:
        """Let the services answer in a thread, where they may block without blocking the loop."""
        self._start(lambda: self._perform(answer, request, state))
        return await self._response(state)

    async def _response(self, state: CallState) -> bytes | None:
        await self._over.wait()
        content: bytes | None = state.response
        return content

    def _perform(self, answer: Answer, request: bytes, state: CallState) -> None:
        def finished() -> None:
            self._channel.end(state)
            self._tell(self._end, state.failure)

        perform(answer, request, state, None, held=partial(self._hold_up, state), finished=finished)

    def _hold_up(self, state: CallState, hold: Hold) -> None:
        state.hold_up(hold)
        leaves_it_to_loop = self._virtual_loop is not None and self._virtual_loop.session is state.session
        if hold.deadline_microseconds is not None and not leaves_it_to_loop:
            self._tell(partial(self._let_time_pass, state), hold)

    def _let_time_pass(self, state: CallState, hold: Hold, turns: int = TURNS) -> None:
        """Let the deadline pass in virtual time, once the loop has nothing else to do."""
        if hold.ending is not None:
            return
        if turns:
            self._loop.call_soon(self._let_time_pass, state, hold, turns - 1)
        elif not state.session.hold_if_free():
            state.hold_up(hold, DEADLINE_GRACE_SECONDS)
        else:
            try:
                is_over = hold.expire()
            finally:
                state.session.release()
            if not is_over:
                self._loop.call_soon(self._let_time_pass, state, hold)

    def _begin_stream(self, requests: Iterator[bytes], metadata: Any) -> None:
        state = self._started(metadata)
        if self._virtual_loop is not None and self._timeout_seconds is not None:
            state.when_done(self._virtual_loop.call_later(self._timeout_seconds, self._expire, state).cancel)
        self._start(lambda: self._pump(requests, state))

    def _expire(self, state: CallState) -> None:
        self._keep_busy()  # until the thread that serves the stream has noticed
        state.expire()

    def _pump(self, requests: Iterator[bytes], state: CallState) -> None:
        try:
            for content in responses(self._channel.registry, self._path, requests, state):
                self._tell(self._respond, content)
            state.succeed(None)
        except Ended as ended:
            state.fail(ended)
        finally:
            self._channel.end(state)
            self._tell(self._end, state.failure)

    def _respond(self, content: bytes) -> None:
        self._leave_idle()
        self._responses.put_nowait(content)

    def _keep_busy(self) -> None:
        """Keep an event loop in virtual time from jumping ahead, because threads may be working on the call."""
        if self._virtual_loop is not None and not self.done():
            self._virtual_loop.real_waits.begin(self, "a call in process")

    def _leave_idle(self) -> None:
        if self._virtual_loop is not None:
            self._virtual_loop.real_waits.end(self)

    def _sent(self) -> Iterator[bytes]:
        return iter(self._requests.get, _END)

    def _start(self, target: Callable[[], None]) -> None:
        threading.Thread(target=target, name="pds-simulator-call", daemon=True).start()

    def _tell(self, take: Callable[[Any], None], what: Any) -> None:
        if asyncio._get_running_loop() is self._loop:  # noqa: SLF001  # documented, for this very question
            take(what)
        else:
            with suppress(RuntimeError):  # the loop is closed, and nothing waits any more
                self._loop.call_soon_threadsafe(take, what)

    def _end(self, failure: Ended | None) -> None:
        if self._status is not None:
            return
        if failure is None:
            self._status = cygrpc.AioRpcStatus(grpc.StatusCode.OK.value[0], "", (), "")
        else:
            told = (failure.details, failure.trailing_metadata, failure.debug_error_string or "")
            self._status = cygrpc.AioRpcStatus(failure.code.value[0], *told)
            self._initial_metadata = tuple(failure.initial_metadata)
        self._leave_idle()
        self._responses.put_nowait(cygrpc.EOF)
        self._over.set()
        for callback in self._callbacks:
            callback()
