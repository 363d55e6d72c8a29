"""Calls as clients see them: futures, streams, and errors that are calls as well."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import Any

import grpc

from simulator.sessions.call_record import Metadata
from simulator.transports.in_process.call_state import CallState, Ended
from simulator.transports.in_process.client import Deserializer, deserialized

GARBAGE_COLLECTED = "Cancelled upon garbage collection!"


class InProcessCall(grpc.RpcError, grpc.Call, grpc.Future):  # type: ignore[type-arg]  # at run time it takes no parameters
    """A call to wait for; when it has failed, it is an error, too.

    Args:
        state: The call.
    """

    def __init__(self, state: CallState) -> None:
        super().__init__()
        self._state = state

    def __repr__(self) -> str:
        if self._state.code is None:
            return f"<{type(self).__name__} object>"
        failure = self._state.failure
        told = f'\n\tstatus = {self._state.code}\n\tdetails = "{failure.details if failure else ""}"'
        if failure is not None:
            told += f'\n\tdebug_error_string = "{failure.debug_error_string}"'
        return f"<{type(self).__name__} of RPC that terminated with:{told}\n>"

    __str__ = __repr__

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a failed call be copied and pickled; the copy is an equal error."""
        failure = self._state.failure
        if failure is None:
            raise TypeError(f"{self!r} has not failed; only the error of a call can be copied or pickled")
        added = {name: value for name, value in vars(self).items() if not name.startswith("_") or name == "__notes__"}
        return _failed, (self._class_of_errors(), failure, self._state.initial_metadata), added

    def _class_of_errors(self) -> type[InProcessCall]:
        return type(self)

    def is_active(self) -> bool:
        return self._state.code is None

    def time_remaining(self) -> float | None:  # type: ignore[override]  # None: for ever
        return self._state.remaining_seconds()

    def add_callback(self, callback: Callable[[], None]) -> bool:
        return self._state.when_done(callback)

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
        """Details of an error from gRPC, for debugging."""
        failure = self._ended().failure
        return failure.debug_error_string if failure is not None else ""

    def cancel(self) -> bool:
        return self._state.cancel()

    def cancelled(self) -> bool:
        return self._state.failure is not None and self._state.failure.is_cancelled

    def running(self) -> bool:
        return self._state.code is None

    def done(self) -> bool:
        return self._state.code is not None

    def result(self, timeout: float | None = None) -> Any:
        if (error := self.exception(timeout)) is not None:
            raise error
        return self._state.response

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
        if not self._state.when_done(lambda: fn(self)):
            fn(self)

    def _ended(self, timeout: float | None = None) -> CallState:
        if self._state.code is None and not self._state.await_end(timeout):
            raise grpc.FutureTimeoutError
        return self._state


class InProcessFuture(InProcessCall):
    """A call that may go on after ``future`` has returned; dropping it cancels it."""

    def __del__(self) -> None:
        if self._state.code is None:
            # In a separate thread, because this one may be in the middle of changing the world.
            cancel = partial(self._state.cancel, GARBAGE_COLLECTED)
            threading.Thread(target=cancel, name="pds-simulator-call", daemon=True).start()


class InProcessRpcError(InProcessCall):
    """The error of a failed call that was waited for."""

    def cancel(self) -> bool:
        return False

    def cancelled(self) -> bool:
        return False

    def exception(self, timeout: float | None = None) -> Exception | None:
        return self


class InProcessStream(InProcessFuture):
    """A call with a stream of responses.

    The service works on it in the thread that asks for the next response, while it asks.

    Args:
        state: The call.
        responses: The messages of the service; raises `Ended`.
        deserializer: Reads them.
    """

    def __init__(self, state: CallState, responses: Iterator[bytes], deserializer: Deserializer | None) -> None:
        super().__init__(state)
        self._responses = responses
        self._deserializer = deserializer
        self._ahead: list[Any] = []

    def _class_of_errors(self) -> type[InProcessCall]:
        return InProcessRpcError

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        self._look_ahead()
        if self._ahead:
            return self._ahead.pop()
        if self._state.code is grpc.StatusCode.OK:
            raise StopIteration
        raise self

    def _look_ahead(self) -> None:
        """Have the next response ready, unless the call has ended."""
        if self._ahead or not self._state.is_waiting():
            return
        try:
            self._ahead.append(deserialized(next(self._responses), self._deserializer))
        except StopIteration:
            self._state.succeed(None)
        except Ended as ended:
            self._state.fail(ended)

    def _ended(self, timeout: float | None = None) -> CallState:
        self._look_ahead()
        return super()._ended(timeout)


def _failed(kind: type[InProcessCall], failure: Ended, initial_metadata: Metadata) -> InProcessCall:
    return kind(CallState.of_failure(failure, initial_metadata))
