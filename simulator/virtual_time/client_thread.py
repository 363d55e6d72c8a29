"""A thread of a client, and the interfaces that the scheduler of threads relies on."""

from __future__ import annotations

import _thread
import threading
from collections.abc import Collection, Iterable
from typing import Protocol

from simulator.virtual_time.report import NOTHING_LEFT, Deadlock, Wait

_new_lock = _thread.allocate_lock  # saved before anything is replaced


class WorldTime(Protocol):
    """The virtual time that threads wait by."""

    start_microseconds: int
    """When it began."""

    def now_microseconds(self) -> int:
        """Return the time; it never goes back."""
        ...

    def move(self, until_microseconds: int | None) -> bool:
        """Move to the next event of the world, but not beyond that time; False when there is nothing to move to."""
        ...

    def count_held_calls(self) -> int:
        """Count the calls that rules hold up."""
        ...

    def end_held_calls(self) -> None:
        """End the calls that rules hold up, so that waiters go on; calls in other processes are not ended."""
        ...

    def deadlock(self, waits: Iterable[Wait], reason: str = NOTHING_LEFT) -> Deadlock:
        """Make the error that says what waits for ever, and what the world holds."""
        ...


class Stuck(Protocol):
    """Passes over threads that really wait for something that only the world or other threads can provide."""

    @property
    def passed_over(self) -> Collection[threading.Thread]:
        """The threads that were passed over."""
        ...

    def pass_over(self, threads: Collection[threading.Thread], *, are_alone: bool) -> bool:
        """Pass over threads if all of them are stuck, and were at the previous look.

        If they are alone, no other thread of the client waits, and the holder of a lock is not one of the client's.

        Returns:
            Whether they were passed over.
        """
        ...

    def take_moved(self) -> set[threading.Thread]:
        """Find those that are no longer stuck, and stop passing over them."""
        ...

    def waits_for_call(self, thread: threading.Thread) -> bool:
        """Whether a thread was passed over because it waits for a call that a rule holds up."""
        ...

    def forget(self, thread: threading.Thread) -> None:
        """Stop passing over a thread; it waits as it should, or has ended."""
        ...


class Report(Protocol):
    """Reports on the threads of a client."""

    def deadlock(self, waiting: list[ClientThread], reason: str) -> Deadlock:
        """Make the error for a client whose threads all wait for ever; *reason* says why."""
        ...

    def unheard(self, deadlock: Deadlock) -> None:
        """Report a deadlock that can't be raised in any thread, because the first thread really waits for a lock."""
        ...

    def stall(self, running: list[ClientThread]) -> None:
        """Warn that time has stood still for long, because of threads that run or really wait."""
        ...


class ClientThread:
    """A thread of the client, as the scheduler knows it.

    Args:
        thread: The thread.
    """

    def __init__(self, thread: threading.Thread) -> None:
        self.thread = thread
        self.really_waits = False
        """Whether its waits are real at the moment."""
        self.token: object = None
        """What has to be released before it goes on; None when it only waits for the time."""
        self.due_microseconds: int | None = None
        self.since_microseconds = 0
        self.spin_count = 0
        """How often it has read the time since its last wait."""
        self.error: BaseException | None = None
        """The error to raise where it waits."""
        self._turn = _new_lock()
        self._turn.acquire()

    def raise_error(self) -> None:
        """Raise the error that was left for it, once."""
        error, self.error = self.error, None
        if error is not None:
            raise error

    def await_turn(self) -> None:
        """Really wait until the scheduler gives it a turn."""
        self._turn.acquire()

    def give_turn(self) -> None:
        """Let it run."""
        if self._turn.locked():
            self._turn.release()
