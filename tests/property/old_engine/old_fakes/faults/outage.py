"""The agent of a cluster is gone for a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from old_fakes.environment import to_microseconds
from old_fakes.faults.ending import once
from old_fakes.faults.numbers import require_duration
from old_fakes.strikes import StrikableWorld


@dataclass(frozen=True, slots=True)
class Outage:
    """Nothing on the cluster progresses or reports; afterwards all goes on where it was.

    What is gone for longer than the heartbeat limit of the cluster fails: RESTORE_INTERNAL_ERROR.

    Args:
        duration_seconds: For how long; None means until the rule is removed.
    """

    name: ClassVar[str] = "outage"
    target: ClassVar[str] = "cluster"

    duration_seconds: float | None = None

    def __post_init__(self) -> None:
        require_duration(self.duration_seconds)

    def strike(self, world: StrikableWorld, uid: str) -> Callable[[], None]:
        world.disconnect_cluster(uid)
        end = once(partial(_reconnect, world, uid))
        if self.duration_seconds is not None:
            call = world.environment.call_after(to_microseconds(self.duration_seconds), end)
            # Mended since: what was ended before its time left a moment behind at which nothing happens.
            return lambda: (world.environment.call_off(call), end())
        return end


def _reconnect(world: StrikableWorld, uid: str) -> None:
    with suppress(ValueError):  # where somebody has reconnected it already, all is as it should be
        world.reconnect_cluster(uid)
