"""The methods of an in-process channel, to be called: with one request or many, for one response or many."""

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
from simulator.transports.in_process.call_state import Ended, Line
from simulator.transports.in_process.client import (
    Deserializer,
    Serializer,
    answer_of,
    answer_to_many,
    dial,
    perform,
    serialized,
)
from simulator.transports.in_process.server import responses
from simulator.transports.service_registry import Answer, ServiceRegistry


class Track(Protocol):
    """A channel, as its methods know it: it keeps account of the calls that are going on."""

    registry: ServiceRegistry
    deadline_grace_seconds: float | None

    def begin(self, line: Line) -> None: ...

    def end(self, line: Line) -> None: ...


class _MultiCallable:
    """What methods of all kinds have in common.

    Args:
        track: The channel.
        method: The path of the method.
        serializer: Writes requests.
        deserializer: Reads responses.
    """

    def __init__(
        self, track: Track, method: str | bytes, serializer: Serializer | None, deserializer: Deserializer | None
    ) -> None:
        self._track = track
        self._path = method if isinstance(method, str) else method.decode()
        self._serializer = serializer
        self._deserializer = deserializer

    def _dial(self, timeout: float | None, metadata: Any, credentials: Any) -> Line:
        return dial(self._track.registry, self._path, timeout, metadata, credentials)

    def _serialized(self, request: Any) -> bytes:
        try:
            return serialized(request, self._serializer)
        except Ended as ended:
            line = self._dial(None, None, None)
            line.fail(ended)
            raise InProcessRpcError(line) from None

    def _written(self, requests: Iterable[Any]) -> Iterator[bytes]:
        try:
            for request in requests if isinstance(requests, Iterator) else _no_iterator(requests):
                yield serialized(request, self._serializer)
        except Ended:
            raise
        except Exception as error:  # whatever it is, gRPC calls it UNKNOWN
            raise Ended(grpc.StatusCode.UNKNOWN, "Exception iterating requests!") from error

    def _run(self, answer: Answer, content: bytes, line: Line) -> Line:
        """Make a call with one response, and wait for its end."""
        self._track.begin(line)
        self._perform(answer, content, line)
        try:
            line.await_end()
        except BaseException:  # Ctrl-C
            line.cancel()
            raise
        return line

    def _start(self, answer: Answer, content: bytes, line: Line) -> InProcessFuture:
        """Make a call with one response without keeping the caller waiting.

        Where nothing can block the thread it happens at once: faster than in another, and calls keep their order.
        """
        self._track.begin(line)
        if not may_block(line.session.world) and line.session.hold_if_free():
            try:
                self._perform(answer, content, line)
            finally:
                line.session.release()
        else:
            arguments = (answer, content, line)
            threading.Thread(target=self._perform, args=arguments, name="pds-simulator-call", daemon=True).start()
        return InProcessFuture(line)

    def _perform(self, answer: Answer, content: bytes, line: Line) -> None:
        track = self._track
        perform(
            answer,
            content,
            line,
            self._deserializer,
            held=lambda hold: line.hold_up(hold, track.deadline_grace_seconds),
            finished=lambda: track.end(line),
        )

    def _stream(self, requests: Iterator[bytes], line: Line) -> InProcessStream:
        """Make a call with many responses."""
        track = self._track
        track.begin(line)
        if not line.when_done(lambda: track.end(line)):
            track.end(line)
        return InProcessStream(line, responses(track.registry, self._path, requests, line), self._deserializer)


def _no_iterator(requests: object) -> Iterator[Any]:
    raise TypeError(f"{type(requests).__name__!r} object is not an iterator")


def _response(line: Line) -> Any:
    if line.code is grpc.StatusCode.OK:
        return line.response
    raise InProcessRpcError(line)


class UnaryUnary(_MultiCallable, grpc.UnaryUnaryMultiCallable):  # type: ignore[type-arg]  # at run time it takes no parameters
    """A method with one request and one response."""

    def __init__(
        self, track: Track, method: str | bytes, serializer: Serializer | None, deserializer: Deserializer | None
    ) -> None:
        super().__init__(track, method, serializer, deserializer)
        self._answer = answer_of(track.registry, self._path)

    def __call__(
        self,
        request: Any,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> Any:
        content = self._serialized(request)
        return _response(self._run(self._answer, content, self._dial(timeout, metadata, credentials)))

    def with_call(
        self,
        request: Any,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> tuple[Any, Any]:
        content = self._serialized(request)
        line = self._run(self._answer, content, self._dial(timeout, metadata, credentials))
        return _response(line), InProcessCall(line)

    def future(
        self,
        request: Any,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> Any:
        content = self._serialized(request)
        return self._start(self._answer, content, self._dial(timeout, metadata, credentials))


class UnaryStream(_MultiCallable, grpc.UnaryStreamMultiCallable):  # type: ignore[type-arg]  # at run time it takes no parameters
    """A method with one request and many responses."""

    def __call__(
        self,
        request: Any,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> Any:
        content = self._serialized(request)
        return self._stream(iter((content,)), self._dial(timeout, metadata, credentials))


class StreamStream(_MultiCallable, grpc.StreamStreamMultiCallable):  # type: ignore[type-arg]  # at run time it takes no parameters
    """A method with many requests and many responses."""

    def __call__(
        self,
        request_iterator: Iterable[Any],
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> Any:
        return self._stream(self._written(request_iterator), self._dial(timeout, metadata, credentials))


class StreamUnary(_MultiCallable, grpc.StreamUnaryMultiCallable):  # type: ignore[type-arg]  # at run time it takes no parameters
    """A method with many requests and one response."""

    def __call__(
        self,
        request_iterator: Iterable[Any],
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> Any:
        return self.with_call(request_iterator, timeout, metadata, credentials, wait_for_ready, compression)[0]

    def with_call(
        self,
        request_iterator: Iterable[Any],
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> tuple[Any, Any]:
        answer = answer_to_many(self._track.registry, self._path, self._written(request_iterator))
        line = self._run(answer, b"", self._dial(timeout, metadata, credentials))
        return _response(line), InProcessCall(line)

    def future(
        self,
        request_iterator: Iterable[Any],
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> Any:
        answer = answer_to_many(self._track.registry, self._path, self._written(request_iterator))
        return self._start(answer, b"", self._dial(timeout, metadata, credentials))
