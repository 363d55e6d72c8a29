"""The methods of the control service as a server calls them: bytes in, messages or statuses out."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

import grpc
from google.protobuf import message_factory
from google.protobuf.message import DecodeError, Message

from simulator.api.pool import POOL
from simulator.api.service import CONTROL_SERVICE
from simulator.rpc.status import CallFailed
from simulator.rpc.validation import require_valid
from simulator.services.control.errors import invalid, refused, to_status
from simulator.services.control.faults import close_gate, delete_rule, inject_rule, list_rules, open_gate
from simulator.services.control.history import list_calls, list_events, watch
from simulator.services.control.host import ControlHost
from simulator.services.control.inspection import inspect_restore, list_clusters
from simulator.services.control.schemas import get_schemas
from simulator.services.control.sessions import (
    create_session,
    create_snapshot,
    delete_session,
    get_session,
    list_sessions,
    reset_session,
    write_scenario,
)
from simulator.services.control.time import advance_time, update_clock
from simulator.services.control.world import change_world, get_world

SERVICE = CONTROL_SERVICE
"""Full name of the service."""

METHODS: Mapping[str, Callable[[ControlHost, Any], Message]] = {
    "CreateSession": create_session,
    "GetSession": get_session,
    "ListSessions": list_sessions,
    "DeleteSession": delete_session,
    "ResetSession": reset_session,
    "CreateSnapshot": create_snapshot,
    "AdvanceTime": advance_time,
    "UpdateClock": update_clock,
    "InjectRule": inject_rule,
    "ListRules": list_rules,
    "DeleteRule": delete_rule,
    "OpenGate": open_gate,
    "CloseGate": close_gate,
    "ListClusters": list_clusters,
    "InspectRestore": inspect_restore,
    "WriteScenario": write_scenario,
    "GetSchemas": get_schemas,
    "GetWorld": get_world,
    "ChangeWorld": change_world,
    "ListCalls": list_calls,
    "ListEvents": list_events,
}
"""The methods with one answer; ``WatchEvents`` has many."""

_logger = logging.getLogger(__name__)


class ControlService:
    """Serves the control service of a server.

    Args:
        host: What it controls.
        token: The token that calls need, as ``authorization: Bearer <token>``; empty lets everybody in.
    """

    def __init__(self, host: ControlHost, *, token: str = "") -> None:
        self._host = host
        self._token = token.encode()

    def handlers(self) -> Mapping[str, grpc.RpcMethodHandler[Any, Any]]:
        """The handlers of all methods, by path."""
        return {
            f"/{SERVICE}/{method.name}": self._handler(method.name, message_factory.GetMessageClass(method.input_type))
            for method in POOL.FindServiceByName(SERVICE).methods
        }

    def _handler(self, name: str, request_type: type[Message]) -> grpc.RpcMethodHandler[Any, Any]:
        def answer(content: bytes, context: grpc.ServicerContext) -> Message | bytes:
            with _Statuses(name, context):
                self._require_token(context)
                request = _read(request_type, content)
                elsewhere, place = self._place_of(request)
                return METHODS[name](self._host, request) if place is None else elsewhere.call(place, name, request)

        def stream(content: bytes, context: grpc.ServicerContext) -> Iterator[Message | bytes]:
            with _Statuses(name, context):
                self._require_token(context)
                request = _read(request_type, content)
                _, place = self._place_of(request)
                if place is not None:
                    yield from place.stream(name, request, context.is_active)
                else:
                    yield from watch(self._host, request, context.is_active)

        if name in METHODS:
            return grpc.unary_unary_rpc_method_handler(answer, response_serializer=_write)
        return grpc.unary_stream_rpc_method_handler(stream, response_serializer=_write)

    def _place_of(self, request: Any) -> tuple[Any, Any]:
        """The other process that has the session of a request, if any."""
        elsewhere = self._host.read_elsewhere()
        session_id = getattr(request, "session", "")
        return elsewhere, elsewhere.find(session_id) if elsewhere is not None and session_id else None

    def _require_token(self, context: grpc.ServicerContext) -> None:
        if not self._token:
            return
        given = dict(context.invocation_metadata()).get("authorization", "")
        scheme, _, token = str(given).partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token):
            found = "a token that is not this server's" if token else "none"
            message = f"the control service asks for 'authorization: Bearer <control token>'; found {found}"
            raise refused(grpc.StatusCode.UNAUTHENTICATED, "CONTROL_TOKEN", message)


class _Statuses:
    """Ends a call with the status for an error."""

    def __init__(self, method: str, context: grpc.ServicerContext) -> None:
        self._method = method
        self._context = context

    def __enter__(self) -> None:
        """There is nothing to do on entry."""

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if not isinstance(error, Exception):
            return
        if isinstance(error, grpc.RpcError):  # from the process that has the session
            trailing: Any = error.trailing_metadata() or ()
            self._context.set_trailing_metadata(tuple(trailing))
            self._context.abort(error.code(), error.details() or "")
        failed = to_status(error)
        if failed is None:
            about = {"event": "call_failed", "method": self._method}
            _logger.error("%s failed for a reason that nobody foresaw", self._method, exc_info=error, extra=about)
            failed = CallFailed(grpc.StatusCode.INTERNAL, f"a fault of the simulator: {error!r}")
        _abort(failed, self._context)


def _abort(failed: CallFailed, context: grpc.ServicerContext) -> NoReturn:
    context.set_trailing_metadata(failed.trailing_metadata)
    context.abort(failed.code, failed.message)


def _write(answer: Message | bytes) -> bytes:
    """Serialize an answer, unless it is bytes from another process already."""
    return answer if isinstance(answer, bytes) else answer.SerializeToString()


def _read(request_type: type[Message], content: bytes) -> Any:
    try:
        request = request_type.FromString(content)
    except DecodeError as error:
        raise invalid("", f"{len(content)} bytes that are no {request_type.DESCRIPTOR.full_name}: {error}") from None
    require_valid(request)
    return request
