"""A call takes effect, but its answer is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import grpc

from fakes.described import described
from fakes.faults.rule import Firing
from fakes.faults.settings import Choice, PlainEffect, setting
from fakes.world.errors import WorldError
from simulator.faults.holding import hold_up
from simulator.faults.statuses import injected
from simulator.rpc.call import Call, Handler
from simulator.rpc.errors import InvalidRequest
from simulator.rpc.status import CallFailed

_CODES = (grpc.StatusCode.UNAVAILABLE.name, grpc.StatusCode.DEADLINE_EXCEEDED.name)


@described
@dataclass(frozen=True, slots=True)
class LoseResponse(PlainEffect):
    """Let the call take effect and lose its answer."""

    name: ClassVar[str] = "lose_response"

    code: str = setting(
        Choice("way to lose an answer", _CODES),
        "What the client gets: UNAVAILABLE or DEADLINE_EXCEEDED.",
        default=grpc.StatusCode.UNAVAILABLE.name,
    )

    async def around(self, call: Call, proceed: Handler, firing: Firing) -> bytes:
        try:
            answer, failure = await proceed(call), None
        except (CallFailed, InvalidRequest, WorldError) as error:  # an answer that is an error is lost as well
            answer, failure = b"", error
        if self.code == grpc.StatusCode.DEADLINE_EXCEEDED.name:
            await hold_up(call, firing)
            if failure is not None:
                raise failure
            return answer
        message = f"the connection broke before the answer came, by the rule {firing.rule!r}"
        raise injected(grpc.StatusCode.UNAVAILABLE, message, firing)
