"""Calls as clients hold them in their hands: futures, streams, and errors that are calls as well."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import Any

import grpc

from simulator.transports.in_process.call_state import Ended, Line
from simulator.transports.in_process.client import Deserializer, deserialized

GARBAGE_COLLECTED = "Cancelled upon garbage collection!"


class InProcessCall(grpc.RpcError, grpc.Call, grpc.Future):  # type: ignore[type-arg]  # at run time it takes no parameters
    """A call to be waited for; an error, too, when it did not end well.

    Args:
        line: The call.
    """

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def __repr__(self) -> str:
        if self._line.code is None:
            return f"<{type(self).__name__} object>"
        failure = self._line.failure
        told = f'\n\tstatus = {self._line.code}\n\tdetails = "{failure.details if failure else ""}"'
        if failure is not None:
            told += f'\n\tdebug_error_string = "{failure.debug_error_string}"'
        return f"<{type(self).__name__} of RPC that terminated with:{told}\n>"

    __str__ = __repr__

    def is_active(self) -> bool:
        return self._line.code is None

    def time_remaining(self) -> float | None:  # type: ignore[override]  # None: for ever
        return self._line.remaining_seconds()

    def add_callback(self, callback: Callable[[], None]) -> bool:
        return self._line.when_done(callback)

    def initial_metadata(self) -> Any:
        return self._ended().initial_metadata

    def trailing_metadata(self) -> Any:
        return self._ended().trailing_metadata

    def code(self) -> grpc.StatusCode:
        code = self._ended().code
        assert code is not None
        return code

    def details(self) -> str:
        failure = self._ended().failure
        return failure.details if failure is not None else ""

    def debug_error_string(self) -> str | None:
        """What gRPC tells of an error to those who look for its cause."""
        failure = self._ended().failure
        return failure.debug_error_string if failure is not None else ""

    def cancel(self) -> bool:
        return self._line.cancel()

    def cancelled(self) -> bool:
        return self._line.failure is not None and self._line.failure.is_cancelled

    def running(self) -> bool:
        return self._line.code is None

    def done(self) -> bool:
        return self._line.code is not None

    def result(self, timeout: float | None = None) -> Any:
        if (error := self.exception(timeout)) is not None:
            raise error
        return self._line.response

    def exception(self, timeout: float | None = None) -> Exception | None:
        failure = self._ended(timeout).failure
        if failure is not None and failure.is_cancelled:
            raise grpc.FutureCancelledError
        return None if failure is None else self

    def traceback(self, timeout: float | None = None) -> TracebackType | None:
        error = self.exception(timeout)
        if error is None:
            return None
        try:
            raise error
        except grpc.RpcError:
            return sys.exc_info()[2]

    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        if not self._line.when_done(lambda: fn(self)):
            fn(self)

    def _ended(self, timeout: float | None = None) -> Line:
        if self._line.code is None and not self._line.await_end(timeout):
            raise grpc.FutureTimeoutError
        return self._line


class InProcessFuture(InProcessCall):
    """A call that may go on after `future` has returned; who drops it has cancelled it."""

    def __del__(self) -> None:
        if self._line.code is None:
            # In a thread of its own: this one may be anywhere, even in the midst of changing the world.
            cancel = partial(self._line.cancel, GARBAGE_COLLECTED)
            threading.Thread(target=cancel, name="pds-simulator-call", daemon=True).start()


class InProcessRpcError(InProcessCall):
    """How a call failed for which somebody waited."""

    def cancel(self) -> bool:
        return False

    def cancelled(self) -> bool:
        return False

    def exception(self, timeout: float | None = None) -> Exception | None:
        return self


class InProcessStream(InProcessFuture):
    """A call with a stream of responses.

    The service works on it when the next response is asked for, in the thread of whoever asks.

    Args:
        line: The call.
        responses: The messages of the service; raises `Ended`.
        deserializer: Reads them.
    """

    def __init__(self, line: Line, responses: Iterator[bytes], deserializer: Deserializer | None) -> None:
        super().__init__(line)
        self._responses = responses
        self._deserializer = deserializer
        self._ahead: list[Any] = []

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        self._look_ahead()
        if self._ahead:
            return self._ahead.pop()
        if self._line.code is grpc.StatusCode.OK:
            raise StopIteration
        raise self

    def _look_ahead(self) -> None:
        """Have the next response ready, unless the call has ended."""
        if self._ahead or not self._line.is_waiting():
            return
        try:
            self._ahead.append(deserialized(next(self._responses), self._deserializer))
        except StopIteration:
            self._line.succeed(None)
        except Ended as ended:
            self._line.fail(ended)

    def _ended(self, timeout: float | None = None) -> Line:
        self._look_ahead()
        return super()._ended(timeout)
