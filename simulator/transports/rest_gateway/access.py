"""Keeps other sites' web pages out: a request must name this server, and a page must come from it.

Any page can make a developer's browser send requests to this machine, even under a name of its own that resolves here
(DNS rebinding). Other programs send no ``Origin`` and the right ``Host``.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import urlsplit

import grpc
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.rpc.errors import shortened
from simulator.transports.rest_gateway.gateway import answer_refused
from simulator.transports.rest_gateway.statuses import Refused

SHOWN_LENGTH_MAX = 80
"""Characters of a wrong header that a message shows."""
ANY = "*"
"""Allows all origins."""
_LOCALHOST = "localhost"


class OwnAddress:
    """The names of this server.

    Args:
        host: The name or address where it listens.
        more: Other names that lead to it.
    """

    def __init__(self, host: str, more: Collection[str] = ()) -> None:
        self.host = host
        address = _ip_address(host)
        self._is_loopback = host == _LOCALHOST or (address is not None and address.is_loopback)
        self._names = {_LOCALHOST, host.lower(), *(name.lower() for name in more)}
        if not self._is_loopback:
            self._names.add(socket.gethostname().lower())

    def is_named_by(self, authority: str) -> bool:
        """Return whether *authority*, a host that a port may follow, names this server.

        Where other machines may call, any address does, because only names can be pointed elsewhere.
        """
        name, _ = _split(authority)
        if name in self._names:
            return True
        return name.endswith(".localhost") if _ip_address(name) is None else not self._is_loopback


def _split(authority: str) -> tuple[str, int | None]:
    """Return the name and the port of an authority; all names of the loopback interface become one."""
    try:
        parts = urlsplit(f"//{authority}")
        name, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return "", None
    address = _ip_address(name)
    return (_LOCALHOST if address is not None and address.is_loopback else name), port


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


class AccessCheck:
    """Accepts only requests that name this server and do not come from another site's page.

    Args:
        app: The application to guard.
        own_address: The names of this server.
        allowed_origins: Origins of pages that may call, such as ``http://localhost:3000``.
    """

    def __init__(self, app: ASGIApp, own_address: OwnAddress, allowed_origins: Collection[str]) -> None:
        self._app = app
        self._own_address = own_address
        self._allowed_origins = frozenset(allowed_origins)
        self._complaint = lru_cache(256)(self._find_complaint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = origin = None
        for name, value in scope.get("headers", ()):
            if name == b"host":
                host = value
            elif name == b"origin":
                origin = value
        complaint = self._complaint(host, origin)
        if complaint is None:
            await self._app(scope, receive, send)
        else:
            await answer_refused(Refused(grpc.StatusCode.PERMISSION_DENIED, complaint), send)

    def _find_complaint(self, raw_host: bytes | None, raw_origin: bytes | None) -> str | None:
        host = "" if raw_host is None else raw_host.decode("latin-1")
        if host and not self._own_address.is_named_by(host):
            return f"the Host {_shown(host)} is not one of this server; --allow-host lets it in"
        if raw_origin is None:
            return None
        origin = raw_origin.decode("latin-1")
        scheme, _, authority = origin.partition("://")
        if {origin, ANY} & self._allowed_origins or (scheme in {"http", "https"} and _split(authority) == _split(host)):
            return None
        return f"a page of {_shown(origin)} may not call this server; --allow-origin lets it"


def _shown(text: str) -> str:
    return repr(shortened(text, SHOWN_LENGTH_MAX))
