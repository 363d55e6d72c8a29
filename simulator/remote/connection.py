"""Calls of the control service of a server elsewhere; what it refuses is raised as a simulator here raises it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import grpc
from google.protobuf import message_factory
from google.protobuf.message import DecodeError

from fakes import UnknownEntity
from fakes.faults.errors import InvalidRule
from simulator.api import error_details_pb2, status_pb2
from simulator.api.pool import POOL
from simulator.rpc.status import STATUS_KEY
from simulator.sessions.time_control import WallClockRuns

SERVICE = "pds.simulator.control.v1.ControlService"
CALL_SECONDS = 60.0
"""How long a call of the control service may take."""


class RemoteError(RuntimeError):
    """A server elsewhere can't be controlled: it does not answer, is another one, or refuses."""


class ControlConnection:
    """A connection to the control service of a server.

    Args:
        target: Its gRPC address, such as ``"127.0.0.1:50051"``.
        control_token: What it was started with as ``--control-token``; empty where it was not.
        credentials: For a server with TLS.
    """

    def __init__(self, target: str, *, control_token: str, credentials: grpc.ChannelCredentials | None) -> None:
        self.target = target
        self.credentials = credentials
        self._metadata = (("authorization", f"Bearer {control_token}"),) if control_token else ()
        self.channel = open_channel(target, credentials)

    def call(self, method: str, request: Any, *, refused: type[ValueError] = ValueError) -> Any:
        """Make a call.

        Args:
            method: Name of the method.
            request: Its request.
            refused: The error for a request that makes no sense: ValueError or `InvalidRule`.

        Raises:
            RemoteError: the server does not answer, or is none of ours, or asks for a token.
            ValueError, KeyError, TimeoutError, OverflowError, RuntimeError: what a simulator here would raise.
        """
        answer = POOL.FindServiceByName(SERVICE).methods_by_name[method].output_type
        unary: Any = self.channel.unary_unary(
            f"/{SERVICE}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=message_factory.GetMessageClass(answer).FromString,
        )
        try:
            return unary(request, metadata=self._metadata, timeout=CALL_SECONDS, wait_for_ready=False)
        except grpc.RpcError as error:
            raise self._translated(method, error, refused) from None

    def _translated(self, method: str, error: Any, refused: type[ValueError]) -> Exception:
        code, message = error.code(), error.details() or ""
        if code in _CONNECTION_ADVICE:
            return RemoteError(f"{method} on {self.target}: {_CONNECTION_ADVICE[code]} ({code.name}: {message})")
        details = _details(error.trailing_metadata() or ())
        violations = [violation for detail in details.get("BadRequest", ()) for violation in detail.field_violations]
        if code is grpc.StatusCode.INVALID_ARGUMENT:
            return _refusal(refused, [(one.field, one.description) for one in violations] or [("", message)])
        reason = next((info.reason for info in details.get("ErrorInfo", ())), "")
        if reason in _BY_REASON:
            return _BY_REASON[reason](message)
        if code is grpc.StatusCode.NOT_FOUND:
            return RemoteError(f"{message}; it was deleted, or nobody used it for the server's --session-idle")
        return RemoteError(f"{method} on {self.target} ended {code.name}: {message}")


def open_channel(
    target: str, credentials: grpc.ChannelCredentials | None, options: Sequence[tuple[str, Any]] = ()
) -> grpc.Channel:
    """Open a channel, with TLS where there are credentials."""
    chosen = (("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1), *options)
    if credentials is None:
        return grpc.insecure_channel(target, options=chosen)
    return grpc.secure_channel(target, credentials, options=chosen)


_CONNECTION_ADVICE: Mapping[grpc.StatusCode, str] = {
    grpc.StatusCode.UNAVAILABLE: "nothing answers there; is 'pds-sim serve' running, and is that its gRPC port?"
    " A server with TLS wants credentials= that fit",
    grpc.StatusCode.UNAUTHENTICATED: "the server wants another token; pass control_token=",
    grpc.StatusCode.UNIMPLEMENTED: "what answers there has no such method; it is another server, or an older one",
    grpc.StatusCode.DEADLINE_EXCEEDED: f"no answer within {CALL_SECONDS:g} s",
}
"""What to do about a connection that does not work, by the code of the status."""

_BY_REASON: Mapping[str, Callable[[str], Exception]] = {
    "UNKNOWN_ENTITY": UnknownEntity,
    "PHASE_NOT_REACHED": TimeoutError,
    "END_OF_TIME": OverflowError,
    "WALL_CLOCK": WallClockRuns,
    "SESSION_EXISTS": ValueError,
    "TOO_MANY_SESSIONS": RemoteError,
}
"""What a simulator here raises, by the reason in the details of a status."""


def _refusal(refused: type[ValueError], violations: Sequence[tuple[str, str]]) -> ValueError:
    if refused is InvalidRule:
        field, description = violations[0]
        return InvalidRule(field.partition(".")[2], description)
    return refused("; ".join(f"{field}: {description}" if field else description for field, description in violations))


def _details(metadata: Sequence[tuple[str, Any]]) -> dict[str, list[Any]]:
    """The details of a status, by the name of their kind."""
    found: dict[str, list[Any]] = {}
    status = status_pb2.Status()
    try:
        status.MergeFromString(next((value for key, value in metadata if key == STATUS_KEY), b""))
    except DecodeError:
        return found
    for packed in status.details:
        kind = packed.TypeName().rpartition(".")[2]
        message = getattr(error_details_pb2, kind, None)
        if message is not None:
            found.setdefault(kind, []).append(message.FromString(packed.value))
    return found
