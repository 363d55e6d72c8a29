"""Follows the events of a session from any event on, without gaps and without blocking anybody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fakes.history.events import Event
from simulator.sessions.pacer import WAIT_SECONDS_MIN
from simulator.sessions.session import Session

BATCH_MAX = 1_000
"""How many events are read at a time, so that the world is not locked for long."""
POLL_SECONDS = 0.5
"""How often to check whether the watcher is still there, while nothing happens."""


class WatchBroken(Exception):
    """Events that a watcher asks for are not available.

    Args:
        message: Why.
        after: The sequence number after which it can continue.
    """

    def __init__(self, message: str, after: int) -> None:
        super().__init__(message)
        self.after = after


class SessionBegunAgain(WatchBroken):
    """The session was reset: its events are numbered from 1 again."""

    def __init__(self) -> None:
        super().__init__("the session was reset; watch it from the start", 0)


class EventsForgotten(WatchBroken):
    """The next events are no longer kept: the watcher began too early, or was too slow."""

    def __init__(self, first_number: int) -> None:
        message = f"the oldest event that is kept has the number {first_number}; watch from there"
        super().__init__(message, first_number - 1)


@dataclass(eq=False)
class Watcher:
    """A watcher of the events of a session.

    Args:
        session: The session.
        after: The sequence number of the last event that has been sent.
    """

    session: Session
    after: int

    @property
    def lag_events(self) -> int:
        """How many kept events have not been sent yet."""
        timeline = self.session.timeline
        return max(timeline.last_number - max(self.after, timeline.first_number - 1), 0)


def watch_events(session: Session, after: int, *, is_waiting: Callable[[], bool]) -> Iterator[tuple[int, Event]]:
    """Yield the events after the sequence number *after*, then those to come, each with its number.

    There is no queue: a watcher reads the timeline from where it is; a slow one reads later.

    Args:
        session: The session; on the wall clock, its world keeps moving while it is watched.
        after: A sequence number; 0 begins with the oldest event that is kept.
        is_waiting: Returns whether the watcher is still there.

    Raises:
        SessionBegunAgain: the session was reset, or has fewer events, as after a reset.
        EventsForgotten: the next event is no longer kept.
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
