"""The client's end of a call: what happens to a call before the services see it, and to their answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import grpc

from simulator.rpc.call import start
from simulator.rpc.status import CallFailed
from simulator.sessions.call_record import Metadata
from simulator.sessions.holds import Hold
from simulator.sessions.session import Session
from simulator.transports.in_process.call_state import CallState, Ended
from simulator.transports.in_process.credentials import with_credentials
from simulator.transports.in_process.metadata import received
from simulator.transports.in_process.server import ended, require_fitting, responses
from simulator.transports.service_registry import MESSAGE_BYTES_MAX, Answer, ServiceRegistry

_logger = logging.getLogger(__name__)

Serializer = Callable[[Any], bytes]
Deserializer = Callable[[bytes], Any]


def start_call(
    registry: ServiceRegistry, path: str, timeout: float | None, metadata: Any, credentials: Any
) -> CallState:
    """Prepare a call. One that can't be made has ended.

    Raises:
        TypeError: the metadata or the timeout has a wrong type.
        ValueError: an entry of the metadata is not a pair.
    """
    try:
        arriving = received(metadata if credentials is None else with_credentials(metadata, credentials, path))
        return CallState(timeout, registry.find_session(() if path in registry.more else arriving), arriving)
    except Ended as refused:
        failure = refused
    except CallFailed as failed:
        failure = ended(failed)
    state = CallState(timeout, registry.find_session(()), ())
    state.fail(failure)
    return state


def serialized(request: Any, serializer: Serializer | None) -> bytes:
    """Write a request.

    Raises:
        Ended: it can't be written.
        TypeError: the serializer does not return bytes.
    """
    try:
        content: Any = request if serializer is None else serializer(request)
    except Exception:  # gRPC logs any error and makes it INTERNAL
        _logger.exception("Exception serializing message!")
        content = None
    if type(content) is bytes:
        return content
    if content is None:
        raise Ended(grpc.StatusCode.INTERNAL, "Exception serializing request!", is_local=True)
    raise TypeError(f"Argument 'message' has incorrect type (expected bytes, got {type(content).__name__})")


def deserialized(content: bytes, deserializer: Deserializer | None) -> Any:
    """Read a response.

    Raises:
        Ended: it can't be read.
    """
    if deserializer is None:
        return content
    try:
        message = deserializer(content)
    except Exception:  # gRPC logs any error and makes it INTERNAL
        _logger.exception("Exception deserializing message!")
        message = None
    if message is None:
        raise Ended(grpc.StatusCode.INTERNAL, "Exception deserializing response!", is_local=True)
    return message


def perform(
    answer: Answer,
    request: bytes,
    state: CallState,
    deserializer: Deserializer | None,
    *,
    held: Callable[[Hold], None],
    finished: Callable[[], None],
) -> None:
    """Let the services answer a call, and end it with the outcome.

    Args:
        answer: The handler that answers the call.
        request: The request.
        state: The call.
        deserializer: Reads the response.
        held: Called each time the call is held up; this then returns before the call has ended.
        finished: Called when the services are done with the call.
    """

    def done(give: Callable[[], bytes]) -> None:
        try:
            content = require_fitting(give(), "CLIENT")
            if state.is_waiting():
                state.succeed(deserialized(content, deserializer))
        except (CallFailed, Ended) as refused:
            if state.is_waiting():
                state.fail(refused if isinstance(refused, Ended) else ended(refused))
        except Exception as error:
            _logger.exception("the service failed for a reason that nobody foresaw")
            state.fail(Ended(grpc.StatusCode.UNKNOWN, f"Exception calling application: {error}"))
        except BaseException:  # Ctrl-C in the thread that runs both the client and the service
            state.cancel()
            raise
        finally:
            finished()

    if state.code is not None:
        finished()
    elif len(request) > MESSAGE_BYTES_MAX:
        done(lambda: require_fitting(request, "SERVER"))
    else:
        start(answer(request, state.metadata, state.session, state), held=held, done=done)


def answer_of(registry: ServiceRegistry, path: str) -> Answer:
    """Return the handler of the method at *path*, if there is one."""
    known = registry.answers.get(path)
    if known is not None:
        return known

    async def answer(request: bytes, metadata: Metadata, session: Session, client: Any) -> bytes:
        return await answer_to_many(registry, path, iter((request,)))(b"", metadata, session, client)

    return answer


def answer_to_many(registry: ServiceRegistry, path: str, requests: Iterator[bytes]) -> Answer:
    """Return a handler that answers one call of the method at *path* with *requests*."""

    async def answer(_request: bytes, _metadata: Metadata, _session: Session, state: Any) -> bytes:
        found = [*responses(registry, path, requests, state)]
        if not found:
            raise Ended(grpc.StatusCode.INTERNAL, "the service ended the call without an answer")
        return found[0]

    return answer
