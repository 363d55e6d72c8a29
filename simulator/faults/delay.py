"""A call is held up before it takes effect."""

from __future__ import annotations

from dataclasses import dataclass
from threading import TIMEOUT_MAX
from typing import ClassVar

from fakes.faults.drawing import draw_seconds
from fakes.faults.rule import Firing
from fakes.faults.settings import Drawn, PlainEffect, setting
from fakes.lifecycle.durations import Duration
from simulator.faults.holding import hold_up
from simulator.rpc.call import Call, Handler
from simulator.sessions.clock import WallClock


@dataclass(frozen=True, slots=True)
class Delay(PlainEffect):
    """Hold the call up; when its deadline passes meanwhile, it has no effect.

    In virtual time, a delay as long as the deadline or longer lets the time pass until the deadline; a shorter one is
    only written down, in the call log. When the rule is removed, the calls that it holds go on.

    Args:
        duration: For how long, in seconds or drawn, in the time of the world.
    """

    name: ClassVar[str] = "delay"
    is_single: ClassVar[bool] = True

    duration: Duration | float = setting(Drawn(), "For how long.")

    async def around(self, call: Call, proceed: Handler, firing: Firing) -> bytes:
        seconds = draw_seconds(self.duration, firing)
        call.delay_seconds += seconds
        clock = call.session.clock
        if isinstance(clock, WallClock):
            await hold_up(call, firing, min(seconds / clock.speed, TIMEOUT_MAX))
        elif call.client.timeout_seconds is not None and call.delay_seconds >= call.client.timeout_seconds:
            await hold_up(call, firing)
        return await proceed(call)
