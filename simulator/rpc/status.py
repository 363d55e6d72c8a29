"""The one place that turns errors into statuses: a code, a message, and google.rpc details."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.message import Message

from fakes.world.errors import AccessDenied, AlreadyExists, NotFound, PreconditionsFailed
from simulator.api import error_details_pb2, status_pb2
from simulator.rpc.call import Call, Handler
from simulator.rpc.errors import (
    CallCancelled,
    DeadlinePassed,
    InvalidRequest,
    Unauthenticated,
    WorldEnded,
    shortened,
    shortened_to_bytes,
)
from simulator.sessions.call_record import Metadata
from simulator.sessions.clock import EndlessPolling

DOMAIN = "restore.pds.portworx.com"
"""The domain of the reasons in ErrorInfo."""

STATUS_KEY = "grpc-status-details-bin"
"""The key of the whole status in the trailing metadata, as everywhere in gRPC."""
TEXT_BYTES_MAX = 600
"""Statuses travel in trailers, and clients refuse trailers of more than 8 KiB. The message is in them twice, once with
three bytes for each one that is not ASCII, and often once more among the details."""
DETAILS_BYTES_MAX = 3_000
"""Violations that do not fit are only counted."""
VIOLATIONS_IN_MESSAGE = 3

_logger = logging.getLogger(__name__)


class CallFailed(Exception):
    """A call ends with a status other than OK."""

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        details: tuple[Message, ...] = (),
        *,
        initial_metadata: Metadata = (),
        trailing_metadata: Metadata = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = shortened_to_bytes(message, TEXT_BYTES_MAX)
        self.details = details
        self.initial_metadata = initial_metadata
        self._trailing_metadata = trailing_metadata

    @property
    def status(self) -> status_pb2.Status:
        """The status as a message, details packed."""
        number: int = self.code.value[0]
        status = status_pb2.Status(code=number, message=self.message)
        for detail in self.details:
            status.details.add().Pack(detail, deterministic=True)
        return status

    @property
    def trailing_metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        """The metadata sent to the client beside code and message."""
        return (*self._trailing_metadata, (STATUS_KEY, self.status.SerializeToString(deterministic=True)))


async def translating_errors(call: Call, proceed: Handler) -> bytes:
    """Turn every error into a `CallFailed`; unforeseen ones by `unforeseen`."""
    try:
        return await proceed(call)
    except CallFailed:
        raise
    except Exception as error:
        translate = _TRANSLATIONS.get(type(error))
        if translate is None:
            raise unforeseen(call, error) from error
        raise translate(error) from error


def unforeseen(call: Call, error: Exception) -> CallFailed:
    """Log an unforeseen error, of the simulator or of an effect, and keep it in the session; answer INTERNAL."""
    about = {"event": "call_failed", "method": call.method.name}
    _logger.error("%s failed for a reason that nobody foresaw", call.method.name, exc_info=error, extra=about)
    life = call.session.rule_history.life
    error.add_note(f"while the simulator answered {call.method.name}" + (f", in life {life}" if life > 1 else ""))
    # Their variables hold whole worlds and requests. The first function is still running, and needs its own.
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next
    traceback.clear_frames(error.__traceback__)
    call.session.errors.append(error)
    return CallFailed(grpc.StatusCode.INTERNAL, f"a fault of the simulator: {error!r}")


def invalid_request(error: InvalidRequest) -> CallFailed:
    """Return the status for a malformed request: all violations, as far as they fit into trailers."""
    bad_request = error_details_pb2.BadRequest()
    for violation in error.violations:
        entry = bad_request.field_violations.add(
            field=shortened(violation.field, 200), description=violation.description
        )
        if bad_request.ByteSize() > DETAILS_BYTES_MAX:
            more = len(error.violations) - len(bad_request.field_violations) + 1
            entry.field, entry.description = "", f"and {more} more violations, left out to fit into the trailers"
            break
    count = len(error.violations)
    summary = "; ".join(map(str, error.violations[:VIOLATIONS_IN_MESSAGE]))
    if count > VIOLATIONS_IN_MESSAGE:
        summary += f"; and {count - VIOLATIONS_IN_MESSAGE} more"
    return CallFailed(grpc.StatusCode.INVALID_ARGUMENT, f"invalid request: {summary}", (bad_request,))


def _unauthenticated(error: Unauthenticated) -> CallFailed:
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata={"service": error.service})
    return CallFailed(grpc.StatusCode.UNAUTHENTICATED, error.description, (info,))


def _not_found(error: NotFound) -> CallFailed:
    resource = error_details_pb2.ResourceInfo(
        resource_type=error.kind,
        resource_name=shortened(error.uid, 200),
        description=shortened_to_bytes(str(error), TEXT_BYTES_MAX),
    )
    return CallFailed(grpc.StatusCode.NOT_FOUND, str(error), (resource,))


def _access_denied(error: AccessDenied) -> CallFailed:
    info = error_details_pb2.ErrorInfo(
        reason=f"{error.role.upper()}_PROJECT_ACCESS_DENIED",
        domain=DOMAIN,
        metadata={"project_id": error.project_uid, "project": error.project_name, "caller": error.caller},
    )
    return CallFailed(grpc.StatusCode.PERMISSION_DENIED, str(error), (info,))


def _preconditions_failed(error: PreconditionsFailed) -> CallFailed:
    failure = error_details_pb2.PreconditionFailure()
    for violation in error.violations:
        failure.violations.add(
            type=violation.type,
            subject=violation.subject,
            description=shortened_to_bytes(violation.description, TEXT_BYTES_MAX),
        )
    return CallFailed(grpc.StatusCode.FAILED_PRECONDITION, str(error), (failure,))


def _already_exists(error: AlreadyExists) -> CallFailed:
    resource = error_details_pb2.ResourceInfo(
        resource_type=error.kind,
        resource_name=error.uid,
        description=shortened_to_bytes(str(error), TEXT_BYTES_MAX),
    )
    return CallFailed(grpc.StatusCode.ALREADY_EXISTS, str(error), (resource,))


def _cancelled(_: CallCancelled) -> CallFailed:
    return CallFailed(grpc.StatusCode.CANCELLED, "the caller did not wait for the answer; nothing was changed")


def _deadline_passed(_: DeadlinePassed) -> CallFailed:
    return CallFailed(grpc.StatusCode.DEADLINE_EXCEEDED, "the deadline passed before the call had any effect")


def _world_ended(_: WorldEnded) -> CallFailed:
    return CallFailed(grpc.StatusCode.UNAVAILABLE, "the simulator was reset or closed while the call was on its way")


def _endless_polling(error: EndlessPolling) -> CallFailed:
    info = error_details_pb2.ErrorInfo(reason="ENDLESS_POLLING", domain=DOMAIN)
    return CallFailed(grpc.StatusCode.FAILED_PRECONDITION, str(error), (info,))


_TRANSLATIONS: dict[type[Exception], Callable[[Any], CallFailed]] = {
    InvalidRequest: invalid_request,
    Unauthenticated: _unauthenticated,
    NotFound: _not_found,
    AccessDenied: _access_denied,
    PreconditionsFailed: _preconditions_failed,
    AlreadyExists: _already_exists,
    CallCancelled: _cancelled,
    DeadlinePassed: _deadline_passed,
    WorldEnded: _world_ended,
    EndlessPolling: _endless_polling,
}
