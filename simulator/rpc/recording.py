"""Writes every call into the timeline and the call log, as it is answered."""

from __future__ import annotations

from typing import NamedTuple

from fakes import LivingWorld
from fakes.timeline import RemoteCall
from simulator.rpc.call import Call, Handler, WaitingClient
from simulator.rpc.status import CallFailed
from simulator.sessions.call_log import CallRecord, Metadata
from simulator.sessions.clock import read_wall_microseconds
from simulator.sessions.session import Session


async def recording(call: Call, proceed: Handler) -> bytes:
    """Let the call happen and write down what came of it."""
    deadline_seconds = call.client.remaining_seconds()
    wall_microseconds = read_wall_microseconds()
    with call.session as world:  # which brings it up to the present
        arrival = _Arrival(world, world.environment.now_microseconds, wall_microseconds, deadline_seconds)
    try:
        response = await proceed(call)
    except CallFailed as failed:
        _record(call, arrival, None, failed.code.name, failed.message)
        raise
    except BaseException:  # Ctrl-C in the thread in which the client and the service meet
        _record(call, arrival, None, "CANCELLED", "the caller was interrupted")
        raise
    _record(call, arrival, response, "OK", "")
    return response


def record_unknown_method(path: str, message: str, metadata: Metadata, session: Session, client: WaitingClient) -> None:
    """Write down a call of a method that there is not."""
    wall_microseconds, deadline_seconds = read_wall_microseconds(), client.remaining_seconds()
    with session as world:
        now = world.environment.now_microseconds
        code = "UNIMPLEMENTED"
        world.timeline.append(RemoteCall(now, path, code, "", "", message))
        record = CallRecord(
            path, b"", None, code, message, metadata, "", now, now, wall_microseconds, deadline_seconds, 0.0
        )
        session.calls.append(record)


class _Arrival(NamedTuple):
    """What is known of a call before it is handled."""

    world: LivingWorld
    microseconds: int
    wall_microseconds: int
    deadline_seconds: float | None


def _record(call: Call, arrival: _Arrival, response: bytes | None, code: str, message: str) -> None:
    name, caller = call.method.name, call.caller.name
    arrived_in, arrived, wall, deadline_seconds = arrival
    with call.session as world:
        if world is not arrived_in:
            return  # the session has begun again meanwhile, and knows nothing of this call
        now = world.environment.now_microseconds
        world.timeline.append(RemoteCall(now, name, code, caller, call.subject, message))
        # In the order of the fields, because naming them takes more than twice as long, and this is done for each call.
        record = CallRecord(
            name,
            call.request_bytes,
            None if response is None else call.response_parts or (response,),
            code,
            message,
            call.metadata,
            caller,
            arrived,
            now,
            wall,
            deadline_seconds,
            call.delay_seconds,
        )
        call.session.calls.append(record)
