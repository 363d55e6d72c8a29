"""The application that the HTTP port serves: the gateway, its description, the health, and the dashboard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import cache

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import ServiceDescriptor
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from simulator.api.pool import POOL
from simulator.sessions.registry import SESSION_HEADER
from simulator.transports.rest_gateway.access import AccessCheck, OwnAddress
from simulator.transports.rest_gateway.dashboard import dashboard_routes
from simulator.transports.rest_gateway.gateway import SESSION, RestGateway
from simulator.transports.rest_gateway.json_writing import to_bytes
from simulator.transports.rest_gateway.message_types import MessageTypes
from simulator.transports.rest_gateway.openapi import openapi_document
from simulator.transports.rest_gateway.statuses import Refused
from simulator.transports.rest_gateway.transcoding import Transcoder

PASSED_ON = ("px-account-id", SESSION_HEADER)
"""Headers that become metadata of the same name: one of the product, and the one that names a session."""

_HEALTHY = {"status": "SERVING"}


def app(
    channel: grpc.Channel,
    services: Sequence[ServiceDescriptor],
    *,
    own_address: OwnAddress,
    not_served: Sequence[ServiceDescriptor] = (),
    allowed_origins: Collection[str] = (),
    passed_on: Collection[str] = PASSED_ON,
    metrics: CollectorRegistry | None = None,
) -> Starlette:
    """Make the application.

    Args:
        channel: Where calls go, as bytes.
        services: The services, which are served by the annotations of their methods.
        own_address: The names of the server.
        not_served: Methods that have routes, but refuse calls; the description leaves them out.
        allowed_origins: Origins of other pages that may call; ``*`` stands for all.
        passed_on: Names of headers, in lower case, that become metadata of the same name.
        metrics: What ``/metrics`` shows; without it, there is no such path.

    Raises:
        ValueError: an annotation has a wrong path template.
    """
    pools = [service.file.pool for service in services]
    transcoder = Transcoder(MessageTypes([*pools, POOL, descriptor_pool.Default()]))
    gateway = RestGateway(channel, [*services, *not_served], transcoder=transcoder, passed_on=passed_on)

    @cache
    def description() -> bytes:
        return to_bytes(openapi_document(services))

    async def healthz(_: Request) -> Response:
        return Response(to_bytes(_HEALTHY), media_type="application/json")

    async def openapi(_: Request) -> Response:
        return Response(description(), media_type="application/json")

    middleware = [Middleware(AccessCheck, own_address, allowed_origins)]
    if allowed_origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=[*allowed_origins],
                allow_methods=["*"],
                allow_headers=["*"],
                expose_headers=["*"],
            )
        )
    application = Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/openapi.json", openapi),
            *([] if metrics is None else [Route("/metrics", _telling(metrics))]),
            *dashboard_routes(),
            Mount(f"/sessions/{{{SESSION}}}", gateway),
        ],
        middleware=middleware,
        exception_handlers={Exception: _unforeseen},
    )
    application.router.default = gateway
    application.router.redirect_slashes = False
    return application


def _telling(metrics: CollectorRegistry) -> Callable[[Request], Awaitable[Response]]:
    """Answer with metrics, in the format that the client accepts."""

    async def answer(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(metrics), headers={"content-type": content_type})

    return answer


async def _unforeseen(_: Request, error: Exception) -> Response:
    """Answer when the gateway itself has failed; starlette logs the error."""
    refused = Refused(grpc.StatusCode.INTERNAL, f"a fault of the simulator: {error!r}")
    return Response(to_bytes(refused.status), refused.http_status, media_type="application/json")
