"""The callable methods of an in-process channel: with one request or many, for one response or many."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import grpc

from simulator.rpc.fault_injection import may_block
from simulator.transports.in_process.call_objects import (
    InProcessCall,
    InProcessFuture,
    InProcessRpcError,
    InProcessStream,
)
from simulator.transports.in_process.call_state import CallState, Ended
from simulator.transports.in_process.client import (
    Deserializer,
    Serializer,
    answer_of,
    answer_to_many,
    perform,
    serialized,
    start_call,
)
from simulator.transports.in_process.retries import retrying
from simulator.transports.in_process.server import responses
from simulator.transports.in_process.service_config import ServiceConfig
from simulator.transports.service_registry import Answer, ServiceRegistry


class CallTracker(Protocol):
    """A channel, as its methods know it: it tracks the calls in progress."""

    registry: ServiceRegistry
    config: ServiceConfig
    deadline_grace_seconds: float | None

    def begin(self, state: CallState) -> None: ...

    def end(self, state: CallState) -> None: ...


class _MultiCallable:
    """Base of methods of all kinds.

    Args:
        tracker: The channel.
        method: The path of the method.
        serializer: Writes requests.
        deserializer: Reads responses.
    """

    def __init__(
        self,
        tracker: CallTracker,
        method: str | bytes,
        serializer: Serializer | None,
        deserializer: Deserializer | None,
    ) -> None:
        self._tracker = tracker
        self._path = method if isinstance(method, str) else method.decode()
        self._serializer = serializer
        self._deserializer = deserializer
        self._config = tracker.config.of(self._path)

    def _start_call(
        self,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> CallState:
        """Prepare a call, with the arguments that gRPC takes beside the request."""
        if self._config.timeout_seconds is not None:
            timeout = self._config.shortened(timeout)
        return start_call(self._tracker.registry, self._path, timeout, metadata, credentials)

    def _serialized(self, request: Any) -> bytes:
        try:
            return serialized(request, self._serializer)
        except Ended as ended:
            state = self._start_call()
            state.fail(ended)
            raise InProcessRpcError(state) from None

    def _written(self, requests: Iterable[Any]) -> Iterator[bytes]:
        try:
            for request in requests if isinstance(requests, Iterator) else _no_iterator(requests):
                yield serialized(request, self._serializer)
        except Ended:
            raise
        except Exception as error:  # gRPC makes any error UNKNOWN
            raise Ended(grpc.StatusCode.UNKNOWN, "Exception iterating requests!") from error

    def _run(self, answer: Answer, content: bytes, state: CallState) -> CallState:
        """Make a call with one response, and wait for its end."""
        self._tracker.begin(state)
        self._perform(answer, content, state, grace_seconds=None)  # waiting for the call lets its deadline pass
        try:
            state.await_end()
        except BaseException:  # Ctrl-C
            state.cancel()
            raise
        return state

    def _start(self, answer: Answer, content: bytes, state: CallState) -> InProcessFuture:
        """Make a call with one response without blocking the caller.

        If nothing can block the thread, the call runs here at once: that is faster, and calls keep their order.
        """
        self._tracker.begin(state)
        registry, session = self._tracker.registry, state.session
        is_added = self._path in registry.more or registry.find_own(session, self._path) is not None
        takes_time = is_added or may_block(session.world)
        if not takes_time and state.session.hold_if_free():
            try:
                self._perform(answer, content, state, self._tracker.deadline_grace_seconds)
            finally:
                state.session.release()
        else:
            arguments = (answer, content, state, self._tracker.deadline_grace_seconds)
            threading.Thread(target=self._perform, args=arguments, name="pds-simulator-call", daemon=True).start()
        return InProcessFuture(state)

    def _perform(self, answer: Answer, content: bytes, state: CallState, grace_seconds: float | None) -> None:
        tracker = self._tracker
        perform(
            answer,
            content,
            state,
            self._deserializer,
            held=lambda hold: state.hold_up(hold, grace_seconds),
            finished=lambda: tracker.end(state),
        )

    def _stream(self, requests: Iterator[bytes], state: CallState) -> InProcessStream:
        """Make a call with many responses."""
        tracker = self._tracker
        tracker.begin(state)
        if not state.when_done(lambda: tracker.end(state)):
            tracker.end(state)
        return InProcessStream(state, responses(tracker.registry, self._path, requests, state), self._deserializer)


def _no_iterator(requests: object) -> Iterator[Any]:
    raise TypeError(f"{type(requests).__name__!r} object is not an iterator")


def _response(state: CallState) -> Any:
    if state.code is grpc.StatusCode.OK:
        return state.response
    raise InProcessRpcError(state)


class UnaryUnary(_MultiCallable, grpc.UnaryUnaryMultiCallable):  # type: ignore[type-arg]  # at run time it takes no parameters
    """A method with one request and one response."""

    def __init__(
        self,
        tracker: CallTracker,
        method: str | bytes,
        serializer: Serializer | None,
        deserializer: Deserializer | None,
    ) -> None:
        super().__init__(tracker, method, serializer, deserializer)
        self._answer = retrying(answer_of(tracker.registry, self._path), self._path, tracker.config)

    def __call__(self, request: Any, *arguments: Any, **options: Any) -> Any:
        content = self._serialized(request)
        return _response(self._run(self._answer, content, self._start_call(*arguments, **options)))

    def with_call(self, request: Any, *arguments: Any, **options: Any) -> tuple[Any, Any]:
        content = self._serialized(request)
        state = self._run(self._answer, content, self._start_call(*arguments, **options))
        return _response(state), InProcessCall(state)

    def future(self, request: Any, *arguments: Any, **options: Any) -> Any:
        content = self._serialized(request)
        return self._start(self._answer, content, self._start_call(*arguments, **options))


class UnaryStream(_MultiCallable, grpc.UnaryStreamMultiCallable):  # type: ignore[type-arg]  # at run time it takes no parameters
    """A method with one request and many responses."""

    def __call__(self, request: Any, *arguments: Any, **options: Any) -> Any:
        content = self._serialized(request)
        return self._stream(iter((content,)), self._start_call(*arguments, **options))


class StreamStream(_MultiCallable, grpc.StreamStreamMultiCallable):  # type: ignore[type-arg]  # at run time it takes no parameters
    """A method with many requests and many responses."""

    def __call__(self, request_iterator: Iterable[Any], *arguments: Any, **options: Any) -> Any:
        return self._stream(self._written(request_iterator), self._start_call(*arguments, **options))


class StreamUnary(_MultiCallable, grpc.StreamUnaryMultiCallable):  # type: ignore[type-arg]  # at run time it takes no parameters
    """A method with many requests and one response."""

    def __call__(self, request_iterator: Iterable[Any], *arguments: Any, **options: Any) -> Any:
        return self.with_call(request_iterator, *arguments, **options)[0]

    def with_call(self, request_iterator: Iterable[Any], *arguments: Any, **options: Any) -> tuple[Any, Any]:
        answer = answer_to_many(self._tracker.registry, self._path, self._written(request_iterator))
        state = self._run(answer, b"", self._start_call(*arguments, **options))
        return _response(state), InProcessCall(state)

    def future(self, request_iterator: Iterable[Any], *arguments: Any, **options: Any) -> Any:
        answer = answer_to_many(self._tracker.registry, self._path, self._written(request_iterator))
        return self._start(answer, b"", self._start_call(*arguments, **options))
