"""Calls above a rate are refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import grpc

from fakes.described import described
from fakes.environment import END_OF_TIME_MICROSECONDS, MICROSECONDS
from fakes.faults.rule import Firing
from fakes.faults.settings import Number, PlainEffect, WholeNumber, setting
from simulator.faults.statuses import injected
from simulator.rpc.call import Call, Handler

PER_SECOND_MIN = 1e-9
CALLERS_MAX = 10_000
"""Callers that are tracked; when there are more, the first ones are forgotten."""
ROUNDING = 1e-9
"""The rounding error of sums of fractions of a call."""


@described
@dataclass(frozen=True, slots=True)
class RateLimit(PlainEffect):
    """Answer RESOURCE_EXHAUSTED, with a RetryInfo, to a caller that calls more often than it may (a token bucket)."""

    name: ClassVar[str] = "rate_limit"

    per_second: float = setting(
        Number(at_least=PER_SECOND_MIN), "Calls that each caller may make in a second, in the long run."
    )
    burst: int = setting(WholeNumber(at_least=1), "Calls that it may make at once after a pause.", default=1)

    def happens(self, firing: Firing) -> bool:
        tokens, at_microseconds = firing.memory.get(firing.caller, (float(self.burst), firing.now_microseconds))
        elapsed_seconds = (firing.now_microseconds - at_microseconds) / MICROSECONDS
        tokens = min(float(self.burst), tokens + elapsed_seconds * self.per_second)
        allowed = tokens >= 1 - ROUNDING
        if len(firing.memory) >= CALLERS_MAX and firing.caller not in firing.memory:
            firing.memory.pop(next(iter(firing.memory)))  # so that a client with many names does not fill the memory
        firing.memory[firing.caller] = (max(0.0, tokens - 1) if allowed else tokens, firing.now_microseconds)
        return not allowed

    def check_memory(self, memory: Mapping[str, tuple[float, ...]]) -> None:
        """Check the memory that a snapshot has for it.

        Raises:
            ValueError: `happens` never leaves such a memory.
        """
        for caller, remembered in memory.items():
            match remembered:
                case (tokens, at) if 0 <= tokens <= self.burst and 0 <= at <= END_OF_TIME_MICROSECONDS:
                    continue
                case _:
                    raise ValueError(f"of {caller!r} is {remembered}; expected 0 to {self.burst:g} calls, and a time")

    async def around(self, call: Call, proceed: Handler, firing: Firing) -> bytes:  # noqa: ARG002  # it never proceeds
        tokens, _ = firing.memory[firing.caller]
        message = f"{firing.caller!r} calls more than {self.per_second:g} times a second, by the rule {firing.rule!r}"
        # Rounded up, so that a client that waits for this long is let in.
        delay_microseconds = math.ceil((1 - tokens) / self.per_second * MICROSECONDS)
        call.changes_at_microseconds = firing.now_microseconds + delay_microseconds
        raise injected(
            grpc.StatusCode.RESOURCE_EXHAUSTED, message, firing, retry_delay_seconds=delay_microseconds / MICROSECONDS
        )
