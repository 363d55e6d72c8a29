"""A call is held up before it takes effect."""

from __future__ import annotations

from dataclasses import dataclass
from threading import TIMEOUT_MAX
from typing import ClassVar

from fakes.described import described
from fakes.faults.drawing import draw_seconds
from fakes.faults.rule import Firing
from fakes.faults.settings import Drawn, PlainEffect, setting
from fakes.lifecycle.durations import Duration
from simulator.faults.holding import hold_up
from simulator.rpc.call import Call, Handler
from simulator.sessions.clock import WallClock


@described
@dataclass(frozen=True, slots=True)
class Delay(PlainEffect):
    """Delay the call; if its deadline passes meanwhile, it has no effect.

    In virtual time, a delay that reaches the deadline moves time to the deadline. A shorter one is only recorded in the
    call log. Removing the rule lets the calls that it holds go on.
    """

    name: ClassVar[str] = "delay"
    is_single: ClassVar[bool] = True

    duration: Duration | float = setting(Drawn(), "For how long, in seconds of the world.")

    async def around(self, call: Call, proceed: Handler, firing: Firing) -> bytes:
        seconds = draw_seconds(self.duration, firing)
        call.delay_seconds += seconds
        clock = call.session.clock
        if isinstance(clock, WallClock):
            await hold_up(call, firing, min(seconds / clock.speed, TIMEOUT_MAX))
        elif call.client.timeout_seconds is not None and call.delay_seconds >= call.client.timeout_seconds:
            await hold_up(call, firing)
        return await proceed(call)
