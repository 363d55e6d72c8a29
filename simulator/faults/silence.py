"""Calls that are never answered."""

from __future__ import annotations

from typing import NoReturn

import grpc

from fakes.faults.rule import Firing
from simulator.faults.statuses import injected
from simulator.rpc.call import Call


async def never_answer(call: Call, firing: Firing) -> NoReturn:
    """Let the client wait until its deadline passes or it gives up.

    In virtual time nobody waits for a deadline: it passes at once.
    """
    if call.session.clock.is_virtual and call.client.remaining_seconds() is not None:
        raise deadline_exceeded(firing)
    await call.wait(None)
    message = f"the caller no longer waits for an answer, which never came by the rule {firing.rule!r}"
    raise injected(grpc.StatusCode.CANCELLED, message, firing)


def deadline_exceeded(firing: Firing) -> Exception:
    """The end of a call whose client has waited for as long as it would."""
    message = f"no answer before the deadline, by the rule {firing.rule!r}"
    return injected(grpc.StatusCode.DEADLINE_EXCEEDED, message, firing)
