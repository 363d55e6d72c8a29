"""Reads the bodies of requests, within limits."""

from __future__ import annotations

import asyncio

import grpc
from starlette.types import Receive

from simulator.transports.rest_gateway.statuses import Refused

BODY_SECONDS_MAX = 30.0
"""How long a client may take to send a body."""


async def read_body(receive: Receive, bytes_max: int) -> bytes:
    """Read the body of a request, of at most so many bytes.

    Raises:
        Refused: it is too large, or does not arrive in time.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            return await _read(receive, bytes_max)
    except TimeoutError:
        message = f"the body did not come within {BODY_SECONDS_MAX:g} s"
        raise Refused(grpc.StatusCode.DEADLINE_EXCEEDED, message, http_status=408) from None


async def _read(receive: Receive, bytes_max: int) -> bytes:
    body = bytearray()
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Refused(grpc.StatusCode.CANCELLED, "the client has gone")
        body += event.get("body", b"")
        more = event.get("more_body", False)
        if len(body) > bytes_max:
            message = f"the body has more than {bytes_max} bytes"
            raise Refused(grpc.StatusCode.RESOURCE_EXHAUSTED, message, http_status=413)
    return bytes(body)
