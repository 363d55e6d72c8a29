"""Moves the world where an event loop would sleep, unless the loop really waits for something."""

from __future__ import annotations

import logging
import selectors
from typing import Protocol

from simulator.sessions.session import Session
from simulator.virtual_time.real_waits import RealWaits
from simulator.virtual_time.report import Limit, Wait, deadlock
from simulator.virtual_time.session_time import SessionTime

POLL_SECONDS = 0.005
"""How often, in real time, a loop that really waits checks whether the world has moved or a rule holds a call."""

POLLS_BEFORE_WARNING = 1_000

LAST_CHANCE_SECONDS = 0.1
"""How long, in real time, other threads may still wake a loop before its tasks are reported to wait for ever."""

FRUITLESS_EVENTS_MAX = 1_000_000
"""How many events in a row may wake no task before the tasks are reported to wait for ever."""

_logger = logging.getLogger(__name__)

Ready = list[tuple[selectors.SelectorKey, int]]


class WaitingLoop(Protocol):
    """An event loop, as its selector sees it."""

    real_waits: RealWaits
    limit: Limit

    def next_timer_microseconds(self) -> int | None:
        """When the next timer is due, in microseconds since 1970; None when there is none."""
        ...

    def waits(self) -> list[Wait]:
        """Return which tasks wait where."""
        ...


class JumpingSelector(selectors.DefaultSelector):
    """Moves a world instead of waiting.

    Args:
        session: The session with the world.
        session_time: Moves it.
        loop: The event loop.
    """

    def __init__(self, session: Session, session_time: SessionTime, loop: WaitingLoop) -> None:
        super().__init__()
        self._session = session
        self._time = session_time
        self._loop = loop
        self._polls_count = 0
        self._fruitless_count = 0
        self._had_last_chance = False

    def select(self, timeout: float | None = None) -> Ready:
        """Return what is ready; if nothing is, move the world to the next timer of the loop or event of the world.

        Raises:
            Deadlock: nothing will ever be ready, or the loop has reached its limit.
        """
        if timeout is not None and timeout <= 0:
            return self._woken(super().select(0))
        # First what is waited for, then what is ready: a wait that ends in between has made the loop ready.
        real_waits = self._loop.real_waits.found(self.descriptors())
        ready = super().select(0)
        if ready:
            return self._woken(ready)
        if real_waits or not self._session.clock.is_virtual:
            return self._wait(real_waits)
        self._polls_count = 0
        if self._jump():
            self._had_last_chance = False
            return []
        return self._last_chance()

    def descriptors(self) -> list[int]:
        """Return what the loop watches."""
        return [key.fd for key in self.get_map().values()]

    def _woken(self, ready: Ready) -> Ready:
        self._polls_count = self._fruitless_count = 0
        self._had_last_chance = False
        return ready

    def _wait(self, real_waits: list[str]) -> Ready:
        self._polls_count += 1
        if self._polls_count == POLLS_BEFORE_WARNING and real_waits:
            seconds = POLLS_BEFORE_WARNING * POLL_SECONDS
            _logger.warning("virtual time has stood still for %g s, for %s", seconds, ", ".join(real_waits))
        with self._session:
            """Bring the world up to date, if it follows the wall clock."""
        return super().select(POLL_SECONDS)

    def _jump(self) -> bool:
        """Move the world; False when there is nothing to move it to."""
        if reason := self._loop.limit.reason(self._time.now_microseconds()):
            raise deadlock(self._session, self._loop.waits(), reason)
        timer = self._loop.next_timer_microseconds()
        if not self._time.move(timer):
            return False
        self._fruitless_count = self._fruitless_count + 1 if timer is None else 0
        if self._fruitless_count > FRUITLESS_EVENTS_MAX:
            self._fruitless_count = 0
            raise deadlock(self._session, self._loop.waits(), f"{FRUITLESS_EVENTS_MAX:,} events woke none of its tasks")
        return True

    def _last_chance(self) -> Ready:
        """Let threads that the loop does not know wake it.

        Raises:
            Deadlock: they don't.
        """
        waits = self._loop.waits()
        if self._had_last_chance and waits:
            self._had_last_chance = False
            raise deadlock(self._session, waits)
        self._had_last_chance = True
        return super().select(LAST_CHANCE_SECONDS)
