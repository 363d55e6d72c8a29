"""The capacity of a cluster: so many restores at once; the others wait, first come, first served."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Protocol

from fakes.environment import Environment

SLOT_RELEASED = "slot released"
"""Kind of the entry that gives a released slot to the restore that has waited longest."""


class Slot(Enum):
    """Whether a holder has a slot, waits for one, or neither."""

    NONE = "none"
    WAITING = "waiting"
    HELD = "held"


class Holder(Protocol):
    """An owner of a slot."""

    slot: Slot


class CapacitySlots:
    """The slots of one cluster.

    A free slot is taken at once. A released one goes to the restore that has waited longest, after everything that was
    already due at that microsecond.

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

    def place_of(self, holder: Holder) -> int:
        """The place of a waiting holder in the queue, from 1."""
        return [*self._waiting].index(holder) + 1

    @property
    def waiting(self) -> Sequence[Any]:
        """Who waits for a slot; the one that has waited longest comes first."""
        return tuple(self._waiting)

    def load(self, taken_count: int, waiting: Iterable[Any]) -> None:
        """Continue with so many slots taken, and with these holders waiting."""
        self.taken_count = taken_count
        self._waiting = dict.fromkeys(waiting)

    def acquire(self, holder: Holder) -> None:
        """Take a slot, or wait for one."""
        if self._waiting or self.taken_count >= self._capacity:
            holder.slot = Slot.WAITING
            self._waiting[holder] = None
        else:
            holder.slot = Slot.HELD
            self.taken_count += 1

    def release(self, holder: Holder) -> None:
        """Give a slot back, or stop waiting for one."""
        before, holder.slot = holder.slot, Slot.NONE
        if before is Slot.WAITING:
            del self._waiting[holder]
        elif before is Slot.HELD:
            self.taken_count -= 1
            if self._waiting:
                self._environment.schedule_entry(0, SLOT_RELEASED, self)

    def grant_next(self) -> Any:
        """Give a free slot to the restore that has waited longest.

        Returns:
            Who got it; None when nobody waits or no slot is free.
        """
        if not self._waiting or self.taken_count >= self._capacity:
            return None
        holder = next(iter(self._waiting))
        del self._waiting[holder]
        holder.slot = Slot.HELD
        self.taken_count += 1
        return holder
