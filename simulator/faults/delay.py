"""A call is held up before it takes effect."""

from __future__ import annotations

from dataclasses import dataclass
from threading import TIMEOUT_MAX
from typing import ClassVar

from fakes.durations import Duration
from fakes.faults.drawing import draw_seconds, require_drawable
from fakes.faults.rule import Firing
from simulator.faults.silence import deadline_exceeded
from simulator.rpc.call import Call, Handler
from simulator.rpc.errors import CallCancelled
from simulator.sessions.clock import WallClock


@dataclass(frozen=True, slots=True)
class Delay:
    """Hold the call up; when its deadline passes meanwhile, it has no effect.

    In virtual time nothing waits: a delay that is longer than the deadline ends the call at once with
    DEADLINE_EXCEEDED, a shorter one is only written down, in the call log.

    Args:
        duration: For how long, in seconds or drawn, in the time of the world.
    """

    name: ClassVar[str] = "delay"

    duration: Duration | float

    def __post_init__(self) -> None:
        require_drawable(self.duration)

    async def around(self, call: Call, proceed: Handler, firing: Firing) -> bytes:
        seconds = draw_seconds(self.duration, firing)
        call.delay_seconds += seconds
        clock = call.session.clock
        if isinstance(clock, WallClock):
            if not await call.wait(min(seconds / clock.speed, TIMEOUT_MAX)):
                raise CallCancelled
        else:
            remaining_seconds = call.client.remaining_seconds()
            if remaining_seconds is not None and call.delay_seconds >= remaining_seconds:
                raise deadline_exceeded(firing)
        return await proceed(call)
