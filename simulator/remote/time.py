"""Moves the time of a remote session, and lets threads of this process wait by it."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import ModuleType

from fakes import Phase, Restore
from simulator.api import restore_pb2
from simulator.remote.connection import ControlsSession, SessionConnection
from simulator.sessions.clock import ClockMode
from simulator.sessions.time_control import duration_microseconds, to_phase, uid_of
from simulator.sessions.waiting import Waiting
from simulator.virtual_time.report import LIMIT_SECONDS, NOTHING_LEFT, Deadlock, Wait, told_deadlock
from simulator.virtual_time.threads import require_virtual, virtual_waits

LOOK_EVERY_SECONDS = 0.05
"""How often a thread checks a condition."""
LOOK_EVERY_VIRTUAL_SECONDS = 1.0
"""How often it does while other threads go on in virtual time; each check takes some calls of the server."""


def sleep(seconds: float) -> None:
    """Sleep in virtual time, and let the other threads of the client go on."""
    time.sleep(seconds)


class RemoteTime:
    """Moves the world of a session to the time that a thread waits for; earlier events happen at the server.

    Args:
        session: The session.
        held_restores: Returns which rules hold restores.
    """

    def __init__(self, session: SessionConnection, held_restores: Callable[[], list[str]]) -> None:
        self._session = session
        self._held_restores = held_restores
        self.start_microseconds = self.now_microseconds()

    def now_microseconds(self) -> int:
        return int(self._session.call("GetSession").now.ToMicroseconds())

    def move(self, until_microseconds: int | None) -> bool:
        if until_microseconds is None:
            return False
        left_microseconds = max(0, until_microseconds - self.now_microseconds())
        self._session.call("AdvanceTime", duration=timedelta(microseconds=left_microseconds))
        return True

    def count_held_calls(self) -> int:
        return 0

    def end_held_calls(self) -> None:
        """They are at the server, so there is nothing to count."""

    def deadlock(self, waits: Iterable[Wait], reason: str = NOTHING_LEFT) -> Deadlock:
        return told_deadlock(self.now_microseconds(), waits, self._held_restores(), reason)


class RemoteTimeControl(ControlsSession, Waiting):
    """The time methods of a remote simulator."""

    _started_at: datetime
    _has_virtual_sleep = False

    @abstractmethod
    def held_restores(self) -> list[str]:
        """Which rules hold restores, and how to end that."""

    @property
    def now(self) -> datetime:
        """The time in the world, in UTC."""
        return self._describe().now.ToDatetime(tzinfo=UTC)  # type: ignore[no-any-return]  # the library has no types

    def advance(self, duration: float | timedelta) -> None:
        """Let *duration*, in seconds, pass; see `simulator.Simulator.advance`."""
        self._running().call("AdvanceTime", duration=_to_timedelta("duration", duration))

    def step(self) -> bool:
        """Move to the next event; False when there is none."""
        return bool(self._running().call("AdvanceTime", to_next_event=True).moved)

    def run_until_idle(self) -> None:
        """Move on until nothing is left to happen."""
        self._running().call("AdvanceTime", until_idle=True)

    def advance_until_phase(
        self, restore: str | Restore | restore_pb2.Restore, phase: Phase | str | int, limit: float | timedelta
    ) -> Restore:
        """Move on until a restore is in a phase, in virtual time."""
        if self._has_virtual_sleep:
            return self._wait_for_phase(restore, to_phase(phase), limit)
        __tracebackhide__ = True
        wanted = uid_of(restore)
        until = {"restore": wanted, "phase": to_phase(phase).name, "limit": _to_timedelta("limit", limit)}
        self._running().call("AdvanceTime", until=until)
        found: Restore = self.world.restores[wanted]
        return found

    @contextmanager
    def virtual_sleep(
        self, *, modules: Iterable[str | ModuleType] | None = None, limit: float | timedelta = LIMIT_SECONDS
    ) -> Iterator[None]:
        """Let the client's own waiting take virtual time; see `simulator.Simulator.virtual_sleep`.

        Deadlines of calls that rules hold pass at the server, no matter what sleeps here.
        """
        __tracebackhide__ = True
        require_virtual(ClockMode(self._describe().clock))
        with virtual_waits(RemoteTime(self._running(), self.held_restores), modules, limit):
            self._has_virtual_sleep = True
            try:
                yield
            finally:
                self._has_virtual_sleep = False

    @property
    def _look_every_seconds(self) -> float:
        return LOOK_EVERY_VIRTUAL_SECONDS if self._has_virtual_sleep else LOOK_EVERY_SECONDS

    @property
    def _is_virtual(self) -> bool:
        described = self._describe()
        return described.clock != ClockMode.WALL.value or bool(described.paused)

    @property
    def _start(self) -> datetime:
        return self._started_at

    def _move_on(self, end: datetime) -> str:
        if self._has_virtual_sleep:
            left_seconds = (end - self.now).total_seconds()
            sleep(min(max(left_seconds, 0), self._look_every_seconds))
            return "" if left_seconds > 0 else "that is over"
        if not self.step():
            return "nothing is left that could happen"
        return "" if self.now <= end else "what comes next lies after that"

    def change_clock(
        self, *, mode: ClockMode | str | None = None, speed: float | None = None, paused: bool | None = None
    ) -> None:
        """Change what moves the time; arguments that are left out stay as they are."""
        wanted = mode.value if isinstance(mode, ClockMode) else mode
        self._running().call("UpdateClock", mode=wanted, speed=speed, paused=paused)


def _to_timedelta(what: str, duration: float | timedelta) -> timedelta:
    return timedelta(microseconds=duration_microseconds(what, duration))
