"""Lanes of steps that run concurrently: in one thread, in virtual time, in the same order in every run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Wait:
    """A lane has nothing to do before a time; resumed earlier, it yields another `Wait`.

    Args:
        until_microseconds: The time, in microseconds since 1970.
    """

    until_microseconds: int


Lane: TypeAlias = Iterator[Done | Wait]
"""Steps in order, and how long to wait between them."""


def side_by_side(lanes: Sequence[Lane[Done]]) -> Lane[Done]:
    """Make one lane of several.

    They take turns: each does one thing, the first lane first, until all have to wait. The result then waits for the
    earliest of them, and when time has passed, all look again whether what they wait for has come.
    """
    running = list(lanes)
    while running:
        waiting: list[Wait] = []
        for lane in tuple(running):
            done = next(lane, None)
            if done is None:
                running.remove(lane)
            elif isinstance(done, Wait):
                waiting.append(done)
            else:
                yield done
        if running and len(waiting) == len(running):
            yield min(waiting, key=lambda wait: wait.until_microseconds)
