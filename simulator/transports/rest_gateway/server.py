"""The HTTP port: an ASGI application in an event loop, in its own thread."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from simulator.transports import open_files
from simulator.transports.tls import TlsFiles

CONNECTIONS_MAX = 4_096
"""Further connections are closed. They take at most half of the files that the process may have open; an eighth is
accepted in one step of the event loop, and those of the last few steps are not counted yet."""
HEADERS_BYTES_MAX = 64 * 1024
"""Size limit of a request."""
IDLE_SECONDS_MAX = 75
"""How long an idle connection is kept. Clients that poll every 20 s can reuse theirs."""
HEADERS_SECONDS_MAX = 10.0
"""How long a client may take to send the headers of a request; its connection is closed then."""
GRACE_SECONDS = 0.25
"""How long calls in flight may take to end when the server stops; uvicorn itself takes most of it."""
PATIENCE_SECONDS = 0.3
"""How long connections may take to close after all calls have ended; those of clients that do not read never do."""
HANG_UP_SECONDS = 0.25
"""How long the server may take to end after closing all connections."""

_KEEPALIVE_SECONDS = 20
"""How long a client may be silent before it is pinged; it may take twice as long to answer."""
_SOCKET_OPTIONS = (
    (socket.SOL_SOCKET, "SO_REUSEADDR", 1),
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", _KEEPALIVE_SECONDS),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", _KEEPALIVE_SECONDS),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 2),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 2_000 * _KEEPALIVE_SECONDS),
)
"""Socket options of the port and its connections, by name, because not all systems have all of them."""


class HttpServer:
    """An application on a port.

    Args:
        app: The application.
        host: Where to listen.
        port: 0 takes a free one.
        end_calls: Ends the calls that are still in progress in the application.
        tls: Files for TLS; None serves without TLS.

    Raises:
        OSError: nothing can listen there.
        ValueError: a file for TLS is invalid.
    """

    def __init__(
        self, app: ASGIApp, host: str, port: int, *, end_calls: Callable[[], None], tls: TlsFiles | None = None
    ) -> None:
        if tls is not None:
            tls.check()
        self._socket = _listening(host, port)
        self.port: int = self._socket.getsockname()[1]
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"
        connections_max = min(CONNECTIONS_MAX, open_files.limit() // 2)
        config = uvicorn.Config(
            app,
            access_log=False,
            backlog=connections_max // 8,
            h11_max_incomplete_event_size=HEADERS_BYTES_MAX,
            http=_Protocol,
            lifespan="off",
            limit_concurrency=connections_max,
            log_config=None,
            log_level="error",
            loop="asyncio",
            proxy_headers=False,
            server_header=False,
            **_tls_settings(tls),
            timeout_keep_alive=IDLE_SECONDS_MAX,
            ws="none",
        )
        self._end_calls = end_calls
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="pds-simulator-http", daemon=True
        )
        self._thread.start()
        self._server.ready.wait()
        self._socket.listen(CONNECTIONS_MAX)  # the backlog, too; asyncio has one number for both

    def stop(self) -> None:
        """Close the port, end the calls that do not end by themselves, and drop clients that do not read."""
        self._server.should_exit = True
        self._thread.join(GRACE_SECONDS)
        self._end_calls()
        self._thread.join(PATIENCE_SECONDS)
        if self._thread.is_alive():
            self._server.hang_up()
            self._thread.join(HANG_UP_SECONDS)


def _tls_settings(tls: TlsFiles | None) -> dict[str, Any]:
    if tls is None:
        return {}
    settings: dict[str, Any] = {"ssl_certfile": tls.certificate, "ssl_keyfile": tls.key}
    if tls.client_ca is not None:
        settings |= {"ssl_ca_certs": str(tls.client_ca), "ssl_cert_reqs": ssl.CERT_REQUIRED}
    return settings


def _listening(host: str, port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only if the protocol is given; with Nagle, answers take 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        for level, name, value in _SOCKET_OPTIONS:
            if hasattr(socket, name):
                listening.setsockopt(level, getattr(socket, name), value)
        listening.bind((host, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


class _Server(uvicorn.Server):
    """Signals when it listens, and can drop all clients."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    def hang_up(self) -> None:
        """Drop all connections, from another thread; their calls end as when a client disconnects."""
        assert self._loop is not None
        with suppress(RuntimeError):  # the loop has just been closed, so no connection is left
            self._loop.call_soon_threadsafe(self._abort)

    def _abort(self) -> None:
        for connection in tuple(self.server_state.connections):
            connection.transport.abort()


class _Protocol(H11Protocol):
    """HTTP/1.1 that waits neither for ever for headers nor, when the server stops, for the rest of a request."""

    _headers_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._await_headers()
        if self.limit_concurrency is not None and len(self.connections) > self.limit_concurrency:
            transport.close()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_headers()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        is_over = self.transport.is_closing() or self.conn.their_state is h11.SEND_BODY
        if not is_over:
            is_sent = not self.transport.get_write_buffer_size()
            super().shutdown()
            is_over = is_sent and self.transport.is_closing()
        if is_over:
            self.transport.abort()  # with TLS, to close would be to wait for the client

    def _await_headers(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._forget_headers()
        elif self._headers_timer is None:
            self._headers_timer = self.loop.call_later(HEADERS_SECONDS_MAX, self.timeout_keep_alive_handler)

    def _forget_headers(self) -> None:
        if self._headers_timer is not None:
            self._headers_timer.cancel()
            self._headers_timer = None
