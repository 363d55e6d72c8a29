"""Keeps a world on the wall clock moving while it is watched.

Without a watcher there is no need for that: each call brings the world up to date.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from simulator.sessions.session import Session

WAIT_SECONDS_MAX = 1.0
"""How soon a change of the clock is noticed, such as a new speed."""
WAIT_SECONDS_MIN = 0.01
"""The shortest wait; without it, the pacer would spin if the wall clock stands still, as under freezegun."""


class Pacer:
    """Brings the world of a session up to date whenever an event is due, in a ``with`` statement.

    Args:
        session: The session; while only calls move its world, there is nothing to do.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._stopped = False
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pds-simulator-pacer", daemon=True)

    def __enter__(self) -> Self:
        self._unsubscribe = self._session.subscribe(lambda _sequence, _event: self._woken.set())
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._unsubscribe()
        self._stopped = True
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            # Cleared first, so that anything that happens from here on, even by this thread, ends the wait once.
            self._woken.clear()
            if self._stopped:
                return
            with self._session as world:
                wait_seconds = self._session.clock.wait_seconds(world)
            self._woken.wait(min(max(wait_seconds, WAIT_SECONDS_MIN), WAIT_SECONDS_MAX))
