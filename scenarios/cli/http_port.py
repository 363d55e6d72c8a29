"""The HTTP port of ``pds-sim serve``: the services as JSON, beside gRPC."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from scenarios.cli.port_check import require_free_port

HTTP_PORT = 50052

_logger = logging.getLogger(__name__)

_ANY_ORIGIN = ("*", "null")
"""What stands for all origins, and for pages that have none, such as those of files."""


def _require_origins(_context: click.Context, _option: click.Parameter, origins: Sequence[str]) -> Sequence[str]:
    """Refuse what no browser sends as an origin, because it would let nobody in."""
    for origin in origins:
        meant = _origin_in(origin)
        if not origin or origin not in (meant, *_ANY_ORIGIN):
            example = meant or "http://localhost:3000"
            raise click.BadParameter(f"{origin!r} is no origin as browsers send it; expected one such as {example!r}")
    return origins


def _origin_in(text: str) -> str:
    """The origin that a URL or the name of a host stands for; empty where it stands for none."""
    try:
        parts = urlsplit(text.lower() if "://" in text else f"http://{text.lower()}")
        port = "" if parts.port in (None, _USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    except ValueError:
        return ""
    host = parts.hostname or ""
    if not _HOST.fullmatch(host):
        return ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _require_hosts(_context: click.Context, _option: click.Parameter, hosts: Sequence[str]) -> Sequence[str]:
    """Refuse what is no name, because no request could be for it."""
    for host in hosts:
        if not _HOST.fullmatch(host.lower()):
            raise click.BadParameter(f"{host!r} is no name of a machine; expected one such as 'simulator.example'")
    return hosts


_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
"""A name, or an address, that of IPv6 without brackets."""
_USUAL_PORTS = {"http": 80, "https": 443}
"""Ports that browsers leave out."""

_OPTIONS = (
    click.option(
        "--http-port",
        type=click.IntRange(0, 65535),
        help=f"For JSON over HTTP; 0 takes a free one.  [default: {HTTP_PORT}, or a free one where that is taken]",
    ),
    click.option(
        "--allow-host",
        "allowed_hosts",
        multiple=True,
        callback=_require_hosts,
        metavar="NAME",
        help="Another name of this machine that HTTP requests may be for; repeatable.",
    ),
    click.option(
        "--allow-origin",
        "allowed_origins",
        multiple=True,
        callback=_require_origins,
        metavar="ORIGIN",
        help="Whose pages may call from a browser, such as http://localhost:3000, or * for all; repeatable.",
    ),
    click.option(
        "--ready-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write both addresses to this file as soon as both ports answer.",
    ),
)


def http_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options of the HTTP port."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def choose_http_port(host: str, port: int | None) -> int:
    """Return the port to listen on: *port* itself; for None, the usual one, or a free one if that is taken.

    Raises:
        OSError: nothing can listen there.
    """
    if port is None:
        port = _usual_or_free(host)
    require_free_port(host, port)
    return port


def _usual_or_free(host: str) -> int:
    try:
        require_free_port(host, HTTP_PORT)
    except OSError as taken:
        _logger.warning("%s, so HTTP takes a free port; --http-port says which", taken, extra={"event": "port_taken"})
        return 0
    return HTTP_PORT


def forget_ready(file: Path | None) -> None:
    """Remove the file of an earlier run, which would make this run look ready."""
    if file is not None:
        file.unlink(missing_ok=True)


@contextmanager
def telling_ready(file: Path | None, addresses: Mapping[str, str | bool]) -> Iterator[None]:
    """Write the addresses to *file* in one step, and remove it at the end.

    Raises:
        OSError: it can't be written.
    """
    if file is None:
        yield
        return
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    unfinished.write_text(f"{json.dumps(addresses)}\n")
    unfinished.replace(file)
    try:
        yield
    finally:
        with suppress(OSError):
            file.unlink()
