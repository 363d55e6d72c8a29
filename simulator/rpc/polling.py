"""Moves the time where calls move it, also for calls that rules keep away from the world."""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace

from fakes import LiveWorld
from fakes.environment import to_microseconds
from fakes.world.errors import WorldError
from simulator.rpc.call import Call, Handler
from simulator.rpc.errors import InvalidRequest
from simulator.rpc.status import CallFailed

READS = ("Get", "List")
"""Prefixes of the names of read-only methods."""


def moving_time(call: Call, proceed: Handler) -> Awaitable[bytes]:
    """Handle the call; if it should have moved the time, and rules kept it from doing so, move it afterwards."""
    return _moving_time(call, proceed) if call.session.clock.moves_with_calls else proceed(call)


async def _moving_time(call: Call, proceed: Handler) -> bytes:
    clock = call.session.clock
    idle_count = clock.idle_count
    try:
        answer = await proceed(call)
    except CallFailed:
        await _move(call, is_kept_back=True)
        raise
    await _move(call, is_kept_back=call.stale_seconds > 0)
    if clock.idle_count == idle_count:
        clock.idle_count = 0
    return answer


async def _move(call: Call, *, is_kept_back: bool) -> None:
    with call.session as world:
        if not call.firings or world is not call.world:
            return
        if not _has_moved(call, world) and call.method.name.startswith(READS) and call.without_rules is not None:
            with suppress(CallFailed, InvalidRequest, WorldError):
                await call.without_rules(replace(call, client=_Patient(), verdict=None, stale_seconds=0.0))
        if not _has_moved(call, world) and is_kept_back:
            rules = [firing.rule for _, firing in call.firings]
            call.session.clock.move_on(world, _changes_at_microseconds(call, world), rules)


class _Patient:
    """A client that waits for ever."""

    timeout_seconds: float | None = None

    def is_waiting(self) -> bool:
        return True

    def remaining_seconds(self) -> None:
        return None


def _has_moved(call: Call, world: LiveWorld) -> bool:
    return world.environment.now_microseconds != call.arrived_microseconds


def _changes_at_microseconds(call: Call, world: LiveWorld) -> int | None:
    """When the first rule stops doing this to calls; None when all go on for ever, or end by themselves."""
    times = [call.changes_at_microseconds]
    if call.stale_seconds:
        times.append(world.environment.now_microseconds + to_microseconds(call.stale_seconds))
    times += [
        world.rules.end_microseconds(installed.rule)
        for installed, _ in call.firings
        if installed.rule.times is None and installed.rule.probability == 1
    ]
    return min((time for time in times if time is not None), default=None)
