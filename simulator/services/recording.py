"""Writes every call into the timeline and the call log, as it is answered."""

from __future__ import annotations

from fakes import LivingWorld
from fakes.timeline import RemoteCall
from simulator.call_log import CallRecord
from simulator.clock import read_wall_microseconds
from simulator.services.call import Call, Handler
from simulator.services.status import CallFailed


def recording(call: Call, proceed: Handler) -> bytes:
    """Let the call happen and write down what came of it."""
    arrival = _Arrival(call)
    try:
        response = proceed(call)
    except CallFailed as failed:
        arrival.record(call, None, failed.code.name, failed.message)
        raise
    arrival.record(call, response, "OK", "")
    return response


class _Arrival:
    """What is known of a call before it is handled."""

    __slots__ = ("_deadline_seconds", "_microseconds", "_wall_microseconds", "_world")

    def __init__(self, call: Call) -> None:
        self._deadline_seconds = call.client.remaining_seconds()
        self._wall_microseconds = read_wall_microseconds()
        with call.session as world:  # which brings it up to the present
            self._world: LivingWorld = world
            self._microseconds = world.environment.now_microseconds

    def record(self, call: Call, response: bytes | None, code: str, message: str) -> None:
        name, caller = call.method.name, call.caller.name
        with call.session as world:
            if world is not self._world:
                return  # the session has begun again meanwhile, and knows nothing of this call
            now = world.environment.now_microseconds
            world.timeline.append(RemoteCall(now, name, code, caller, call.subject, message))
            call.session.calls.append(
                CallRecord(
                    method=name,
                    request_bytes=call.request_bytes,
                    response_parts=None if response is None else call.response_parts or (response,),
                    code=code,
                    message=message,
                    metadata=call.metadata,
                    caller=caller,
                    arrived_microseconds=self._microseconds,
                    answered_microseconds=now,
                    wall_microseconds=self._wall_microseconds,
                    deadline_seconds=self._deadline_seconds,
                    delay_seconds=call.delay_seconds,
                )
            )
