"""The HTTP port of ``pds-sim serve``: the services as JSON, beside gRPC."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
import grpc
from google.protobuf.descriptor import ServiceDescriptor
from prometheus_client import CollectorRegistry

from scenarios.cli.port_check import require_free_port
from simulator.services.not_served import services_not_served
from simulator.services.product import SERVICES
from simulator.transports import rest_gateway
from simulator.transports.tls import TlsFiles

HTTP_PORT = 50052

_logger = logging.getLogger(__name__)

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
        metavar="NAME",
        help="Another name of this machine that HTTP requests may be for; repeatable.",
    ),
    click.option(
        "--allow-origin",
        "allowed_origins",
        multiple=True,
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


@contextmanager
def serving_http(
    channel: grpc.Channel,
    host: str,
    port: int | None,
    names: Sequence[str],
    origins: Sequence[str],
    more: Sequence[ServiceDescriptor] = (),
    tls: TlsFiles | None = None,
    metrics: CollectorRegistry | None = None,
) -> Iterator[str]:
    """Serve over HTTP too, in a ``with`` statement that has the URL.

    Args:
        channel: Where calls go; it is closed at the end.
        host: Where to listen.
        port: None takes the usual one, or a free one where that is taken.
        names: By which this machine may be called, beside *host*.
        origins: Whose pages may call.
        more: What is served beside the product's services.
        tls: For TLS; None serves without.
        metrics: What is told at ``/metrics``.

    Raises:
        OSError: nothing can listen there.
    """
    application = rest_gateway.app(
        channel,
        [*(service.descriptor for service in SERVICES), *more],
        own_address=rest_gateway.OwnAddress(host, names),
        not_served=services_not_served(),
        allowed_origins=origins,
        metrics=metrics,
    )
    if port is None:
        port = _usual_or_free(host)
    require_free_port(host, port)
    server = rest_gateway.HttpServer(application, host, port, end_calls=channel.close, tls=tls)
    try:
        yield server.url
    finally:
        server.stop()


def _usual_or_free(host: str) -> int:
    try:
        require_free_port(host, HTTP_PORT)
    except OSError as taken:
        _logger.warning("%s, so HTTP takes a free port; --http-port says which", taken, extra={"event": "port_taken"})
        return 0
    return HTTP_PORT


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
