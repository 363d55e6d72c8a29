"""Moving the time of a simulator."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from fakes import Phase, Restore
from fakes.environment import to_microseconds
from fakes.history.events import to_datetime
from simulator.api import restore_pb2
from simulator.sessions.clock import ClockMode, WallClock, make_clock
from simulator.sessions.session import Session
from simulator.sessions.stepping import advance_until, run_until_idle, step


class WallClockRuns(RuntimeError):
    """The wall clock moves a world that was to be moved."""


class TimeControl:
    """What a simulator offers for time."""

    _session: Session

    @property
    def now(self) -> datetime:
        """The time in the world, in UTC."""
        with self._session as world:
            return to_datetime(world.environment.now_microseconds)

    def advance(self, duration: float | timedelta) -> None:
        """Let *duration*, in seconds, pass; the events at its very end happen too.

        Raises:
            TypeError: it is neither a number nor a timedelta.
            ValueError: it is negative or not finite.
            OverflowError: it leads beyond the year 9999.
            WallClockRuns: the wall clock moves the time.
        """
        microseconds = duration_microseconds("duration", duration)
        with self._virtual() as world:
            world.environment.advance_to(world.environment.now_microseconds + microseconds)

    def step(self) -> bool:
        """Move to the next event.

        Returns:
            False when there is none.

        Raises:
            WallClockRuns: the wall clock moves the time.
        """
        with self._virtual() as world:
            return step(world)

    def run_until_idle(self) -> None:
        """Move on until nothing is left that could happen.

        Raises:
            WallClockRuns: the wall clock moves the time.
        """
        with self._virtual() as world:
            run_until_idle(world)

    def advance_until(
        self, restore: str | Restore | restore_pb2.Restore, phase: Phase | str | int, limit: float | timedelta = 1800
    ) -> Restore:
        """Move on until a restore is in a phase.

        Args:
            restore: The answer of a call, or its uid, or its name where only one has it.
            phase: The phase, by value, name or number.
            limit: How long that may take, in seconds.

        Raises:
            TimeoutError: it didn't get there or can't; the message tells where it stopped.
            UnknownEntity: there is no such restore.
            ValueError: there is no such phase.
            WallClockRuns: the wall clock moves the time.
        """
        __tracebackhide__ = True
        wanted = to_phase(phase)
        limit_microseconds = duration_microseconds("limit", limit)
        with self._virtual() as world:
            found = restore if isinstance(restore, Restore) else world.restores[uid_of(restore)]
            advance_until(world, found, wanted, limit_microseconds=limit_microseconds)
            return found

    def change_clock(
        self, *, mode: ClockMode | str | None = None, speed: float | None = None, paused: bool | None = None
    ) -> None:
        """Change what moves the time from now on; what is left out stays as it is.

        Args:
            mode: ``"manual"``, ``"wall"`` or ``"on_poll"``.
            speed: Virtual seconds in a second of the wall clock.
            paused: Whether the wall clock stands still; meanwhile, the time may be advanced.

        Raises:
            ValueError: there is no such mode, or it has no speed and can't be paused.
        """
        with self._session as world:
            before = self._session.clock
            wanted = before.mode if mode is None else mode
            kept_speed = before.speed if isinstance(before, WallClock) else 1.0
            is_wall = wanted in (ClockMode.WALL, ClockMode.WALL.value)
            clock = make_clock(wanted, speed=speed if speed is not None else kept_speed if is_wall else 1.0)
            if isinstance(clock, WallClock):
                clock.is_paused = (isinstance(before, WallClock) and before.is_paused) if paused is None else paused
                clock.go_on()
            elif paused is not None:
                raise ValueError(f"paused is {paused!r}, but only clock='wall' can be paused")
            self._session.clock = clock
            clock.catch_up(world)

    def _virtual(self) -> Session:
        if not self._session.clock.may_be_advanced:
            raise WallClockRuns(
                "the wall clock moves this world; only clock='manual' and clock='on_poll' can be advanced"
            )
        return self._session


def uid_of(restore: object) -> str:
    """The uid or name of a restore, of whatever names it."""
    uid = restore if isinstance(restore, str) else getattr(getattr(restore, "meta", None), "uid", None)
    if not isinstance(uid, str):
        raise TypeError(f"restore is {restore!r}; expected its uid or name, or the answer of a call")
    return uid


def duration_microseconds(what: str, duration: float | timedelta) -> int:
    """A duration in microseconds; *what* it is, for the error of one that makes no sense."""
    if isinstance(duration, bool) or not isinstance(duration, int | float | timedelta):
        raise TypeError(f"{what} is {duration!r}; expected a number of seconds or a timedelta")
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if not 0 <= seconds < math.inf:
        raise ValueError(f"{what} is {duration!r}; expected a finite number of seconds, 0 or more")
    if isinstance(duration, timedelta):
        return duration // timedelta(microseconds=1)
    return to_microseconds(seconds)


def to_phase(phase: Phase | str | int) -> Phase:
    """The phase of a value, name or number."""
    try:
        return Phase[phase] if isinstance(phase, str) else Phase(phase)
    except (KeyError, ValueError):
        names = ", ".join(f"{known.name} ({known.value})" for known in Phase)
        raise ValueError(f"phase is {phase!r}; expected one of {names}") from None
