"""Waits for a condition: virtual time passes event by event, or the wall clock goes on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, overload

from fakes import Phase, Restore
from fakes.printable import printable
from simulator.api import restore_pb2
from simulator.sessions.call_checks import require_calls
from simulator.sessions.call_log import CallLog
from simulator.sessions.call_record import CallRecord
from simulator.sessions.real_time import wait_until
from simulator.sessions.time_control import duration_microseconds, to_phase, uid_of

VIRTUAL_LIMIT_SECONDS = 1_800.0
"""How much virtual time passes at most, by default."""
WALL_LIMIT_SECONDS = 10.0
"""How long to wait on the wall clock, by default."""
SHOWN_MAX = 5
"""How many restores a message shows."""


class Waiting(ABC):
    """The waiting methods of a simulator, local or remote.

    A limit is in seconds: of virtual time, or on the wall clock of real time. Left out, it is half an hour of virtual
    time, or ten real seconds.
    """

    @property
    @abstractmethod
    def now(self) -> datetime:
        """The time in the world, in UTC."""

    @property
    @abstractmethod
    def world(self) -> Any:
        """What exists now."""

    @property
    @abstractmethod
    def calls(self) -> CallLog:
        """The calls that clients have made."""

    @property
    @abstractmethod
    def _start(self) -> datetime:
        """When the world was started."""

    @property
    @abstractmethod
    def _is_virtual(self) -> bool:
        """Whether time passes only when it is moved; on the wall clock it passes by itself."""

    @abstractmethod
    def _move_on(self, end: datetime) -> str:
        """Move to the next event, or to *end*; if not to the event, return why."""

    @abstractmethod
    def advance_until_phase(
        self, restore: str | Restore | restore_pb2.Restore, phase: Phase | str | int, limit: float | timedelta
    ) -> Restore:
        """Move on until a restore is in a phase, in virtual time."""

    @property
    def elapsed(self) -> timedelta:
        """How much time has passed in the world since it started."""
        return self.now - self._start

    @overload
    def advance_until(
        self,
        restore: str | Restore | restore_pb2.Restore,
        phase: Phase | str | int,
        limit: float | timedelta | None = None,
    ) -> Restore: ...
    @overload
    def advance_until(self, restore: Callable[[], object], *, limit: float | timedelta | None = None) -> None: ...
    def advance_until(
        self, restore: Any, phase: Phase | str | int | None = None, limit: float | timedelta | None = None
    ) -> Restore | None:
        """Let time pass until a restore is in a phase, or until a function returns something true.

        Args:
            restore: The answer of a call, or its uid, or its name where only one has it; or a function, which is called
                after each event.
            phase: The phase, by value, name or number. On the wall clock, the restore may have passed it.
            limit: How long that may take, in seconds: virtual ones, or real ones on the wall clock.

        Raises:
            TimeoutError: it did not happen, or can't; the message says where things stand.
            UnknownEntity: the restore is unknown.
            ValueError: the phase is unknown.

        Example:
            >>> from simulator import Simulator
            >>> with Simulator(listen=False) as sim:
            ...     sim.advance_until(lambda: not any(restore.is_live for restore in sim.world.restores.values()))
        """
        __tracebackhide__ = True
        if phase is None and callable(restore):
            self._wait(restore, f"{getattr(restore, '__qualname__', restore)!s} did not become true", limit)
            return None
        uid_of(restore)  # is told first, because a function needs no phase
        wanted = to_phase(phase)
        if self._is_virtual:
            return self.advance_until_phase(restore, wanted, VIRTUAL_LIMIT_SECONDS if limit is None else limit)
        return self._wait_for_phase(restore, wanted, limit)

    def _wait_for_phase(self, restore: Any, phase: Phase, limit: float | timedelta | None) -> Restore:
        """Wait until the restore has reached or passed a phase, while others move the time."""
        __tracebackhide__ = True
        first: Restore = self.world.restores[uid_of(restore)]

        def has_been() -> bool:
            return phase in {status.phase for status in self.world.restores[first.uid].statuses}

        is_not = f"{first.name!r} is not {phase.name}"
        self._wait(lambda: has_been() or not self.world.restores[first.uid].is_live, is_not, limit)
        if not has_been():
            raise TimeoutError(f"{first.name!r} can't come to {phase.name} any more; {self._seen()}")
        found: Restore = self.world.restores[first.uid]
        return found

    def advance_until_calls(
        self, method: str, count: int = 1, *, code: str | None = None, limit: float | timedelta | None = None
    ) -> Sequence[CallRecord]:
        """Let time pass until clients have made calls of a method.

        For clients whose waiting is virtual, and for those that wait for the world. For a client that waits in real
        time, in another thread or process, use ``calls.wait_for``, which leaves the virtual time alone.

        Args:
            method: Name of the method, such as ``"GetRestore"``.
            count: How many calls to wait for, counted from the start.
            code: Only calls that ended with this status code count, such as ``"UNAVAILABLE"``.
            limit: As for `advance_until`.

        Returns:
            The calls so far.

        Raises:
            TimeoutError: there were fewer; the message says which calls there were.
            TypeError: the count is not a whole number.
            ValueError: the method or code is unknown.
        """
        __tracebackhide__ = True
        require_calls(method, count, code)
        wanted = f"{method} was not called {count} times" + (f" with {code}" if code else "")
        self._wait(lambda: len(self.calls.of(method, code=code)) >= count, wanted, limit)
        return self.calls.of(method, code=code)

    def _wait(self, is_so: Callable[[], object], what_is_not: str, limit: float | timedelta | None) -> None:
        __tracebackhide__ = True
        default_seconds = VIRTUAL_LIMIT_SECONDS if self._is_virtual else WALL_LIMIT_SECONDS
        limit_microseconds = duration_microseconds("limit", default_seconds if limit is None else limit)
        if not self._is_virtual:
            if not wait_until(is_so, limit_microseconds / 1e6):
                raise TimeoutError(f"{what_is_not} within {limit_microseconds / 1e6:g} real seconds; {self._seen()}")
            return
        end = self.now + timedelta(microseconds=limit_microseconds)
        why_not = ""
        while not is_so():
            if why_not:
                seconds = f"{limit_microseconds / 1e6:g} s of virtual time"
                raise TimeoutError(f"{what_is_not} within {seconds}: {why_not}; {self._seen()}")
            why_not = self._move_on(end)

    def _seen(self) -> str:
        """Where things stand."""
        live = [restore for restore in self.world.restores.values() if restore.is_live]
        told = [f"{printable(restore.name)!r} is {restore.status.phase.name}" for restore in live[:SHOWN_MAX]]
        more = [f"{len(live) - SHOWN_MAX} more restores are live"] if len(live) > SHOWN_MAX else []
        restores = ", ".join([*told, *more]) or "no restore is live"
        return f"{restores}; {self.calls.summary()}"
