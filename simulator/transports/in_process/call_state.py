"""The state of a call, which both its ends know: who waits for the answer and for how long, and how it ended."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, cast

import grpc

from fakes.environment import MICROSECONDS, to_microseconds
from simulator.sessions.call_log import Metadata
from simulator.sessions.holds import Hold
from simulator.sessions.session import DEADLINE_GRACE_SECONDS, Session

LOCALLY_CANCELLED = "Locally cancelled by application!"
DEADLINE_EXCEEDED = "Deadline Exceeded"
TIMEOUT_SECONDS_MAX = 7e9
"""gRPC can't count further; it then says that the deadline has passed."""

_logger = logging.getLogger(__name__)


class Ended(Exception):
    """A call has ended with a status other than OK.

    Args:
        code: Of the status.
        details: What the status says.
        trailing_metadata: What came with it.
        initial_metadata: What came before it.
        is_local: Whether it never came to the services; gRPC then tells no cause.
        is_cancelled: Whether the client has given up.
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
    """A call in progress, then its end; the first end that it comes to holds.

    In virtual time a deadline passes only while a rule holds the call up. On the wall clock it passes by itself.

    Args:
        timeout_seconds: How long the client waits; None means for ever.
        session: Whom the call is for, and in whose time.
        metadata: What the client sent along.
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
        """What is left of a call that has failed: how."""
        state = cls(None, cast(Session, None), ())  # whose time it is does not matter any more
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

    def patience_seconds(self) -> float | None:
        """How long to wait for what may never come: in virtual time, nobody waits for a deadline."""
        is_virtual = self.timeout_seconds is not None and self._expires_at is None
        return 0.0 if is_virtual else self.remaining_seconds()

    def hold_up(self, hold: Hold, grace_seconds: float | None = None) -> None:
        """A rule holds the call up, until its time has come, the deadline has passed or the client has cancelled.

        Args:
            hold: What holds it up.
            grace_seconds: How long, in real time, to leave virtual time alone before the deadline passes in it; None
                means for ever.
        """
        self.hold = hold
        if not self.when_done(hold.client_gone):
            hold.client_gone()
        timeouts: list[tuple[float | None, Callable[[], object]]]
        if hold.deadline_microseconds is not None:
            timeouts = [(grace_seconds, hold.expire)]
        else:
            timeouts = [(self.remaining_seconds(), self.expire), (hold.timeout_seconds, hold.expire)]
        given = [(seconds, end) for seconds, end in timeouts if seconds is not None]
        if given:
            first = min(given, key=lambda timeout: timeout[0])
            threading.Thread(target=_end_in_time, args=(hold, *first), name="pds-simulator-hold", daemon=True).start()

    def pass_deadline(self) -> None:
        """In virtual time, let the time pass until the deadline."""
        remaining_seconds = self.remaining_seconds()
        if self._expires_at is None and remaining_seconds is not None:
            with self.session as world:
                environment = world.environment
                environment.advance_to(environment.now_microseconds + to_microseconds(remaining_seconds))

    def await_end(self, timeout_seconds: float | None = None) -> bool:
        """Wait until the call has ended; False when it has not in time.

        In virtual time, deadlines pass at once. Threads other than the main one hardly call alone: for them, deadlines
        pass once the others have made their calls, too.
        """
        while self.code is None and (hold := self.hold) is not None and hold.deadline_microseconds is not None:
            is_alone = threading.current_thread() is threading.main_thread()
            if not is_alone and self._await_end(DEADLINE_GRACE_SECONDS):
                return True
            # Deadlines of other held calls may come first, and after this one the call may be held up again.
            if hold.expire() and hold is self.hold:
                break
        return self._await_end(timeout_seconds)

    def _await_end(self, timeout_seconds: float | None) -> bool:
        with self._lock:
            if self.code is not None:
                return True
            if self._over is None:
                self._over = threading.Event()
        return self._over.wait(timeout_seconds)

    def succeed(self, response: Any) -> None:
        """The answer has come."""
        self._end(grpc.StatusCode.OK, response, None)

    def fail(self, failure: Ended) -> bool:
        """The call ends with another status than OK; False when it has ended before."""
        return self._end(failure.code, None, failure)

    def expire(self) -> None:
        """The deadline has passed."""
        self.fail(Ended(grpc.StatusCode.DEADLINE_EXCEEDED, DEADLINE_EXCEEDED))

    def cancel(self, details: str = LOCALLY_CANCELLED) -> bool:
        """The client gives up; False when the call has ended before."""
        return self.code is None and self.fail(Ended(grpc.StatusCode.CANCELLED, details, is_cancelled=True))

    def when_done(self, callback: Callable[[], None]) -> bool:
        """Call *callback* when the call ends; False when it has ended before, and nothing is called."""
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
            except Exception:  # as gRPC does: who is told must not keep others from being told
                _logger.exception("%r failed, which was to be called at the end of a call", callback)
        return True


def _end_in_time(hold: Hold, seconds: float, end: Callable[[], object]) -> None:
    over = threading.Event()
    hold.when_over(over.set)
    while not over.wait(seconds):
        end()
