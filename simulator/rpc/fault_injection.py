"""Applies the rules of the world to calls."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from inspect import iscoroutinefunction
from typing import Protocol, cast, runtime_checkable

from fakes import LiveWorld
from fakes.faults.rule import Effect, Firing
from fakes.history.events import FaultFired
from simulator.rpc.call import Call, Handler
from simulator.rpc.match_context import call_context


def may_block(world: LiveWorld) -> bool:
    """Whether an effect in force could block the thread of a call: one that is not a coroutine might."""
    effects = (installed.rule.effect for installed in world.rules if installed.kind == "call")
    return any(not iscoroutinefunction(effect.around) for effect in effects if isinstance(effect, CallEffect))


@runtime_checkable
class CallEffect(Effect, Protocol):
    """An effect on a call."""

    def around(self, call: Call, proceed: Handler, firing: Firing) -> Awaitable[bytes] | bytes:
        """Answer the call, fail it, or let it proceed, with anything done before or after that.

        An effect that holds calls up, or uses the result of ``await proceed(call)``, is a coroutine. The world is
        not locked meanwhile, so an effect that waits blocks nobody else.
        """
        ...


def injecting_faults(call: Call, proceed: Handler) -> Awaitable[bytes]:
    """Wrap a call in the effects of the rules that it matches; that of the first rule is the outermost."""
    if not call.session.world.rules:
        return proceed(call)
    with call.session as world:
        now = world.environment.now_microseconds
        context = call_context(world, call, now)
        firings = call.firings = world.rules.fire("call", context)
        if firings:
            call.subject = context.uid  # which the service, too, would say, but it may never be asked
        for _, firing in firings:
            world.timeline.append(
                FaultFired(now, firing.rule, firing.effect, context.uid, context.name, call.method.name, call.number)
            )
    handler = call.without_rules = proceed
    for installed, firing in reversed(firings):
        effect = cast(CallEffect, installed.rule.effect)  # this check is slow
        handler = partial(_around, effect, firing, handler)
    return _answered_in_time(call, handler) if firings else handler(call)


async def _answered_in_time(call: Call, handler: Handler) -> bytes:
    """Let rules change the answer, but not how the call has ended for its caller."""
    try:
        answer = await handler(call)
    except Exception:
        if call.verdict is not None:
            raise call.verdict from None
        raise
    if call.verdict is not None:
        raise call.verdict
    return answer


async def _around(effect: CallEffect, firing: Firing, proceed: Handler, call: Call) -> bytes:
    answer = effect.around(call, proceed, firing)
    return answer if isinstance(answer, bytes) else await answer
