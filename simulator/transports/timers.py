"""Calls functions later, in real time, even if a test has frozen the clock."""

from __future__ import annotations

import logging
import sched
import threading
from collections.abc import Callable

from simulator.sessions.real_time import read_elapsed_seconds

_logger = logging.getLogger(__name__)


class Timers:
    """Calls functions when their time has come, from one thread, which starts with the first of them."""

    def __init__(self) -> None:
        self._changed = threading.Event()
        # It never sleeps by itself, because a new event may be due before those that it knows.
        self._scheduler = sched.scheduler(read_elapsed_seconds)
        self._thread: threading.Thread | None = None
        self._stopped = False

    def call_after(self, seconds: float, function: Callable[[], object]) -> Callable[[], None]:
        """Call *function* after so many seconds.

        Returns:
            A function that prevents it; it does nothing if *function* was already called.
        """
        event = self._scheduler.enter(seconds, 0, _call, (function,))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="pds-simulator-timers", daemon=True)
            self._thread.start()
        self._changed.set()

        def cancel() -> None:
            try:
                self._scheduler.cancel(event)
            except ValueError:  # it has been called
                return

        return cancel

    def stop(self) -> None:
        """Call no more functions."""
        self._stopped = True
        self._changed.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped:
            # Cleared first, so that anything that comes later is seen now or ends the wait.
            self._changed.clear()
            seconds = self._scheduler.run(blocking=False)
            self._changed.wait(None if seconds is None else min(seconds, threading.TIMEOUT_MAX))


def _call(function: Callable[[], object]) -> None:
    try:
        function()
    except Exception:  # the others still have to be called
        _logger.exception("%r failed, which was to be called later", function)
