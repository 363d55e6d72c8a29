"""Writes every call into the timeline and the call log, as it is answered."""

from __future__ import annotations

from google.protobuf.message import Message

from fakes.timeline import RemoteCall
from simulator.call_log import CallRecord
from simulator.services.call import Call, Handler
from simulator.services.errors import InvalidRequest
from simulator.services.status import CallFailed


def recording(call: Call, proceed: Handler) -> Message:
    """Let the call happen and write down what came of it."""
    try:
        response = proceed(call)
    except CallFailed as failed:
        _record(call, None, failed.code.name, failed.message)
        raise
    _record(call, response, "OK", "")
    return response


def _record(call: Call, response: Message | None, code: str, message: str) -> None:
    try:
        request: Message | None = call.request
    except InvalidRequest:
        request = None
    with call.session as world:
        now = world.environment.now_microseconds
        world.timeline.append(RemoteCall(now, call.method.name, code, call.caller.name, call.subject, message))
        call.session.calls.append(CallRecord(call.method.name, request, response, code, message, call.metadata, now))
