"""The REST gateway: an ASGI application that turns HTTP requests into gRPC calls, as the services' annotations say.

It answers like a stock grpc-gateway v2, which stands in front of the product.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import Any, NamedTuple

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from starlette.types import Receive, Scope, Send

from simulator.sessions.call_record import Metadata
from simulator.sessions.registry import SESSION_HEADER
from simulator.transports.handled_calls import TOO_MANY
from simulator.transports.rest_gateway.bindings import Binding, Bindings
from simulator.transports.rest_gateway.bodies import read_body
from simulator.transports.rest_gateway.calls import responses, until_done
from simulator.transports.rest_gateway.framing import (
    Framing,
    framing_for,
    is_event_stream,
    resumed_query,
    resumes_after,
)
from simulator.transports.rest_gateway.headers import from_metadata, header_value, timeout_seconds, to_metadata
from simulator.transports.rest_gateway.json_writing import to_bytes
from simulator.transports.rest_gateway.parameters import unescape
from simulator.transports.rest_gateway.statuses import Refused
from simulator.transports.rest_gateway.transcoding import JSON_TYPE, LATE, SHUT_DOWN, Transcoder
from simulator.transports.service_registry import message_bytes_max

STREAMS_MAX = 512
"""How many calls with a stream of responses run at a time; each takes a thread while it waits for a response."""

SESSION = "session"
"""The parameter for the session in the path where the gateway is mounted."""
_NOTHING: Mapping[str, str] = MappingProxyType({})
START_SECONDS = 0.2
"""How long to wait for a first response, or an error, before telling a client that it is connected."""

ALIVE_SECONDS = 15.0
"""How often to send a sign of life to a client that gets nothing else. Proxies may hang up on
connections that are silent for a minute, and a client that is gone is noticed by what it does not acknowledge."""

WATCH = "watch"
"""The verb of a path for the stream of what the path without it lists."""

_JSON = (b"content-type", JSON_TYPE)
_COMMENT = b":\n\n"
_UNREAD = frozenset({408, 413})
"""Statuses of requests whose body is left unread, so that the connection can't be used again."""
_FORM = b"application/x-www-form-urlencoded"

Header = tuple[bytes, bytes]


class _Call(NamedTuple):
    """A call made by an HTTP request."""

    binding: Binding
    request: bytes
    metadata: Metadata
    timeout_seconds: float | None
    framing: Framing


class RestGateway:
    """Serves the services behind a channel over HTTP.

    Args:
        channel: Where the calls go.
        services: Descriptors of the services.
        transcoder: Turns HTTP into messages and back.
        passed_on: Names of headers, in lower case, that become metadata of the same name.

    Raises:
        ValueError: an annotation has a wrong path template.
    """

    def __init__(
        self,
        channel: grpc.Channel,
        services: Iterable[ServiceDescriptor],
        *,
        transcoder: Transcoder,
        passed_on: Collection[str],
    ) -> None:
        self._bindings = Bindings(services)
        self._methods: dict[str, Any] = {
            binding.path: (channel.unary_stream if binding.method.server_streaming else channel.unary_unary)(
                binding.path
            )
            for binding in self._bindings.all
        }
        self._transcoder = transcoder
        self._passed_on = frozenset(passed_on)
        self._streams_left = STREAMS_MAX
        self._executor = ThreadPoolExecutor(STREAMS_MAX, thread_name_prefix="pds-simulator-stream")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            call = await self._read(scope, receive)
            if call.binding.method.server_streaming:
                with self._one_stream_more():
                    await self._stream(call, receive, send)
            else:
                await self._answer(call, receive, send)
        except Refused as refused:
            await answer_refused(refused, send)

    async def _read(self, scope: Scope, receive: Receive) -> _Call:
        """Turn a request into a call.

        Raises:
            Refused: the method is unknown, or the request can't be read.
        """
        started_seconds = time.monotonic()
        headers: Sequence[Header] = scope["headers"]
        sent_method = http_method = scope["method"]
        is_form = _first(headers, b"content-type") == _FORM and http_method == "POST"
        if is_form:
            http_method = _first(headers, b"x-http-method-override").decode("latin-1").upper() or http_method
        path = unescape(scope["raw_path"].decode("latin-1").removeprefix(scope.get("root_path", "")))
        accept = _first(headers, b"accept")
        if is_event_stream(accept) and self._bindings.has(http_method, f"{path}:{WATCH}"):
            path = f"{path}:{WATCH}"
        binding, variables = self._bindings.find(http_method, path, is_form=is_form and http_method == "POST")
        timeout = timeout_seconds(headers)
        metadata = to_metadata(headers, scope["client"] and scope["client"][0], self._passed_on)
        if (session := scope.get("path_params", _NOTHING).get(SESSION)) is not None:
            metadata = (*metadata, (SESSION_HEADER, session))
        is_form = _first(headers, b"content-type").partition(b";")[0].strip().lower() == _FORM
        takes_form = is_form and not binding.body and sent_method in {"PATCH", "POST", "PUT"}
        body = await read_body(receive, message_bytes_max(binding.path)) if binding.body or takes_form else b""
        queries = (body.decode("latin-1"),) if takes_form else ()
        resumed = resumed_query(_first(headers, b"last-event-id"), binding.method)
        queries += resumed or (scope["query_string"].decode("latin-1"),)
        request = self._transcoder.request(binding, variables, body, queries)
        if timeout is not None:
            timeout -= time.monotonic() - started_seconds
            if timeout <= 0:
                raise Refused(*LATE)
        return _Call(binding, request, metadata, timeout, framing_for(accept, binding.method))

    async def _answer(self, call: _Call, receive: Receive, send: Send) -> None:
        """Make a call with one response, and answer with it.

        Raises:
            Refused: the call failed.
        """
        future = self._started(call, "future")
        await until_done(future, receive)
        headers = from_metadata(future.initial_metadata() or ())
        if future.code() is not grpc.StatusCode.OK:
            await answer_refused(self._transcoder.failure(future), send, headers)
            return
        content_type, body = self._transcoder.response(call.binding, future.result())
        await _send(send, 200, [*headers, (b"content-type", content_type)], body)

    async def _stream(self, call: _Call, receive: Receive, send: Send) -> None:
        """Make a call with many responses, and answer with each of them as it comes."""
        stream = self._started(call, "__call__")
        framing, status = call.framing, 0
        contents = responses(stream, receive, self._executor)
        coming = asyncio.ensure_future(anext(contents, None))
        try:
            while True:
                while framing.is_resumed and not await _comes_within(
                    ALIVE_SECONDS if status else START_SECONDS, coming
                ):
                    status = status or await _start(send, 200, framing.headers)
                    await _send_part(send, _COMMENT)
                if (content := await coming) is None:
                    break
                part = framing.response(content, self._transcoder.body(call.binding, content))
                status = status or await _start(send, 200, framing.headers)
                await _send_part(send, part)
                coming = asyncio.ensure_future(anext(contents, None))
        except grpc.RpcError:
            refused = self._transcoder.failure(stream)
            goes_on = framing.is_resumed and resumes_after(refused.status) is not None
            status = status or await _start(send, 200 if goes_on else refused.http_status, framing.headers)
            await _send_part(send, framing.failure(refused.status))
        finally:
            coming.cancel()
            with suppress(asyncio.CancelledError, grpc.RpcError):
                await coming
            await contents.aclose()
        if not status:
            await _start(send, 200, [])
        await send({"type": "http.response.body", "body": b""})

    @contextmanager
    def _one_stream_more(self) -> Iterator[None]:
        """Count a stream while it lasts.

        Raises:
            Refused: there are too many.
        """
        if not self._streams_left:
            raise Refused(grpc.StatusCode.RESOURCE_EXHAUSTED, TOO_MANY)
        self._streams_left -= 1
        try:
            yield
        finally:
            self._streams_left += 1

    def _started(self, call: _Call, way: str) -> Any:
        """Start a call.

        Raises:
            Refused: the channel is closed.
        """
        start = getattr(self._methods[call.binding.path], way)
        try:
            return start(call.request, timeout=call.timeout_seconds, metadata=call.metadata)
        except ValueError:
            raise Refused(*SHUT_DOWN) from None


async def answer_refused(refused: Refused, send: Send, headers: Sequence[Header] = ()) -> None:
    """Answer with a status other than OK.

    Args:
        refused: The status.
        send: Where the answer goes.
        headers: What comes with it.
    """
    more = [_JSON]
    if refused.http_status in _UNREAD:
        more.append((b"connection", b"close"))
    if refused.code is grpc.StatusCode.UNAUTHENTICATED:
        more.append((b"www-authenticate", header_value(refused.message)))
    await _send(send, refused.http_status, [*headers, *more], to_bytes(refused.status))


async def _comes_within(seconds: float, coming: asyncio.Future[Any]) -> bool:
    """Return whether it has arrived, or arrives within so many seconds."""
    return coming.done() or bool((await asyncio.wait([coming], timeout=seconds))[0])


async def _send(send: Send, status: int, headers: Sequence[Header], body: bytes) -> None:
    await _start(send, status, [*headers, (b"content-length", str(len(body)).encode())])
    await send({"type": "http.response.body", "body": body})


async def _send_part(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _start(send: Send, status: int, headers: Sequence[Header]) -> int:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    return status


def _first(headers: Sequence[Header], name: bytes) -> bytes:
    return next((value for key, value in headers if key == name), b"")
