"""Follows the events of a session from any of them on, without a gap and without holding anybody up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fakes.history.events import Event
from simulator.sessions.pacer import WAIT_SECONDS_MIN
from simulator.sessions.session import Session

BATCH_MAX = 1_000
"""Events that are read at a time, so that the world is not held for long."""
POLL_SECONDS = 0.5
"""How often it is looked whether the watcher is still there while nothing happens."""


class WatchBroken(Exception):
    """Events that a watcher asks for are not there.

    Args:
        message: Why.
        after: The sequence number after which it can go on.
    """

    def __init__(self, message: str, after: int) -> None:
        super().__init__(message)
        self.after = after


class SessionBegunAgain(WatchBroken):
    """The session was reset: its events are numbered from 1 again."""

    def __init__(self) -> None:
        super().__init__("the session was reset; watch it from the start", 0)


class EventsForgotten(WatchBroken):
    """The events that come next are not kept any more: the watcher began too early, or was too slow."""

    def __init__(self, first_number: int) -> None:
        message = f"the oldest event that is kept has the number {first_number}; watch from there"
        super().__init__(message, first_number - 1)


@dataclass(eq=False)
class Watcher:
    """Somebody who watches the events of a session.

    Args:
        session: The session.
        after: The sequence number of the last event that has been sent.
    """

    session: Session
    after: int

    @property
    def lag_events(self) -> int:
        """How many events that are kept have not been sent."""
        timeline = self.session.timeline
        return max(timeline.last_number - max(self.after, timeline.first_number - 1), 0)


def watch_events(session: Session, after: int, *, is_waiting: Callable[[], bool]) -> Iterator[tuple[int, Event]]:
    """Give the events after the sequence number *after*, then those to come, each with its number.

    There is no queue: a watcher reads the timeline from where it is. One that is slow reads later.

    Args:
        session: The session; where the wall clock moves it, it goes on while somebody watches.
        after: A sequence number; 0 begins with the oldest event that is kept.
        is_waiting: Tells whether the watcher is still there.

    Raises:
        SessionBegunAgain: the session was reset, or has not had so many events, which is what a reset leaves.
        EventsForgotten: the next event is not kept any more.
    """
    woken = threading.Event()
    world = session.world
    unsubscribe = session.subscribe(lambda _sequence, _event: woken.set())
    try:
        while is_waiting():
            woken.clear()
            with session as current:
                if current is not world or after > current.timeline.last_number:
                    raise SessionBegunAgain
                if 0 < after < current.timeline.first_number - 1:
                    raise EventsForgotten(current.timeline.first_number)
                events = [*current.timeline.after(after, BATCH_MAX)]
                wait_seconds = session.clock.wait_seconds(current)
            for after, event in events:  # noqa: PLR1704  # the last is where it goes on
                yield after, event
            if not events:
                woken.wait(min(max(wait_seconds, WAIT_SECONDS_MIN), POLL_SECONDS))
    finally:
        unsubscribe()
