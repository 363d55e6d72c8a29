"""Calls of the control service of a remote server; its errors are raised as a local simulator raises them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import grpc
from google.protobuf import message_factory
from google.protobuf.message import DecodeError

from fakes import UnknownEntity
from fakes.faults.errors import InvalidRule
from simulator.api import error_details_pb2, status_pb2
from simulator.api.pool import POOL
from simulator.api.service import CONTROL_SERVICE
from simulator.rpc.status import STATUS_KEY
from simulator.sessions.time_control import WallClockRuns
from simulator.transports.service_registry import SNAPSHOT_BYTES_MAX

CALL_SECONDS = 60.0
"""How long a call of the control service may take."""


class RemoteError(RuntimeError):
    """A remote server can't be controlled: it does not answer, is a different server, or refuses."""


class ControlConnection:
    """A connection to the control service of a server.

    Args:
        target: Its gRPC address, such as ``"127.0.0.1:50051"``.
        control_token: The ``--control-token`` that it was started with; empty if there was none.
        credentials: For a server with TLS.
    """

    def __init__(self, target: str, *, control_token: str, credentials: grpc.ChannelCredentials | None) -> None:
        self.target = target
        self.credentials = credentials
        self._metadata = (("authorization", f"Bearer {control_token}"),) if control_token else ()
        self.channel = open_channel(target, credentials, [("grpc.max_receive_message_length", SNAPSHOT_BYTES_MAX)])

    def call(self, method: str, request: Any, *, refused: type[ValueError] = ValueError) -> Any:
        """Make a call.

        Args:
            method: Name of the method.
            request: Its request.
            refused: The error for an invalid request: ValueError or `InvalidRule`.

        Raises:
            RemoteError: the server does not answer, is not one of ours, or asks for a token.
            ValueError, KeyError, TimeoutError, OverflowError, RuntimeError: what a local simulator would raise.
        """
        answer = _METHODS[method].output_type
        unary: Any = self.channel.unary_unary(
            f"/{CONTROL_SERVICE}/{method}",
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


class SessionConnection:
    """Calls of the control service about one session.

    Args:
        connection: To its server.
        session_id: The id of the session.
    """

    def __init__(self, connection: ControlConnection, session_id: str) -> None:
        self.connection = connection
        self.id = session_id

    def call(self, method: str, *, refused: type[ValueError] = ValueError, **fields: Any) -> Any:
        """Make a call about the session; see `ControlConnection.call`.

        Args:
            method: Name of the method.
            refused: The error for an invalid request.
            fields: The fields of the request, beside the session.
        """
        request = message_factory.GetMessageClass(_METHODS[method].input_type)(session=self.id, **fields)
        return self.connection.call(method, request, refused=refused)

    def pages(self, method: str, **fields: Any) -> Iterator[Any]:
        """Make calls about the session until all pages of a list have been read."""
        page = self.call(method, **fields)
        yield page
        while page.next_page_token:
            page = self.call(method, **fields | {"page_token": page.next_page_token})
            yield page


class ControlsSession(ABC):
    """Base of the parts of a remote simulator: they control its session."""

    @abstractmethod
    def _running(self) -> SessionConnection:
        """The session.

        Raises:
            RuntimeError: it does not run.
        """

    @abstractmethod
    def _describe(self) -> Any:
        """The session as it is now, or as it was before its end."""


def open_channel(
    target: str, credentials: grpc.ChannelCredentials | None, options: Sequence[tuple[str, Any]] = ()
) -> grpc.Channel:
    """Open a channel, with TLS if there are credentials."""
    chosen = (("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1), *options)
    if credentials is None:
        return grpc.insecure_channel(target, options=chosen)
    return grpc.secure_channel(target, credentials, options=chosen)


_METHODS: Mapping[str, Any] = POOL.FindServiceByName(CONTROL_SERVICE).methods_by_name

_CONNECTION_ADVICE: Mapping[grpc.StatusCode, str] = {
    grpc.StatusCode.UNAVAILABLE: "nothing answers there; is 'pds-sim serve' running, and is that its gRPC port?"
    " A server with TLS wants credentials= that fit",
    grpc.StatusCode.UNAUTHENTICATED: "the server wants another token; pass control_token=",
    grpc.StatusCode.UNIMPLEMENTED: "what answers there has no such method; it is another server, or an older one",
    grpc.StatusCode.DEADLINE_EXCEEDED: f"no answer within {CALL_SECONDS:g} s",
}
"""Advice on a connection that does not work, by status code."""

_BY_REASON: Mapping[str, Callable[[str], Exception]] = {
    "UNKNOWN_ENTITY": UnknownEntity,
    "PHASE_NOT_REACHED": TimeoutError,
    "END_OF_TIME": OverflowError,
    "WALL_CLOCK": WallClockRuns,
    "SESSION_EXISTS": ValueError,
    "TOO_MANY_SESSIONS": RemoteError,
}
"""The error that a local simulator raises, by the reason in the details of a status."""


def _refusal(refused: type[ValueError], violations: Sequence[tuple[str, str]]) -> ValueError:
    if refused is InvalidRule:
        field, description = violations[0]
        return InvalidRule(field.partition(".")[2], description)
    return refused("; ".join(f"{field}: {description}" if field else description for field, description in violations))


def _details(metadata: Sequence[tuple[str, Any]]) -> dict[str, list[Any]]:
    """The details of a status, by the name of their type."""
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
