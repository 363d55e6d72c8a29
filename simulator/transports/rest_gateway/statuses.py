"""Errors: the gRPC status of a call as an HTTP status and a ``google.rpc.Status`` in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import grpc

HTTP_STATUSES: Mapping[grpc.StatusCode, int] = {
    grpc.StatusCode.OK: 200,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNKNOWN: 500,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DATA_LOSS: 500,
    grpc.StatusCode.UNAUTHENTICATED: 401,
}
"""The HTTP status of each code, as google/rpc/code.proto has it."""


class Refused(Exception):
    """A request ends with a status other than OK.

    Args:
        code: The code of the status.
        message: What the status says.
        details: Its details, as JSON values.
        http_status: The HTTP status, if it is not that of the code.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        details: Sequence[Any] = (),
        *,
        http_status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        self.http_status = HTTP_STATUSES[code] if http_status is None else http_status

    @property
    def status(self) -> dict[str, Any]:
        """The ``google.rpc.Status`` as a JSON value."""
        return {"code": self.code.value[0], "message": self.message, "details": [*self.details]}


class InvalidInput(Refused, ValueError):
    """A part of a request can't be read: INVALID_ARGUMENT."""

    def __init__(self, message: str) -> None:
        super().__init__(grpc.StatusCode.INVALID_ARGUMENT, message)
