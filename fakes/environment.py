"""The clock and the agenda of a world: simpy's environment, whose entries are plain data.

Time is an integer, microseconds since 1970, because that is exactly what `datetime` can hold: advancing ten times by a
tenth of a second arrives where advancing once by a second does, which no sum of floats promises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from operator import attrgetter, itemgetter
from typing import Any, ClassVar, Protocol

import simpy
from simpy.core import EmptySchedule
from simpy.events import NORMAL

MICROSECONDS = 1_000_000
"""Microseconds in a second."""

END_OF_TIME_MICROSECONDS = 253_402_300_799_999_999
"""The last microsecond of the year 9999, where the dates of Python and of protobuf end."""


NEVER_MICROSECONDS = 10**18
"""Later than the clock can go."""


def to_microseconds(seconds: float) -> int:
    """Round *seconds* to whole microseconds, at most `NEVER_MICROSECONDS`; infinity is allowed."""
    return round(min(seconds * MICROSECONDS, NEVER_MICROSECONDS))


Entry = tuple[int, int, int, str, Any]
"""An entry of the agenda: the time, simpy's priority, the order of scheduling, the kind and the subject."""

TIME, ORDER, KIND, SUBJECT = 0, 2, 3, 4
"""Columns of an entry."""


class Dispatcher(Protocol):
    """Handles the entries of an agenda."""

    handlers: ClassVar[Mapping[str, Callable[[Any, Any], None]]]
    """The handler for each kind of entry; it is called with the dispatcher and the subject."""


class Environment(simpy.Environment):
    """The clock and the agenda of one world.

    A world schedules plain data: a kind and a subject. simpy's own processes and events run beside them. Entries of
    the same microsecond happen in the order in which they were scheduled.

    Cancelled entries, and simpy events without listeners, are dropped when their turn comes and
    never move the clock.
    """

    def __init__(self, start_microseconds: int) -> None:
        super().__init__(start_microseconds)
        del self._eid  # an iterator, which can't be copied; `_order` takes its place
        self._order = 0
        self._cancelled: set[int] = set()
        self.dispatcher: Dispatcher | None = None

    now_microseconds: int = property(attrgetter("_now"))  # type: ignore[assignment]  # for speed: no function of ours
    """The time, in microseconds since 1970."""

    def schedule_entry(self, delay_microseconds: int, kind: str, subject: object) -> Entry:
        """Have the dispatcher handle *subject* after the delay; to prevent it, pass the returned entry to `cancel`."""
        self._order = order = self._order + 1
        entry: Any = (self._now + delay_microseconds, NORMAL, order, kind, subject)
        heappush(self._queue, entry)
        return entry  # type: ignore[no-any-return]  # simpy means only its own events to stand on the agenda

    def entries(self) -> list[Entry]:
        """The entries on the agenda that are plain data, in the order in which they will happen."""
        queue: Any = self._queue
        kept = (entry for entry in queue if isinstance(entry[KIND], str) and not self._is_dropped(entry))
        return sorted(kept, key=itemgetter(TIME, ORDER))

    def events(self) -> list[simpy.Event]:
        """The simpy events on the agenda that have listeners."""
        queue: Any = self._queue
        return [entry[KIND] for entry in queue if not isinstance(entry[KIND], str) and not self._is_dropped(entry)]

    def cancel(self, entry: Entry) -> None:
        """Prevent an entry that is still on the agenda."""
        self._cancelled.add(entry[2])

    def schedule(self, event: simpy.Event, priority: Any = NORMAL, delay: float = 0) -> None:
        """Put a simpy event on the agenda."""
        self._order += 1
        heappush(self._queue, (self._now + delay, priority, self._order, event))

    def peek(self) -> simpy.core.SimTime:
        """Return the time of the next entry; infinity when there is none."""
        while self._queue and self._is_dropped(self._queue[0]):
            self._cancelled.discard(heappop(self._queue)[2])
        return super().peek()

    def step(self) -> None:
        """Handle the next entry.

        Raises:
            EmptySchedule: there is none.
        """
        self.peek()
        if not self._queue:
            raise EmptySchedule
        if isinstance(self._queue[0][KIND], str):
            self._handle(heappop(self._queue))
        else:
            super().step()

    def advance_to(self, target_microseconds: int) -> None:
        """Run everything up to the target time, the entries at exactly that time included.

        simpy's own ``run(until=t)`` stops before the events at t.

        Raises:
            OverflowError: the target lies after the year 9999, where no date and no Timestamp of the API can follow.
        """
        if target_microseconds > END_OF_TIME_MICROSECONDS:
            raise OverflowError("the clock ends with the year 9999; the target lies after that")
        queue: Any = self._queue
        cancelled, dispatcher = self._cancelled, self.dispatcher
        handlers = {} if dispatcher is None else dispatcher.handlers
        while queue:
            entry = queue[0]
            if entry[TIME] > target_microseconds:
                break
            handler = handlers.get(entry[KIND])
            if cancelled or handler is None:
                if self.peek() <= target_microseconds:
                    self.step()
            else:
                # `step`, inlined for speed.
                heappop(queue)
                self._now = entry[TIME]
                handler(dispatcher, entry[SUBJECT])
        self._now = max(self._now, target_microseconds)

    def _handle(self, entry: Any) -> None:
        self._now = entry[TIME]
        assert self.dispatcher is not None
        self.dispatcher.handlers[entry[KIND]](self.dispatcher, entry[SUBJECT])

    def _is_dropped(self, entry: Any) -> bool:
        if isinstance(entry[KIND], str):
            return entry[ORDER] in self._cancelled
        return not entry[KIND].callbacks
