"""Bodies of requests, read as far as they are allowed to go."""

from __future__ import annotations

import asyncio

import grpc
from starlette.types import Receive

from simulator.transports.rest_gateway.statuses import Refused
from simulator.transports.service_registry import MESSAGE_BYTES_MAX

BODY_SECONDS_MAX = 30.0
"""How long a client may take to send a body."""


async def read_body(receive: Receive) -> bytes:
    """Read the body of a request.

    Raises:
        Refused: it is too large, or does not come.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            return await _read(receive)
    except TimeoutError:
        message = f"the body did not come within {BODY_SECONDS_MAX:g} s"
        raise Refused(grpc.StatusCode.DEADLINE_EXCEEDED, message, http_status=408) from None


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Refused(grpc.StatusCode.CANCELLED, "the client has gone")
        body += event.get("body", b"")
        more = event.get("more_body", False)
        if len(body) > MESSAGE_BYTES_MAX:
            message = f"the body has more than {MESSAGE_BYTES_MAX} bytes"
            raise Refused(grpc.StatusCode.RESOURCE_EXHAUSTED, message, http_status=413)
    return bytes(body)
