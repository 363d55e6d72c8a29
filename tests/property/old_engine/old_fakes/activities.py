"""What a restore does within a phase: wait for its turn or at a gate, let time pass, download.

An activity can be suspended at any moment and goes on where it was when it is begun again. What it still has to do is
plain data, so it can be written down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from old_fakes.bandwidth import Download, SharedLink
from old_fakes.environment import ArrangedCall, Environment
from old_fakes.gates import Gate
from old_fakes.places import Place, Places
from old_fakes.restores import Restore


class Activity(Protocol):
    """A part of a phase."""

    def begin(self, done: Callable[[], None]) -> None:
        """Begin, or go on after a suspension; *done* is called once, when nothing is left to do."""
        ...

    def suspend(self) -> None:
        """Stop, and keep what is left to do."""
        ...


class Lasting:
    """Takes its time."""

    __slots__ = ("_call", "_environment", "remaining_microseconds")

    def __init__(self, environment: Environment, duration_microseconds: int) -> None:
        self.remaining_microseconds = duration_microseconds
        self._environment = environment
        self._call: ArrangedCall | None = None

    def begin(self, done: Callable[[], None]) -> None:
        self._call = self._environment.call_after(self.remaining_microseconds, done)

    def suspend(self) -> None:
        if self._call is None:
            return
        self._environment.call_off(self._call)
        self.remaining_microseconds = max(0, self._call.at_microseconds - self._environment.now_microseconds)
        self._call = None


class Downloading:
    """Gets a number of bytes over a shared link; while suspended, the others have its share."""

    __slots__ = ("_download", "_link", "remaining_bytes")

    def __init__(self, link: SharedLink, size_bytes: float) -> None:
        self.remaining_bytes = size_bytes
        self._link = link
        self._download: Download | None = None

    def begin(self, done: Callable[[], None]) -> None:
        self._download = self._link.join(self.remaining_bytes, done)

    def suspend(self) -> None:
        if self._download is None:
            return
        self.remaining_bytes = self._link.leave(self._download)
        self._download = None


class Holding:
    """Waits at a gate."""

    def __init__(self, gate: Gate, restore: Restore) -> None:
        self._gate = gate
        self._restore = restore

    def begin(self, done: Callable[[], None]) -> None:
        self._gate.wait(self._restore, done)

    def suspend(self) -> None:
        self._gate.leave(self._restore)


class Acting:
    """Does something that takes no time."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action

    def begin(self, done: Callable[[], None]) -> None:
        self._action()
        done()

    def suspend(self) -> None:
        """There is no moment at which it could be suspended."""


class Stopping:
    """Ends everything, so that nothing is left to go on with."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action

    def begin(self, done: Callable[[], None]) -> None:  # noqa: ARG002  # it is never done
        self._action()

    def suspend(self) -> None:
        """There is no moment at which it could be suspended."""


class AwaitingCapacity:
    """Waits, first come, first served, until the cluster has room; keeps its place while suspended."""

    __slots__ = ("_done", "_place", "_places")

    def __init__(self, places: Places) -> None:
        self._places = places
        self._place: Place | None = None
        self._done: Callable[[], None] | None = None

    def begin(self, done: Callable[[], None]) -> None:
        self._done = done
        if self._place is None:
            self._place = self._places.ask(self._granted)
        elif self._place.has_arrived:
            done()

    def suspend(self) -> None:
        self._done = None

    def release(self) -> None:
        """Give the room back, or the place in the queue when it has not come to that."""
        if self._place is None:
            return
        self._places.give_back(self._place)
        self._place = None
        self._done = None

    def _granted(self) -> None:
        done, self._done = self._done, None
        if done is not None:
            done()
