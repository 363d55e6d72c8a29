"""A call is never answered and never takes effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.faults.rule import Firing
from simulator.faults.silence import never_answer
from simulator.rpc.call import Call, Handler


@dataclass(frozen=True, slots=True)
class Hang:
    """Let the client wait until its deadline passes or it cancels; in virtual time the deadline passes at once."""

    name: ClassVar[str] = "hang"

    async def around(self, call: Call, proceed: Handler, firing: Firing) -> bytes:  # noqa: ARG002  # it never proceeds
        await never_answer(call, firing)
