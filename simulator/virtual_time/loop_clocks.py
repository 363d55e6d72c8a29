"""Lets clients in an event loop read the time of its world from the clocks of Python."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fakes.environment import to_microseconds
from simulator.virtual_time.callers import Callers, module_of
from simulator.virtual_time.clocks import VirtualClock, clock_replacements, spin_microseconds
from simulator.virtual_time.replacing import replace_globals
from simulator.virtual_time.session_time import SessionTime

_installing = threading.Lock()


class LoopClocks:
    """Gives clients the time of the world that the event loop of their thread moves.

    A client that blocks in `time.sleep`, or polls a clock, moves the world without its loop.
    """

    def __init__(self) -> None:
        self.loops: dict[int, LoopTime] = {}
        """By thread of an event loop."""
        self._callers = Callers()
        self._real_sleep = time.sleep
        self._replaced = [*clock_replacements(self), (time.sleep, self.sleep)]

    def install(self) -> None:
        """Replace the clocks of Python."""
        replace_globals(self._replaced)

    def remove(self) -> None:
        """Put the clocks of Python back."""
        replace_globals((new, old) for old, new in self._replaced)

    def time_of_caller(self) -> SessionTime | None:
        loop = self._loop_of_caller()
        if loop is None:
            return None
        loop.read()
        return loop.time

    def sleep(self, seconds: float, /) -> None:
        """Replaces `time.sleep`."""
        loop = self._loop_of_caller() if seconds > 0 else None
        if loop is None:
            self._real_sleep(seconds)
        else:
            loop.pass_time(to_microseconds(seconds))

    def _loop_of_caller(self) -> LoopTime | None:
        loop = self.loops.get(threading.get_ident())
        if loop is None:
            return None
        frame: Any = sys._getframe(1)  # noqa: SLF001  # who asks is told by the stack
        while frame is not None and module_of(frame).startswith("simulator.virtual_time."):
            frame = frame.f_back
        return loop if frame is not None and self._callers.is_virtual(module_of(frame)) else None


class LoopTime:
    """The time of an event loop's world, as its clients read it.

    Args:
        time: The time of the world.
    """

    def __init__(self, time: SessionTime) -> None:
        self.time = time
        self._read_microseconds = 0
        self._reads_count = 0

    def read(self) -> None:
        """Count a reading of the time; a client that does nothing else is waiting for time to pass."""
        now = self.time.now_microseconds()
        self._reads_count = self._reads_count + 1 if now == self._read_microseconds else 0
        self._read_microseconds = now
        took_microseconds = spin_microseconds(self._reads_count)
        if took_microseconds:
            reads_count = self._reads_count
            self.pass_time(took_microseconds)
            self._read_microseconds, self._reads_count = self.time.now_microseconds(), reads_count

    def pass_time(self, microseconds: int) -> None:
        """Move the world by so much."""
        until_microseconds = self.time.now_microseconds() + microseconds
        while self.time.now_microseconds() < until_microseconds and self.time.move(until_microseconds):
            """Move event by event, so that everything happens in order."""


@contextmanager
def clocks_of(time_of_world: SessionTime) -> Iterator[None]:
    """Let clients in this thread read the time of a world, unless they already read that of another."""
    thread = threading.get_ident()
    with _installing:
        installed = time.monotonic
        clocks = installed.source if isinstance(installed, VirtualClock) else LoopClocks()
        is_virtual = not isinstance(clocks, LoopClocks) or thread in clocks.loops
        if isinstance(clocks, LoopClocks) and not is_virtual:
            if not clocks.loops:
                clocks.install()
            clocks.loops[thread] = LoopTime(time_of_world)
    try:
        yield
    finally:
        with _installing:
            if isinstance(clocks, LoopClocks) and not is_virtual:
                del clocks.loops[thread]
                if not clocks.loops:
                    clocks.remove()
