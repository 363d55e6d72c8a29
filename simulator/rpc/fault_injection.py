"""Lets the rules of the world have their say about calls."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from inspect import iscoroutinefunction
from typing import Protocol, runtime_checkable

from fakes import LiveWorld
from fakes.faults.rule import Effect, Firing
from fakes.history.events import FaultFired
from simulator.rpc.call import Call, Handler
from simulator.rpc.match_context import call_context


def may_block(world: LiveWorld) -> bool:
    """Whether an effect in force could keep the thread of a call waiting: one that is no coroutine may do anything."""
    effects = (active.rule.effect for active in world.rules if active.kind == "call")
    return any(not iscoroutinefunction(effect.around) for effect in effects if isinstance(effect, CallEffect))


@runtime_checkable
class CallEffect(Effect, Protocol):
    """Something that happens to a call."""

    def around(self, call: Call, proceed: Handler, firing: Firing) -> Awaitable[bytes] | bytes:
        """Answer the call, fail it, or let it proceed, before or after which anything may happen.

        An effect that holds calls up (`hold_up`), or looks at what came of ``await proceed(call)``, is a coroutine. The
        world is not locked meanwhile, so whatever waits here keeps nobody else waiting.
        """
        ...


def injecting_faults(call: Call, proceed: Handler) -> Awaitable[bytes]:
    """Put the effects of the rules that a call meets around it, that of the first rule outermost."""
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
    for active, firing in reversed(firings):
        effect = active.rule.effect
        assert isinstance(effect, CallEffect)
        handler = partial(_around, effect, firing, handler)
    return _answered_in_time(call, handler) if firings else handler(call)


async def _answered_in_time(call: Call, handler: Handler) -> bytes:
    """Let rules do with the answer what they like, but not with how the call has ended for its caller."""
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
