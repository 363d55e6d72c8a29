"""The server's end of a call of any method, streams included."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NoReturn, Protocol

import grpc

from simulator.rpc.call import WaitingClient, start
from simulator.rpc.status import CallFailed
from simulator.sessions.call_record import Metadata
from simulator.sessions.session import DEADLINE_GRACE_SECONDS
from simulator.transports.in_process.call_state import CallState, Ended
from simulator.transports.in_process.metadata import Metadatum
from simulator.transports.service_registry import (
    MESSAGE_BYTES_MAX,
    ONE_REQUEST,
    MethodHandler,
    ServiceRegistry,
    message_bytes_max,
    too_large,
)

_logger = logging.getLogger(__name__)


class ServedCall(WaitingClient, Protocol):
    """A call as its transport knows it."""

    metadata: Metadata
    initial_metadata: Metadata
    trailing_metadata: Metadata

    def when_done(self, callback: Callable[[], None]) -> bool:
        """Call *callback* when the call is over; False, without a call, when it already is."""
        ...

    def take(self, coming: queue.SimpleQueue[Any]) -> Any:
        """Wait for the next item, which may be None.

        Raises:
            Ended: the deadline has passed meanwhile.
        """
        ...

    def cancel(self, details: str) -> object:
        """End the call without an answer."""
        ...


class _Aborted(Exception):
    """The service has ended the call; its context knows how."""


class Context(grpc.ServicerContext):
    """The context of a call that its handler gets.

    Args:
        state: The call.
    """

    def __init__(self, state: ServedCall) -> None:
        self._state = state
        self._code: grpc.StatusCode | None = None
        self._details = ""

    def invocation_metadata(self) -> Any:
        return self._state.metadata

    def is_active(self) -> bool:
        return self._state.is_waiting()

    def time_remaining(self) -> float | None:  # type: ignore[override]  # None: for ever
        return self._state.remaining_seconds()

    def add_callback(self, callback: Callable[[], None]) -> bool:
        return self._state.when_done(callback)

    def cancel(self) -> None:  # type: ignore[override]
        self._state.cancel("CANCELLED")

    def peer(self) -> str:
        return "in-process"

    def peer_identities(self) -> None:
        return None

    def peer_identity_key(self) -> None:
        return None

    def auth_context(self) -> Mapping[str, bytes]:
        return {}

    def send_initial_metadata(self, initial_metadata: Any) -> None:
        self._state.initial_metadata = tuple(Metadatum(*entry) for entry in initial_metadata)

    def set_trailing_metadata(self, trailing_metadata: Any) -> None:
        self._state.trailing_metadata = tuple(Metadatum(*entry) for entry in trailing_metadata)

    def trailing_metadata(self) -> Any:
        return self._state.trailing_metadata

    def set_code(self, code: grpc.StatusCode) -> None:
        self._code = code

    def code(self) -> Any:
        return self._code

    def set_details(self, details: str) -> None:
        self._details = details

    def details(self) -> Any:
        return self._details.encode()

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        self._code, self._details = code, details
        raise _Aborted

    def abort_with_status(self, status: grpc.Status) -> NoReturn:
        self.set_trailing_metadata(status.trailing_metadata)
        self.abort(status.code, status.details)

    def require_ok(self) -> None:
        """Check how the service has ended the call.

        Raises:
            Ended: with a status other than OK.
        """
        if self._code not in (None, grpc.StatusCode.OK):
            raise Ended(self._code, self._details, self._state.trailing_metadata)


def responses(registry: ServiceRegistry, path: str, requests: Iterator[bytes], state: CallState) -> Iterator[bytes]:
    """Serve a call; each request is read when a response is asked for.

    Args:
        registry: The services.
        path: The path of its method.
        requests: The messages of the client.
        state: The call.

    Raises:
        Ended: the call did not end with OK.
    """
    answer = registry.answers.get(path)
    handler = registry.find(path) or registry.find_own(state.session, path)
    if handler is not None:
        yield from handled(handler, requests, state, bytes_max=message_bytes_max(path))
        return
    request = b"" if answer is None else next(requests, None)
    if request is None:
        raise Ended(grpc.StatusCode.UNIMPLEMENTED, ONE_REQUEST)
    if answer is None:
        answer = registry.refusal_of(path)
    try:
        answering = answer(require_fitting(request, "SERVER"), state.metadata, state.session, state)
        ends: queue.SimpleQueue[Callable[[], bytes]] = queue.SimpleQueue()
        start(answering, held=partial(state.hold_up, grace_seconds=DEADLINE_GRACE_SECONDS), done=ends.put)
        yield require_fitting(ends.get()(), "CLIENT")
    except CallFailed as failed:
        raise ended(failed) from failed


def handled(
    handler: MethodHandler, requests: Iterator[bytes], state: ServedCall, *, bytes_max: int = MESSAGE_BYTES_MAX
) -> Iterator[bytes]:
    """Let a handler serve a call.

    Args:
        handler: The handler.
        requests: What the client sends.
        state: The call.
        bytes_max: How large messages may be.

    Raises:
        Ended: the call did not end with OK.
    """
    context = Context(state)
    try:
        fitting = (require_fitting(content, "SERVER", bytes_max) for content in requests)
        for response in _answers(handler, fitting, context, state):
            content = response if handler.response_serializer is None else handler.response_serializer(response)
            yield require_fitting(content, "CLIENT", bytes_max)
    except Ended:
        raise
    except _Aborted:
        pass
    except Exception as error:
        context.require_ok()  # a status that the service has already set is kept, as over a socket
        _logger.exception("the service failed for a reason that nobody foresaw")
        raise Ended(grpc.StatusCode.UNKNOWN, f"Exception calling application: {error}") from error
    context.require_ok()


def ended(failed: CallFailed) -> Ended:
    """How a call ends whose handler has raised an error."""
    trailing_metadata = tuple(Metadatum(key, value) for key, value in failed.trailing_metadata)
    initial_metadata = tuple(Metadatum(key, value) for key, value in failed.initial_metadata)
    return Ended(failed.code, failed.message, trailing_metadata, initial_metadata)


def require_fitting(content: bytes, receiver: str, bytes_max: int = MESSAGE_BYTES_MAX) -> bytes:
    """Check the size of a message.

    Raises:
        Ended: it is larger than *receiver* takes.
    """
    if len(content) > bytes_max:
        raise Ended(grpc.StatusCode.RESOURCE_EXHAUSTED, too_large(content, receiver, bytes_max))
    return content


def _answers(handler: Any, requests: Iterator[bytes], context: Context, state: ServedCall) -> Iterator[Any]:
    read = (_read(handler, content) for content in requests)
    argument: Any = read if handler.request_streaming else next(read, None)
    if argument is None:
        raise Ended(grpc.StatusCode.UNIMPLEMENTED, ONE_REQUEST)
    kinds = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
    behavior = next(found for kind in kinds if (found := getattr(handler, kind)) is not None)
    if getattr(behavior, "experimental_non_blocking", False):
        yield from _told(behavior, argument, context, state)
    elif handler.response_streaming:
        yield from behavior(argument, context)
    else:
        yield behavior(argument, context)


def _read(handler: Any, content: bytes) -> Any:
    if handler.request_deserializer is None:
        return content
    try:
        return handler.request_deserializer(content)
    except Exception as error:
        _logger.exception("Exception deserializing message!")
        raise Ended(grpc.StatusCode.INTERNAL, "Exception deserializing request!") from error


def _told(behavior: Any, argument: Any, context: Context, state: ServedCall) -> Iterator[Any]:
    """The responses of a handler that pushes them, and None at the end."""
    coming: queue.SimpleQueue[Any] = queue.SimpleQueue()
    state.when_done(lambda: coming.put(None))
    behavior(argument, context, coming.put)
    while (response := state.take(coming)) is not None:
        yield response
