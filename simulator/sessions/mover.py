"""What alone moves the time of a world: ``virtual_sleep()``, an event loop or trio, one at a time."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class VirtualWait(Protocol):
    """How threads wait in virtual time: first other threads go on, then the world moves."""

    def applies(self) -> bool:
        """Whether the current thread waits like that."""
        ...

    def wait(self, until_microseconds: int, *, only_to_next: bool = False) -> None:
        """Wait until then, or only until the next moment at which something happens or a thread goes on."""
        ...


class Mover:
    """What alone moves the time of a session, while anything does."""

    def __init__(self) -> None:
        self._mover: tuple[str, int | None] | None = None
        """What alone moves the time, and the thread where it does; the thread is None if calls can't recognize it."""
        self.virtual_wait: VirtualWait | None = None
        """How to wait instead of moving the world; None while no threads wait in virtual time."""

    @contextmanager
    def exclusive(self, mover: str, *, here: bool = True) -> Iterator[None]:
        """Let only this thread move the time: deadlines of calls that rules hold up pass when *mover* moves the world.

        Args:
            mover: What moves it.
            here: Whether a call that this thread waits for may move it as well.

        Raises:
            RuntimeError: something else already moves the time.
        """
        if self._mover is not None:
            raise already_moved(mover, self._mover[0], "this simulator")
        self._mover = (mover, threading.get_ident() if here else None)
        try:
            yield
        finally:
            self._mover = None

    def is_other(self) -> bool:
        """Whether only something other than this thread may move the time.

        A thread that should move it, but is blocked, for example by a call, does not count: nothing would go on.
        """
        if self._mover is None:
            return False
        thread = self._mover[1]
        return thread is None or (thread != threading.get_ident() and not _is_blocked(thread))

    @property
    def waits_are_virtual(self) -> bool:
        """Whether what moves the time lets all threads of the client wait in it, also for the answers of calls."""
        return self._mover is not None and self._mover[1] is None


_BLOCKING_MODULES = {"grpc._channel", "grpc._common", "queue", "threading"}
"""Modules in which threads wait for others; an idle event loop waits elsewhere."""


def _is_blocked(thread: int) -> bool:
    """Whether a thread waits for another; a short wait for a thread that it starts does not count."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001  # documented; there is no other way
    waits = False
    while frame is not None and frame.f_globals.get("__name__") in _BLOCKING_MODULES:
        waits = True
        if frame.f_code is threading.Thread.start.__code__:
            return False
        frame = frame.f_back
    return waits


_INSIDE = {
    "virtual_sleep()": "threads already wait in virtual time there; run a coroutine outside of it. For a"
    " test that is no coroutine, @pytest.mark.pds_simulator(virtual_time=True) enters it: leave that out, or"
    " 'async def' the test",
    "an event loop": "tasks already wait in virtual time there: 'await' what should wait. sim.run() makes such a"
    " loop, and so does @pytest.mark.pds_simulator(virtual_time=True) for a test that is a coroutine",
    "trio": "tasks already wait in virtual time there, by its TrioClock: 'await' what should wait",
}
"""What to do instead, inside each of the things that move the time of a world."""


ANOTHER_SIMULATOR = "another simulator (a process has one virtual time)"


def already_moved(mover: str, outer: str, whose: str) -> RuntimeError:
    """Make the error that something else already moves the time.

    Args:
        mover: What wants to move it.
        outer: What already moves it.
        whose: The simulator of *outer*.
    """
    advice = f": {_INSIDE[outer]}" if outer in _INSIDE else ""
    return RuntimeError(f"{mover} can't begin inside {outer} of {whose}, which moves the time already{advice}")
