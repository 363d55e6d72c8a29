"""Moves the time of a simulator."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import cast

from fakes import Phase, Restore
from fakes.environment import END_OF_TIME_MICROSECONDS, to_microseconds
from fakes.suggestions import suggest
from fakes.times import UNIX_EPOCH, to_datetime
from simulator.api import restore_pb2
from simulator.sessions.clock import ClockMode, WallClock, make_clock
from simulator.sessions.mover import VirtualWait
from simulator.sessions.session import Session
from simulator.sessions.stepping import advance_until, approach, step


class WallClockRuns(RuntimeError):
    """The world can't be moved, because the wall clock moves it."""


class TimeControl:
    """The time methods of a simulator."""

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
            OverflowError: it goes beyond the year 9999.
            WallClockRuns: the wall clock moves the time.
        """
        microseconds = duration_microseconds("duration", duration)
        with self._virtual() as world:
            target_microseconds = world.environment.now_microseconds + microseconds
            if target_microseconds > END_OF_TIME_MICROSECONDS or not (wait := self._virtual_wait()):
                world.environment.advance_to(target_microseconds)
                return
        wait.wait(target_microseconds)

    def step(self) -> bool:
        """Move to the next event.

        Returns:
            False when there is none.

        Raises:
            WallClockRuns: the wall clock moves the time.
        """
        with self._virtual() as world:
            if not (wait := self._virtual_wait()):
                return step(world)
            last_before = world.timeline.last_number
        while world.timeline.last_number == last_before:
            if world.environment.peek() > END_OF_TIME_MICROSECONDS:
                return False
            wait.wait(int(world.environment.peek()))
        return True

    def run_until_idle(self) -> None:
        """Move on until nothing is left to happen.

        Raises:
            WallClockRuns: the wall clock moves the time.
        """
        while self.step():
            """Something is left."""

    def advance_until_phase(
        self, restore: str | Restore | restore_pb2.Restore, phase: Phase | str | int, limit: float | timedelta
    ) -> Restore:
        """Move on until a restore is in a phase.

        Args:
            restore: The answer of a call, or its uid, or its name where only one has it.
            phase: The phase, by value, name or number.
            limit: How long that may take at most, in seconds.

        Raises:
            TimeoutError: it did not get there or can't; the message says where it stopped.
            UnknownEntity: the restore is unknown.
            ValueError: the phase is unknown.
            WallClockRuns: the wall clock moves the time.
        """
        __tracebackhide__ = True
        wanted = to_phase(phase)
        limit_microseconds = duration_microseconds("limit", limit)
        with self._virtual() as world:
            found = restore if isinstance(restore, Restore) else world.restores[uid_of(restore)]
            if not (wait := self._virtual_wait()):
                advance_until(world, found, wanted, limit_microseconds=limit_microseconds)
                return found
        for moment in approach(world, found, wanted, limit_microseconds=limit_microseconds, alone=False):
            wait.wait(moment, only_to_next=True)  # other threads may cause the next event
        return found

    @property
    def _start(self) -> datetime:
        with self._session as world:
            return to_datetime(world.start_microseconds)

    @property
    def _is_virtual(self) -> bool:
        return self._session.clock.may_be_advanced

    def _move_on(self, end: datetime) -> str:
        end_microseconds = (end - UNIX_EPOCH) // timedelta(microseconds=1)
        with self._virtual() as world:
            environment, wait = world.environment, self._virtual_wait()
            upcoming = environment.peek()
        if wait:
            wait.wait(end_microseconds, only_to_next=True)
            return "" if environment.now_microseconds < end_microseconds else "that is over"
        with self._virtual():
            environment.advance_to(int(min(upcoming, max(end_microseconds, environment.now_microseconds))))
            if upcoming == math.inf:
                return "nothing is left that could happen"
            return "" if upcoming <= end_microseconds else "what comes next lies after that"

    def change_clock(
        self, *, mode: ClockMode | str | None = None, speed: float | None = None, paused: bool | None = None
    ) -> None:
        """Change what moves the time; arguments that are left out stay as they are.

        Args:
            mode: ``"manual"``, ``"wall"`` or ``"on_poll"``.
            speed: Virtual seconds in a second of the wall clock.
            paused: Whether the wall clock stands still; meanwhile, the time may be advanced.

        Raises:
            ValueError: the mode is unknown, or it has no speed or can't be paused.
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

    def _virtual_wait(self) -> VirtualWait | None:
        """How this thread waits instead of moving the world, if it does."""
        wait = self._session.mover.virtual_wait
        return wait if wait is not None and wait.applies() else None

    def _virtual(self) -> Session:
        if not self._session.clock.may_be_advanced:
            raise WallClockRuns(
                "the wall clock moves this world; only clock='manual' and clock='on_poll' can be advanced"
            )
        return self._session


def uid_of(restore: object) -> str:
    """The uid or name of a restore, which may be given as the answer of a call."""
    if isinstance(restore, Restore):
        return restore.uid
    uid = restore if isinstance(restore, str) else getattr(getattr(restore, "meta", None), "uid", None)
    if not isinstance(uid, str):
        raise TypeError(f"restore is {restore!r}; expected its uid or name, or the answer of a call")
    return uid


def duration_microseconds(what: str, duration: float | timedelta) -> int:
    """A duration in microseconds; *what* names it in errors."""
    if isinstance(duration, bool) or not isinstance(duration, int | float | timedelta):
        raise TypeError(f"{what} is {duration!r}; expected a number of seconds or a timedelta")
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if not 0 <= seconds < math.inf:
        found = f"{seconds:g} s" if isinstance(duration, timedelta) else duration
        raise ValueError(f"{what} is {found}; expected a finite number of seconds, 0 or more")
    if isinstance(duration, timedelta):
        return duration // timedelta(microseconds=1)
    return to_microseconds(seconds)


def to_phase(phase: Phase | str | int | None) -> Phase:
    """The phase of a value, name or number."""
    try:
        return Phase[phase] if isinstance(phase, str) else Phase(cast(int, phase))
    except (KeyError, ValueError):
        numbers = ", ".join(f"{known.name} ({known.value})" for known in Phase)
        told = (
            suggest(phase, [known.name for known in Phase]) if isinstance(phase, str) else f"expected one of {numbers}"
        )
        raise ValueError(f"phase is {phase!r}; {told}") from None
