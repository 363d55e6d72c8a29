"""A call at its server: what the client sends and gets, and whether it still waits.

Everything happens on the thread of its server, one event at a time. Other threads use `ServerCall.post`.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any, Protocol, cast

import grpc
from grpc import _channel as grpc_channel
from grpc._cython import cygrpc

from simulator.rpc.status import CallFailed
from simulator.sessions.call_record import Metadata
from simulator.transports.service_registry import DEADLINE_SECONDS_MAX, message_bytes_max, too_large
from simulator.transports.timeouts import original_timeout_seconds

CLOSED = "the simulator was closed"
_NO_FLAGS = 0


class Host(Protocol):
    """The server of a call."""

    def start_batch(self, call: Any, operations: tuple[Any, ...], then: Callable[[Any], None]) -> None:
        """Start a gRPC operation for a call, and then call *then* with its event, on the thread of the server."""
        ...

    def forget(self, call: ServerCall) -> None:
        """Called when a call is over."""
        ...


class ServerCall:
    """A call, from its arrival to its end.

    Args:
        host: Its server.
        event: gRPC's event of its arrival.
    """

    def __init__(self, host: Host, event: Any) -> None:
        self.metadata: Metadata = event.invocation_metadata
        self.initial_metadata: Metadata = ()
        self.trailing_metadata: Metadata = ()
        self.bytes_max = message_bytes_max(event.call_details.method.decode())
        """How large its messages may be."""
        self._host = host
        self._call = event.call
        self._deadline: float = event.call_details.deadline
        remaining_seconds = self.remaining_seconds()
        self.timeout_seconds = None if remaining_seconds is None else original_timeout_seconds(remaining_seconds)
        self._is_over = False
        self._has_begun = False
        self._has_finished = False
        self._when_over: list[Callable[[], None]] = []
        self._start(self._on_close, cygrpc.ReceiveCloseOnServerOperation(_NO_FLAGS))

    def is_waiting(self) -> bool:
        return not self._is_over

    def remaining_seconds(self) -> float | None:
        # On the clock of gRPC's clients: if a test has frozen the time, their deadlines are on that clock.
        seconds: float = self._deadline - cast(float, grpc_channel._deadline(0))  # noqa: SLF001
        return None if seconds > DEADLINE_SECONDS_MAX else max(seconds, 0.0)

    def when_done(self, callback: Callable[[], None]) -> bool:
        """Call *callback* when the call is over; False, without a call, when it already is."""
        if not self._is_over:
            self._when_over.append(callback)
        return not self._is_over

    def take(self, coming: queue.SimpleQueue[Any]) -> Any:
        """Wait for the next item; the client notices by its own clock that the deadline has passed."""
        return coming.get()

    def cancel(self, _details: str = "") -> None:
        """End the call without an answer."""
        self._call.cancel()

    def post(self, function: Callable[[], None]) -> None:
        """Call *function* on the thread of the server."""
        self._start(lambda _event: function())

    def receive(self, then: Callable[[bytes | None], None]) -> None:
        """Call *then* with the next message of the client; None when there are no more."""
        self._start(
            lambda event: then(self._fitting(event.batch_operations[0].message())),
            cygrpc.ReceiveMessageOperation(_NO_FLAGS),
        )

    def _fitting(self, content: bytes | None) -> bytes | None:
        """Return a message; one that is too large ends the call, and there is none."""
        if content is None or len(content) <= self.bytes_max:
            return content
        self.finish(None, grpc.StatusCode.RESOURCE_EXHAUSTED, too_large(content, "SERVER", self.bytes_max))
        return None

    def send(self, content: bytes, then: Callable[[], None]) -> None:
        """Send one of many messages, and then call *then*."""
        self._start(lambda _event: then(), *self._head(), cygrpc.SendMessageOperation(content, _NO_FLAGS))

    def finish(self, content: bytes | None, code: grpc.StatusCode = grpc.StatusCode.OK, details: str = "") -> None:
        """Send the last message, if there is one, and the status; only the first time counts."""
        if self._has_finished:
            return
        self._has_finished = True
        message = () if content is None else (cygrpc.SendMessageOperation(content, _NO_FLAGS),)
        number: int = code.value[0]
        status = cygrpc.SendStatusFromServerOperation(self.trailing_metadata, number, details.encode(), _NO_FLAGS)
        self._start(do_nothing, *self._head(), *message, status)

    def fail(self, failed: CallFailed) -> None:
        """Send with what status the call has failed."""
        self.initial_metadata = failed.initial_metadata
        self.trailing_metadata = failed.trailing_metadata
        self.finish(None, failed.code, failed.message)

    def close(self) -> None:
        """End the call, because its server stops."""
        self.fail(CallFailed(grpc.StatusCode.UNAVAILABLE, CLOSED))

    def _start(self, then: Callable[[Any], None], *operations: Any) -> None:
        self._host.start_batch(self._call, operations, then)

    def _head(self) -> tuple[Any, ...]:
        """The operations before the first message, or before the status if there is none."""
        if self._has_begun:
            return ()
        self._has_begun = True
        return (cygrpc.SendInitialMetadataOperation(self.initial_metadata, _NO_FLAGS),)

    def _on_close(self, _event: Any) -> None:
        self._is_over = True
        self._host.forget(self)
        callbacks, self._when_over = self._when_over, []
        for callback in callbacks:
            callback()


def do_nothing(_event: object = None) -> None:
    """Called when nothing is left to do."""
