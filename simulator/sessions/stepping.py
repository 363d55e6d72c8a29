"""Moves the virtual time of a world: by steps, by an amount, or until a restore reaches a phase."""

from __future__ import annotations

import math
from collections.abc import Iterator

from fakes import LiveWorld, Phase, Restore
from fakes.environment import END_OF_TIME_MICROSECONDS
from fakes.printable import printable
from fakes.times import to_text


def step(world: LiveWorld) -> bool:
    """Move to the next event, that is, to the next moment that adds to the timeline.

    Returns:
        False when nothing is left to happen; the time then stays as it is.
    """
    last_before = world.timeline.last_number
    while world.timeline.last_number == last_before:
        upcoming = world.environment.peek()
        if upcoming > END_OF_TIME_MICROSECONDS:
            return False
        world.environment.advance_to(int(upcoming))
    return True


def advance_until(world: LiveWorld, restore: Restore, phase: Phase, *, limit_microseconds: int) -> None:
    """Move on until *restore* is in *phase*.

    Raises:
        TimeoutError: it can no longer get there, or did not within the limit; says where it stopped and why.
    """
    __tracebackhide__ = True
    for moment in approach(world, restore, phase, limit_microseconds=limit_microseconds):
        world.environment.advance_to(moment)


def approach(
    world: LiveWorld, restore: Restore, phase: Phase, *, limit_microseconds: int, alone: bool = True
) -> Iterator[int]:
    """Yield the times that the world has to be moved to, one after the other, until *restore* is in *phase*.

    The caller may move it less far, and do other things meanwhile. Unless *alone*, these may help the restore along, so
    an empty agenda is no reason to give up before the limit.

    Raises:
        TimeoutError: it can no longer get there, or did not within the limit; says where it stopped and why.
    """
    __tracebackhide__ = True
    environment = world.environment
    deadline = min(environment.now_microseconds + limit_microseconds, END_OF_TIME_MICROSECONDS)
    while restore.status.phase is not phase:
        if restore.status.phase > phase or not restore.is_live:
            raise TimeoutError(f"{_whereabouts(restore)}; it can't come to {phase.name} any more")
        upcoming = environment.peek()
        if alone and upcoming > END_OF_TIME_MICROSECONDS:
            why = f"nothing is left that could bring it to {phase.name}"
            if upcoming != math.inf:
                why = "what comes next lies after the year 9999, with which the clock ends"
            raise TimeoutError(f"{_whereabouts(restore)}; {why}")
        if upcoming > deadline and environment.now_microseconds >= deadline:
            raise TimeoutError(
                f"{_whereabouts(restore)}; it did not come to {phase.name} within {limit_microseconds / 1e6:g} s,"
                f" that is, by {to_text(deadline)}"
            )
        yield int(min(upcoming, deadline))


def _whereabouts(restore: Restore) -> str:
    status = restore.status
    error = f" with {status.error_code.name}: {printable(status.error_message)}" if status.error_code else ""
    since = to_text(status.updated_at_microseconds)
    return f"restore {restore.name!r} ({restore.uid}) is {status.phase.name}{error} since {since}"
