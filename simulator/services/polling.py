"""Moves the time where calls do, also for calls that rules keep from the world."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import cast

from fakes import LiveWorld
from fakes.environment import to_microseconds
from fakes.world.errors import WorldError
from simulator.api import restore_pb2
from simulator.rpc.call import Call, Handler
from simulator.rpc.errors import InvalidRequest
from simulator.rpc.status import CallFailed
from simulator.rpc.validation import require_valid
from simulator.services.conversions import to_query


def moving_time(call: Call, proceed: Handler) -> Awaitable[bytes]:
    """Let the call happen; where it moves the time, but rules have kept it from doing so, move it afterwards."""
    return _moving_time(call, proceed) if call.session.clock.moves_with_calls else proceed(call)


async def _moving_time(call: Call, proceed: Handler) -> bytes:
    clock = call.session.clock
    idle_count = clock.idle_count
    try:
        answer = await proceed(call)
    except CallFailed:
        _move(call, is_kept_back=True)
        raise
    _move(call, is_kept_back=call.stale_seconds > 0)
    if clock.idle_count == idle_count:
        clock.idle_count = 0
    return answer


def _move(call: Call, *, is_kept_back: bool) -> None:
    clock = call.session.clock
    with call.session as world:
        if not call.firings or world is not call.world:
            return
        if not _has_moved(call, world) and _sees_live(call, world):
            clock.poll(world)
        if not _has_moved(call, world) and is_kept_back:
            clock.move_on(world, _changes_at_microseconds(call, world), [firing.rule for _, firing in call.firings])


def _has_moved(call: Call, world: LiveWorld) -> bool:
    return world.environment.now_microseconds != call.arrived_microseconds


def _sees_live(call: Call, world: LiveWorld) -> bool:
    """Whether a call is a poll: a Get or List of a restore that is live, which it may see."""
    try:
        request = call.request
        require_valid(request)
        if call.method.name == "GetRestore":
            return world.get_restore(cast(restore_pb2.GetRestoreRequest, request).id, call.caller).is_live
        if call.method.name == "ListRestores":
            query = to_query(cast(restore_pb2.ListRestoresRequest, request))
            return world.list_restores(query, call.caller).has_live
    except (InvalidRequest, WorldError):
        pass
    return False


def _changes_at_microseconds(call: Call, world: LiveWorld) -> int | None:
    """When the first rule ceases to do what it did to the call; None when all go on for ever, or end by themselves."""
    times = [call.changes_at_microseconds]
    if call.stale_seconds:
        times.append(world.environment.now_microseconds + to_microseconds(call.stale_seconds))
    times += [
        world.rules.end_microseconds(active.rule)
        for active, _ in call.firings
        if active.rule.times is None and active.rule.probability == 1
    ]
    return min((time for time in times if time is not None), default=None)
