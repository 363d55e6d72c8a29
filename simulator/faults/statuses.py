"""Statuses that rules cause; they name the rule."""

from __future__ import annotations

from collections.abc import Sequence

import grpc
from google.protobuf.message import Message

from fakes.environment import to_microseconds
from fakes.faults.rule import Firing
from simulator.api import error_details_pb2
from simulator.rpc.errors import shortened_to_bytes
from simulator.rpc.status import TEXT_BYTES_MAX, CallFailed
from simulator.sessions.call_record import Metadata

DOMAIN = "pds-restore-simulator"
REASON = "INJECTED_FAULT"


def injected(
    code: grpc.StatusCode,
    message: str,
    firing: Firing,
    *,
    retry_delay_seconds: float | None = None,
    details: Sequence[Message] = (),
    initial_metadata: Metadata = (),
    trailing_metadata: Metadata = (),
) -> CallFailed:
    """Make the failure that a rule causes, with an ErrorInfo that names the rule."""
    rule = shortened_to_bytes(firing.rule, TEXT_BYTES_MAX)
    info = error_details_pb2.ErrorInfo(reason=REASON, domain=DOMAIN, metadata={"rule": rule, "effect": firing.effect})
    retry = []
    if retry_delay_seconds is not None:
        retry_info = error_details_pb2.RetryInfo()
        retry_info.retry_delay.FromMicroseconds(to_microseconds(retry_delay_seconds))
        retry.append(retry_info)
    return CallFailed(
        code,
        message,
        (info, *retry, *details),
        initial_metadata=initial_metadata,
        trailing_metadata=trailing_metadata,
    )
