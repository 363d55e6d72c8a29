"""Health checking (grpc.health.v1): every service is healthy for as long as the simulator runs."""

from __future__ import annotations

from collections.abc import Sequence

import grpc

from simulator.api import health_pb2
from simulator.rpc.errors import shortened
from simulator.rpc.status import CallFailed

SERVICE = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
WHOLE_SERVER = ""
"""The name that stands for all services together."""

_Response = health_pb2.HealthCheckResponse


class Health:
    """The methods of the service.

    Args:
        services: Full names of all services that are served.
    """

    def __init__(self, services: Sequence[str]) -> None:
        self._services = (WHOLE_SERVER, *services)

    def check(self, request: health_pb2.HealthCheckRequest) -> health_pb2.HealthCheckResponse:
        """Return the health of a service.

        Raises:
            CallFailed: NOT_FOUND, because it is not served.
        """
        if request.service not in self._services:
            raise CallFailed(grpc.StatusCode.NOT_FOUND, f"unknown service {shortened(request.service, 200)!r}")
        return _Response(status=_Response.SERVING)

    def list(self, _request: health_pb2.HealthListRequest) -> health_pb2.HealthListResponse:
        """Return the health of each service."""
        serving = _Response(status=_Response.SERVING)
        return health_pb2.HealthListResponse(statuses=dict.fromkeys(self._services, serving))

    def watch(self, request: health_pb2.HealthCheckRequest) -> health_pb2.HealthCheckResponse:
        """Return the only message that a watcher gets, because the health never changes."""
        is_served = request.service in self._services
        return _Response(status=_Response.SERVING if is_served else _Response.SERVICE_UNKNOWN)
