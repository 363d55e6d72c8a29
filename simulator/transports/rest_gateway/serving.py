"""The HTTP port of all services, the product's and ours, beside gRPC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from prometheus_client import CollectorRegistry

from simulator.services.not_served import services_not_served
from simulator.services.product import SERVICES
from simulator.transports.rest_gateway.access import OwnAddress
from simulator.transports.rest_gateway.app import app
from simulator.transports.rest_gateway.server import HttpServer
from simulator.transports.tls import TlsFiles


@contextmanager
def serving_http(
    channel: grpc.Channel,
    own_address: OwnAddress,
    *,
    port: int = 0,
    origins: Sequence[str] = (),
    more: Sequence[ServiceDescriptor] = (),
    tls: TlsFiles | None = None,
    metrics: CollectorRegistry | None = None,
) -> Iterator[str]:
    """Serve over HTTP, in a ``with`` statement that has the URL.

    Args:
        channel: Where calls go; it is closed at the end.
        own_address: Where to listen, and the names of this machine.
        port: 0 takes a free one.
        origins: Origins of pages that may call.
        more: Services beside the product's.
        tls: Files for TLS; None serves without TLS.
        metrics: What ``/metrics`` shows.

    Raises:
        OSError: nothing can listen there.
    """
    application = app(
        channel,
        [*(service.descriptor for service in SERVICES), *more],
        own_address=own_address,
        not_served=services_not_served(),
        allowed_origins=origins,
        metrics=metrics,
    )
    server = HttpServer(application, own_address.host, port, end_calls=channel.close, tls=tls)
    try:
        yield server.url
    finally:
        server.stop()
