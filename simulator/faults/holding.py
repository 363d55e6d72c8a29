"""Rules that hold calls up."""

from __future__ import annotations

import grpc

from fakes.faults.rule import Firing
from simulator.faults.statuses import injected
from simulator.rpc.call import Call
from simulator.rpc.errors import WorldEnded
from simulator.sessions.holds import Ending


async def hold_up(call: Call, firing: Firing, seconds: float | None = None) -> None:
    """Hold the call up until its rule is removed; on the wall clock, for at most so many real seconds.

    Raises:
        Exception: the call has ended meanwhile: its deadline has passed, the caller has cancelled it, or the simulator
            was reset or closed. This is what the caller gets, whatever the rules around this one make of it.
    """
    ending = await call.wait(firing.rule, seconds)
    if ending is Ending.RELEASED:
        return
    call.verdict = call.verdict or _verdict(ending, firing)
    raise call.verdict


def _verdict(ending: Ending, firing: Firing) -> Exception:
    if ending is Ending.WORLD_ENDED:
        return WorldEnded()
    if ending is Ending.DEADLINE:
        message = f"no answer before the deadline, by the rule {firing.rule!r}"
        return injected(grpc.StatusCode.DEADLINE_EXCEEDED, message, firing)
    message = f"the caller no longer waits for an answer, which never came by the rule {firing.rule!r}"
    return injected(grpc.StatusCode.CANCELLED, message, firing)
