"""A call is held up for as long as its rule is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.faults.rule import Firing
from fakes.faults.settings import PlainEffect
from simulator.faults.holding import hold_up
from simulator.rpc.call import Call, Handler


@dataclass(frozen=True, slots=True)
class Hang(PlainEffect):
    """Give no answer until the client's deadline passes or it cancels.

    In virtual time, time moves to the deadline. When the rule is removed, the call takes effect and is answered.
    """

    name: ClassVar[str] = "hang"

    async def around(self, call: Call, proceed: Handler, firing: Firing) -> bytes:
        await hold_up(call, firing)
        return await proceed(call)
