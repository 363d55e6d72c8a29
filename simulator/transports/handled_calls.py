"""Calls that gRPC handlers answer, streams included: handlers that may block, and handlers that must not."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import grpc

from simulator.transports.in_process.call_state import Ended
from simulator.transports.in_process.server import handled
from simulator.transports.server_call import Host, ServerCall, do_nothing
from simulator.transports.service_registry import ONE_REQUEST, MethodHandler

TOO_MANY = "too many calls of this kind are under way; end some of them"
SENT_SECONDS = 0.5
"""How often to check whether a client that does not read is still there."""


class ThreadedCall(ServerCall):
    """A call of a method whose handler may block, with one request or many and one response or many.

    Args:
        host: Its server.
        event: gRPC's event of its arrival.
        handler: The handler.
        run: Runs a function in a separate thread; returns False when none is left.
    """

    def __init__(
        self, host: Host, event: Any, handler: MethodHandler, run: Callable[[Callable[[], None]], bool]
    ) -> None:
        super().__init__(host, event)
        self._handler = handler
        self._run = run
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.receive(self._begin)

    def _begin(self, request: bytes | None) -> None:
        if request is None and not self._handler.request_streaming:
            self.finish(None, grpc.StatusCode.UNIMPLEMENTED, ONE_REQUEST)
        elif not self._run(self._serve):
            self.finish(None, grpc.StatusCode.RESOURCE_EXHAUSTED, TOO_MANY)
        else:
            self._take(request)

    def _take(self, request: bytes | None) -> None:
        self._requests.put(request)
        if request is not None and self._handler.request_streaming:
            self.receive(self._take)

    def _serve(self) -> None:
        """Call the handler; runs in a separate thread."""
        try:
            for content in handled(self._handler, iter(self._requests.get, None), self, bytes_max=self.bytes_max):
                if not self._handler.response_streaming:
                    self.post(partial(self.finish, content))
                    return
                if not self._send_one(content):
                    return
            self.post(partial(self.finish, None))
        except Ended as ended:
            self.trailing_metadata = ended.trailing_metadata
            self.post(partial(self.finish, None, ended.code, ended.details))

    def _send_one(self, content: bytes) -> bool:
        """Send one of many responses, and wait until gRPC has taken it; False when the client no longer waits."""
        sent = threading.Event()
        self.post(partial(self.send, content, sent.set))
        while not sent.wait(SENT_SECONDS):
            if self._is_over:
                return False
        return not self._is_over


class HandledCall(ServerCall):
    """A call of a method whose handler must not block; the call may stay open without a thread.

    A stream of requests gets a response to each. A single request for a stream of responses, as for watching health,
    gets one response, and the call stays open.

    Args:
        host: Its server.
        event: gRPC's event of its arrival.
        handler: The handler.
    """

    def __init__(self, host: Host, event: Any, handler: MethodHandler) -> None:
        super().__init__(host, event)
        self._handler = handler
        self._requests: deque[bytes] = deque()
        arrived = iter(lambda: self._requests.popleft() if self._requests else None, None)
        self._responses = handled(handler, arrived, self)
        self.receive(self._on_request)

    def _on_request(self, request: bytes | None) -> None:
        if request is not None:
            self._requests.append(request)
        try:
            if self._handler.request_streaming:
                self.send(next(self._responses), partial(self.receive, self._on_request))
            elif self._handler.response_streaming:
                self.send(next(self._responses), do_nothing)
            else:
                (response,) = self._responses
                self.finish(response)
        except StopIteration:
            self.finish(None)
        except Ended as ended:
            self.trailing_metadata = ended.trailing_metadata
            self.finish(None, ended.code, ended.details)
