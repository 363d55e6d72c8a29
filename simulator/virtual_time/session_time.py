"""The time of a session's world, for threads that wait by it."""

from __future__ import annotations

from collections.abc import Iterable

from fakes.environment import END_OF_TIME_MICROSECONDS
from simulator.sessions.holds import Ending
from simulator.sessions.session import Session
from simulator.virtual_time.report import NOTHING_LEFT, Deadlock, Wait, deadlock


class SessionTime:
    """Moves the world of a session, event by event; its time goes on over a reset.

    Args:
        session: The session.
    """

    def __init__(self, session: Session) -> None:
        self.start_microseconds = session.world.start_microseconds
        self._session = session
        self._world = session.world
        self._last_microseconds = self._world.environment.now_microseconds
        self._ahead_microseconds = 0

    def now_microseconds(self) -> int:
        world = self._session.world
        if world is not self._world:
            self._world = world
            self._ahead_microseconds = self._last_microseconds - world.environment.now_microseconds
        self._last_microseconds = world.environment.now_microseconds + self._ahead_microseconds
        return self._last_microseconds

    def move(self, until_microseconds: int | None) -> bool:
        with self._session as world:
            environment = world.environment
            target = environment.peek()
            if until_microseconds is not None:
                target = min(target, until_microseconds - self._ahead_microseconds)
            if target > END_OF_TIME_MICROSECONDS:
                return False
            environment.advance_to(max(int(target), environment.now_microseconds))
            return True

    def count_held_calls(self) -> int:
        return sum(1 for _ in self._session.holds)

    def end_held_calls(self) -> None:
        self._session.holds.end(Ending.WORLD_ENDED)

    def deadlock(self, waits: Iterable[Wait], reason: str = NOTHING_LEFT) -> Deadlock:
        return deadlock(self._session, waits, reason)
