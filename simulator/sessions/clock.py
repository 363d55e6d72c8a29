"""What moves the time of a world: the test, the wall clock, or polls."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from enum import Enum

from fakes import LiveWorld
from fakes.environment import END_OF_TIME_MICROSECONDS, MICROSECONDS
from fakes.times import UNIX_EPOCH
from fakes.values import is_finite, shown
from simulator.sessions.stepping import step

IDLE_CALLS_MAX = 1_000
"""How many calls in a row, on the clock that calls move, may find nothing left to move to."""

VIRTUAL_START = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
"""When virtual time begins."""


class ClockMode(Enum):
    """What moves the time."""

    MANUAL = "manual"
    WALL = "wall"
    ON_POLL = "on_poll"


class Clock:
    """Virtual time that only the test moves."""

    mode = ClockMode.MANUAL
    moves_with_calls = False
    """Whether calls move the time: whether `poll` and `move_on` do anything."""
    idle_count = 0
    """How many calls in a row have found nothing left to move to."""

    @property
    def is_virtual(self) -> bool:
        """Whether time is virtual, so that nothing really waits for it."""
        return self.mode is not ClockMode.WALL

    @property
    def may_be_advanced(self) -> bool:
        """Whether the time may be moved at will."""
        return True

    def start_microseconds(self) -> int:
        """The start of a world that is started now, in microseconds since 1970."""
        return _since_1970_microseconds(VIRTUAL_START)

    def catch_up(self, world: LiveWorld) -> None:
        """Bring *world* up to date; called at the beginning of every call."""

    def wait_seconds(self, world: LiveWorld) -> float:  # noqa: ARG002  # the wall clock looks at it
        """Return how long the wall clock takes to the next event of *world*; infinity when it never gets there."""
        return math.inf

    def poll(self, world: LiveWorld) -> None:
        """Called when a call sees a live restore."""

    def move_on(self, world: LiveWorld, changes_at_microseconds: int | None, rules: Sequence[str]) -> None:
        """Called when *rules* keep the present from a call, until that time or for ever."""


class EndlessPolling(Exception):
    """Calls keep coming, though nothing will ever change by itself."""


class OnPollClock(Clock):
    """Virtual time that calls move.

    A Get or List that sees a live restore moves to the next event, whatever rules do to the call. Any other call that
    rules refuse, or answer with the past, moves to where they stop doing so: the end of their ``between``, the next
    call that a rate allows, the age of a stale answer. A call that ends by its deadline moves just to its deadline.
    """

    mode = ClockMode.ON_POLL
    moves_with_calls = True
    idle_count = 0
    """How many calls in a row have found nothing left to happen."""

    def start_microseconds(self) -> int:
        self.idle_count = 0
        return super().start_microseconds()

    def poll(self, world: LiveWorld) -> None:
        """Move to the next event.

        Raises:
            EndlessPolling: too many calls in a row have found none.
        """
        if step(world):
            self.idle_count = 0
        else:
            self._count_idle(_what_stands_still(world))

    def move_on(self, world: LiveWorld, changes_at_microseconds: int | None, rules: Sequence[str]) -> None:
        """Move to where the rules stop keeping the present from the call.

        Raises:
            EndlessPolling: they never do, for too many calls in a row.
        """
        if changes_at_microseconds is not None and changes_at_microseconds <= END_OF_TIME_MICROSECONDS:
            world.environment.advance_to(max(changes_at_microseconds, world.environment.now_microseconds))
        else:
            names = " and ".join(map(repr, rules))
            self._count_idle(f"the rule {names} keeps the caller from what there is, and has no end")

    def _count_idle(self, reason: str) -> None:
        self.idle_count += 1
        if self.idle_count > IDLE_CALLS_MAX:
            raise EndlessPolling(f"{IDLE_CALLS_MAX:,} calls in a row, and nothing will ever change by itself: {reason}")


def _what_stands_still(world: LiveWorld) -> str:
    for installed in world.rules:
        for restore in installed.gate.held:
            return f"{restore.name!r} is {restore.status.phase.name}, held by the rule {installed.name!r}"
    live = (
        f"{restore.name!r} stays {restore.status.phase.name}" for restore in world.restores.values() if restore.is_live
    )
    return next(live, "nothing is live")


class WallClock(Clock):
    """Time that moves with the wall clock, times *speed*; it never runs backwards, even if the wall clock does.

    Args:
        speed: Virtual seconds in a second.
        read_microseconds: Returns the time, in microseconds since 1970.
    """

    mode = ClockMode.WALL

    @property
    def may_be_advanced(self) -> bool:
        return self.is_paused

    def __init__(self, speed: float, read_microseconds: Callable[[], int]) -> None:
        if not is_finite(speed) or speed <= 0:
            raise ValueError(f"speed is {shown(speed)}; expected a finite number above 0")
        self.speed = speed
        self.is_paused = False
        self._read_microseconds = read_microseconds
        self._read_last = 0
        self._target = 0.0

    def start_microseconds(self) -> int:
        self.go_on()
        return self._read_last

    @property
    def carried_microseconds(self) -> float:
        """The rest of the last microsecond, at a speed below 1."""
        return self._target

    def go_on(self, carried_microseconds: float = 0.0) -> None:
        """Count from now on: time that has already passed on the wall clock moves no world."""
        self._read_last = self._read_microseconds()
        self._target = carried_microseconds

    def catch_up(self, world: LiveWorld) -> None:
        read = self._read_microseconds()
        elapsed = 0 if self.is_paused else max(0, read - self._read_last)
        self._read_last = read
        # At a speed below 1, the rest of a microsecond is carried over to the next time.
        whole, self._target = divmod(min(self._target + elapsed * self.speed, END_OF_TIME_MICROSECONDS), 1)
        environment = world.environment
        environment.advance_to(min(environment.now_microseconds + int(whole), END_OF_TIME_MICROSECONDS))

    def wait_seconds(self, world: LiveWorld) -> float:
        if self.is_paused:
            return math.inf
        return float(world.environment.peek() - world.environment.now_microseconds) / self.speed / MICROSECONDS


def read_wall_microseconds() -> int:
    """Read the wall clock, in microseconds since 1970.

    It uses ``datetime.now``, looked up at each call. freezegun's ``time.time`` returns the real time to callers near
    the top of the stack of a thread, such as handlers of a server; its ``datetime.now`` does not.
    """
    return _since_1970_microseconds(datetime.datetime.now(datetime.UTC))


def _since_1970_microseconds(moment: datetime.datetime) -> int:
    since = moment - UNIX_EPOCH
    return (since.days * 86_400 + since.seconds) * MICROSECONDS + since.microseconds


def make_clock(mode: ClockMode | str, *, speed: float) -> Clock:
    """Make the clock of a mode.

    Raises:
        ValueError: the mode is unknown, or a speed is given for a mode without one.
    """
    try:
        mode = ClockMode(mode)
    except ValueError:
        modes = ", ".join(repr(known.value) for known in ClockMode)
        raise ValueError(f"clock is {mode!r}; expected one of {modes}") from None
    if mode is ClockMode.WALL:
        return WallClock(speed, read_wall_microseconds)
    if speed != 1:
        raise ValueError(f"speed is {speed!r}, but only clock='wall' has a speed; {mode.value} time is moved by steps")
    return OnPollClock() if mode is ClockMode.ON_POLL else Clock()
