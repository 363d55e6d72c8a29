"""The state of a call, shared by both its ends: how long the client waits, and how it ended."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, cast

import grpc

from fakes.environment import MICROSECONDS, to_microseconds
from simulator.sessions.call_record import Metadata
from simulator.sessions.holds import Hold
from simulator.sessions.session import DEADLINE_GRACE_SECONDS, Session

LOCALLY_CANCELLED = "Locally cancelled by application!"
DEADLINE_EXCEEDED = "Deadline Exceeded"
TIMEOUT_SECONDS_MAX = 7e9
"""The longest timeout of gRPC; with longer ones, it says that the deadline has passed."""

_logger = logging.getLogger(__name__)


class Ended(Exception):
    """A call has ended with a status other than OK.

    Args:
        code: The code of the status.
        details: What the status says.
        trailing_metadata: The metadata that came with it.
        initial_metadata: The metadata that came before it.
        is_local: Whether it never reached the services; gRPC then shows no cause.
        is_cancelled: Whether the client has cancelled it.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        details: str,
        trailing_metadata: Metadata = (),
        initial_metadata: Metadata = (),
        *,
        is_local: bool = False,
        is_cancelled: bool = False,
    ) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details
        self.trailing_metadata = trailing_metadata
        self.initial_metadata = initial_metadata
        told = f"{code.name}:{details}" if details else code.name
        self.debug_error_string = None if is_local else told
        self.is_cancelled = is_cancelled


class CallState:
    """A call in progress, and then how it ended; only the first end counts.

    In virtual time a deadline passes only while a rule holds the call up. On the wall clock it passes by itself.

    Args:
        timeout_seconds: How long the client waits; None means for ever.
        session: The session that the call is for.
        metadata: The metadata of the client.
    """

    __slots__ = (
        "_callbacks",
        "_expires_at",
        "_lock",
        "_over",
        "_started_microseconds",
        "code",
        "failure",
        "hold",
        "initial_metadata",
        "metadata",
        "response",
        "session",
        "timeout_seconds",
        "trailing_metadata",
    )

    def __init__(self, timeout_seconds: float | None, session: Session, metadata: Metadata) -> None:
        self.timeout_seconds = timeout_seconds
        self.session = session
        self.metadata = metadata
        self.code: grpc.StatusCode | None = None
        self.failure: Ended | None = None
        self.hold: Hold | None = None
        self.response: Any = None
        self.initial_metadata: Metadata = ()
        self.trailing_metadata: Metadata = ()
        self._lock = threading.Lock()
        self._over: threading.Event | None = None
        self._callbacks: list[Callable[[], None]] | None = None
        self._expires_at: float | None = None
        if timeout_seconds is not None:
            self._set_deadline(timeout_seconds)

    @classmethod
    def of_failure(cls, failure: Ended, initial_metadata: Metadata) -> CallState:
        """Make the state of a call that has failed."""
        state = cls(None, cast(Session, None), ())  # the session no longer matters
        state.initial_metadata = initial_metadata
        state.fail(failure)
        return state

    def _set_deadline(self, timeout_seconds: float) -> None:
        if self.session.clock.is_virtual:
            self._started_microseconds = self.session.world.environment.now_microseconds
        else:
            self._expires_at = time.monotonic() + timeout_seconds
        if not 0 < timeout_seconds <= TIMEOUT_SECONDS_MAX:
            self.expire()

    def is_waiting(self) -> bool:
        if self._expires_at is not None and self.code is None and time.monotonic() >= self._expires_at:
            self.expire()
        return self.code is None

    def remaining_seconds(self) -> float | None:
        if self.timeout_seconds is None:
            return None
        if self.code is grpc.StatusCode.DEADLINE_EXCEEDED:
            return 0.0
        if self._expires_at is not None:
            return max(0.0, self._expires_at - time.monotonic())
        passed_microseconds = self.session.world.environment.now_microseconds - self._started_microseconds
        return max(0.0, self.timeout_seconds - passed_microseconds / MICROSECONDS)

    def take(self, coming: queue.SimpleQueue[Any]) -> Any:
        """Wait for the next item, which may be None.

        In virtual time nothing waits: the time moves to the deadline. If something else moves the time, the wait itself
        takes virtual time.

        Raises:
            Ended: the deadline has passed meanwhile.
        """
        is_virtual = self.timeout_seconds is not None and self._expires_at is None
        try:
            patience_seconds = 0.0 if is_virtual and not self.session.mover.is_other() else self.remaining_seconds()
            return coming.get(timeout=patience_seconds)
        except queue.Empty:
            if is_virtual:
                with self.session as world:
                    environment = world.environment
                    remaining_microseconds = to_microseconds(self.remaining_seconds() or 0.0)
                    environment.advance_to(environment.now_microseconds + remaining_microseconds)
            raise Ended(grpc.StatusCode.DEADLINE_EXCEEDED, DEADLINE_EXCEEDED) from None

    def hold_up(self, hold: Hold, grace_seconds: float | None = None) -> None:
        """Hold the call up for a rule, until its time has come, the deadline has passed or the client has cancelled.

        Args:
            hold: The hold.
            grace_seconds: How long, in real time, to leave virtual time alone before the deadline passes in it; None
                means for ever.
        """
        self.hold = hold
        if not self.when_done(hold.client_gone):
            hold.client_gone()
        timeouts: list[tuple[float | None, Callable[[], object]]]
        if hold.deadline_microseconds is not None:
            timeouts = [] if self.session.mover.waits_are_virtual else [(grace_seconds, hold.expire)]
        else:
            timeouts = [(self.remaining_seconds(), self.expire), (hold.timeout_seconds, hold.expire)]
        given = [(seconds, end) for seconds, end in timeouts if seconds is not None]
        if given:
            first = min(given, key=lambda timeout: timeout[0])
            threading.Thread(target=_end_in_time, args=(hold, *first), name="pds-simulator-hold", daemon=True).start()

    def await_end(self, timeout_seconds: float | None = None) -> bool:
        """Wait until the call has ended; False when it has not in time.

        In virtual time, deadlines pass at once, unless something else moves the time. Threads other than the main one
        are rarely alone: for them, deadlines pass after a grace period, in which the others make their calls, too.
        """
        while self.code is None and (hold := self.hold) is not None and hold.deadline_microseconds is not None:
            if self.session.mover.waits_are_virtual:
                break
            is_alone = threading.current_thread() is threading.main_thread() and not self.session.mover.is_other()
            if not is_alone and self._await_end(DEADLINE_GRACE_SECONDS):
                return True
            # Deadlines of other held calls may come first, and after this one the call may be held up again.
            if hold.expire() and hold is self.hold:
                break
        if self.hold is not None:
            self.hold.is_awaited = timeout_seconds is None
        return self._await_end(timeout_seconds)

    def _await_end(self, timeout_seconds: float | None) -> bool:
        with self._lock:
            if self.code is not None:
                return True
            if self._over is None:
                self._over = threading.Event()
        return self._over.wait(timeout_seconds)

    def succeed(self, response: Any) -> None:
        """End the call with an answer."""
        self._end(grpc.StatusCode.OK, response, None)

    def fail(self, failure: Ended) -> bool:
        """End the call with a status other than OK; False when it has already ended."""
        return self._end(failure.code, None, failure)

    def expire(self) -> None:
        """End the call, because its deadline has passed."""
        self.fail(Ended(grpc.StatusCode.DEADLINE_EXCEEDED, DEADLINE_EXCEEDED))

    def cancel(self, details: str = LOCALLY_CANCELLED) -> bool:
        """Cancel the call for the client; False when it has already ended."""
        return self.code is None and self.fail(Ended(grpc.StatusCode.CANCELLED, details, is_cancelled=True))

    def when_done(self, callback: Callable[[], None]) -> bool:
        """Call *callback* when the call ends; False, without a call, when it has already ended."""
        with self._lock:
            if self.code is not None:
                return False
            self._callbacks = [*(self._callbacks or ()), callback]
            return True

    def _end(self, code: grpc.StatusCode, response: Any, failure: Ended | None) -> bool:
        with self._lock:
            if self.code is not None:
                return False
            self.response = response
            self.failure = failure
            if failure is not None:
                self.trailing_metadata = failure.trailing_metadata
                self.initial_metadata = failure.initial_metadata or self.initial_metadata
            self.code = code
        if self._over is not None:
            self._over.set()
        for callback in self._callbacks or ():
            try:
                callback()
            except Exception:  # as gRPC does: a failing callback must not stop the others
                _logger.exception("%r failed, which was to be called at the end of a call", callback)
        return True


def _end_in_time(hold: Hold, seconds: float, end: Callable[[], object]) -> None:
    over = threading.Event()
    hold.when_over(over.set)
    while not over.wait(seconds):
        end()
