"""Explains why nothing can listen at an address, before gRPC does so on stderr with an error number."""

from __future__ import annotations

import errno
import os
import socket
from ipaddress import ip_address

_LOCALHOST = "localhost"


def require_free_port(host: str, port: int) -> None:
    """Check that *port* of *host* can be listened on, by doing so for a moment.

    Names of other machines are left to gRPC to look up; so is everything where at least one address of *host* is free.

    Raises:
        OSError: nothing can; the message says where, and why.
    """
    flags = 0 if host == _LOCALHOST else socket.AI_NUMERICHOST
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except OSError:
        return
    reasons = [_reason(family, address) for family, _, _, _, address in found]
    if all(reasons):
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        raise OSError(f"can't listen on {place}: {reasons[0]}")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach *host*; of a name, whether that holds for all its addresses."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found)


def _reason(family: int, address: tuple[str | int, ...] | tuple[int, bytes]) -> str:
    """Why nothing can listen there; nothing when something can."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name == "posix":  # connections that have ended don't count, as gRPC has it
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return "the address is in use" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
    return ""
