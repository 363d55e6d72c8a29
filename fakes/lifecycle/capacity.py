"""The capacity of a cluster: so many restores at once; the others wait, first come, first served.

It does what a `simpy.Resource` does, in the same order of events, for a quarter of its cost.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Protocol

from fakes.environment import Environment

SLOT_GRANTED = "slot granted"
"""Kind of the entry with which a holder gets its slot."""
SLOT_RELEASED = "slot released"
"""Kind of the entry with which those that wait hear of a free slot."""


class Slot(Enum):
    """What a holder has of the capacity."""

    NONE = "none"
    WAITING = "waiting"
    GRANTED = "granted"
    """It is counted as the holder's, who has not heard of it yet."""
    HELD = "held"


class Holder(Protocol):
    """Who takes a slot."""

    slot: Slot


class CapacitySlots:
    """The slots of one cluster.

    Args:
        environment: The clock.
        capacity: How many there are.
    """

    def __init__(self, environment: Environment, capacity: int) -> None:
        self.taken_count = 0
        self._environment = environment
        self._capacity = capacity
        self._waiting: dict[Any, None] = {}

    @property
    def waiting_count(self) -> int:
        """How many wait for a slot."""
        return len(self._waiting)

    def acquire(self, holder: Holder) -> None:
        """Ask for a slot; it comes with an entry of the kind `SLOT_GRANTED`, at this time at the earliest."""
        if self._waiting or self.taken_count >= self._capacity:
            holder.slot = Slot.WAITING
            self._waiting[holder] = None
            self.grant_next()
        else:
            self._grant(holder)

    def release(self, holder: Holder) -> None:
        """Give a slot back, or stop waiting for one."""
        before, holder.slot = holder.slot, Slot.NONE
        if before is Slot.WAITING:
            del self._waiting[holder]
        elif before is not Slot.NONE:
            self.taken_count -= 1
            if self._waiting:
                # As an entry of its own: whatever else happens at this time was scheduled before.
                self._environment.schedule_entry(0, SLOT_RELEASED, self)

    def grant_next(self) -> None:
        """Grant a slot to whoever has waited longest, if one is free."""
        if self._waiting and self.taken_count < self._capacity:
            holder = next(iter(self._waiting))
            del self._waiting[holder]
            self._grant(holder)

    def _grant(self, holder: Holder) -> None:
        holder.slot = Slot.GRANTED
        self.taken_count += 1
        self._environment.schedule_entry(0, SLOT_GRANTED, holder)
