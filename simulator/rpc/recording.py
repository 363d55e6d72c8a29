"""Records every call in the timeline and the call log, as it is answered."""

from __future__ import annotations

from fakes.history.events import RemoteCall
from simulator.rpc.call import Call, Handler, WaitingClient
from simulator.rpc.redaction import redacted
from simulator.rpc.status import CallFailed
from simulator.sessions.call_record import CallRecord, Metadata
from simulator.sessions.clock import read_wall_microseconds
from simulator.sessions.session import Session


async def recording(call: Call, proceed: Handler) -> bytes:
    """Handle the call and record how it ended."""
    wall_microseconds = read_wall_microseconds()
    call.arrive()
    try:
        response = await proceed(call)
    except CallFailed as failed:
        _record(call, wall_microseconds, None, failed.code.name, failed.message)
        raise
    except BaseException:  # Ctrl-C in the thread in which the client and the service meet
        _record(call, wall_microseconds, None, "CANCELLED", "the caller was interrupted")
        raise
    _record(call, wall_microseconds, response, "OK", "")
    return response


def record_unknown_method(path: str, message: str, metadata: Metadata, session: Session, client: WaitingClient) -> None:
    """Record a call of an unknown method."""
    wall, timeout_seconds = read_wall_microseconds(), client.timeout_seconds
    kept = redacted(metadata, session.secret_digests)
    with session as world:
        now = world.environment.now_microseconds
        code = "UNIMPLEMENTED"
        call = session.calls.next_number()
        world.timeline.append(RemoteCall(now, path, code, "", "", message, call))
        session.calls.append(
            CallRecord(path, b"", None, code, message, kept, "", now, now, wall, timeout_seconds, 0.0, "", call)
        )


def _record(call: Call, wall_microseconds: int, response: bytes | None, code: str, message: str) -> None:
    name, caller = call.method.name, call.caller.name
    with call.session as world:
        if world is not call.world:
            return  # the session was reset meanwhile, and does not know this call
        now = world.environment.now_microseconds
        world.timeline.append(RemoteCall(now, name, code, caller, call.subject, message, call.number))
        # By position, because keywords take more than twice as long, and this is done for each call.
        record = CallRecord(
            name,
            call.request_bytes,
            None if response is None else call.response_parts or (response,),
            code,
            message,
            redacted(call.metadata, call.session.secret_digests),
            caller,
            call.arrived_microseconds,
            now,
            wall_microseconds,
            call.client.timeout_seconds,
            call.delay_seconds,
            call.subject,
            call.number,
        )
        call.session.calls.append(record)
