"""Run coroutines in the time of a simulator's world."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import closing, nullcontext
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from simulator.sessions.mover import ANOTHER_SIMULATOR, already_moved
from simulator.sessions.session import Session
from simulator.virtual_time.clocks import VirtualClock
from simulator.virtual_time.event_loop import VirtualEventLoop
from simulator.virtual_time.loop_clocks import clocks_of
from simulator.virtual_time.report import LIMIT_SECONDS, Limit
from simulator.virtual_time.session_time import SessionTime
from simulator.virtual_time.thread_waits import VirtualWaits

Result = TypeVar("Result")


class AsyncioTime:
    """The methods of a simulator for clients on asyncio."""

    _session: Session

    def run(
        self,
        main: Coroutine[Any, Any, Result] | Callable[[], Coroutine[Any, Any, Result]],
        *,
        limit: float | timedelta = LIMIT_SECONDS,
    ) -> Result:
        """Run a coroutine as `asyncio.run` does, in its own `event_loop`.

        Args:
            main: The coroutine, or a function that returns it.
            limit: How long that may take, in seconds of virtual time; it ends a client that polls for ever.

        Returns:
            What the coroutine returns.

        Raises:
            Deadlock: nothing can wake the tasks any more, or they still wait after the limit.
            TypeError: it is not a coroutine.
            RuntimeError: an event loop already runs, in this thread or in the time of this world; or the thread waits
                in the time of another world.
        """
        __tracebackhide__ = True
        # Close a coroutine that is not run, or Python complains that it was never awaited.
        with closing(main) if asyncio.iscoroutine(main) else nullcontext():
            _require_no_running_loop()
            _require_no_other_time(self._session, "sim.run()")
            session_time = SessionTime(self._session)
            ending = Limit(limit, session_time.now_microseconds())
            make_loop = partial(VirtualEventLoop, self._session, session_time, ending)
            with self._session.mover.exclusive("sim.run()"):
                """Nothing else moves it."""
            coroutine = main() if callable(main) else main
            if not asyncio.iscoroutine(coroutine):
                raise TypeError(f"main is {coroutine!r}; expected a coroutine, or a function that gives one")
            if not self._session.clock.is_virtual:
                return asyncio.run(coroutine)
            with clocks_of(session_time), asyncio.Runner(loop_factory=make_loop) as runner:
                result = runner.run(coroutine)
                loop = runner.get_loop()
                assert isinstance(loop, VirtualEventLoop)
                self._session.unfinished_tasks += loop.unfinished()
                return result

    def event_loop(self, *, limit: float | timedelta = LIMIT_SECONDS) -> asyncio.AbstractEventLoop:
        """Make an event loop whose waiting takes virtual time: ``asyncio.Runner(loop_factory=sim.event_loop)``.

        When every task waits, the world moves to the next timer or event, but not while the loop really waits: for a
        thread, a process or a connection. Where the wall clock moves the world, this is an ordinary event loop.

        Args:
            limit: As for `run`.

        Raises:
            RuntimeError: the thread waits in the time of another world.
        """
        _require_no_other_time(self._session, "an event loop")
        if not self._session.clock.is_virtual:
            return asyncio.new_event_loop()
        session_time = SessionTime(self._session)
        return VirtualEventLoop(self._session, session_time, Limit(limit, session_time.now_microseconds()))


def _require_no_other_time(session: Session, mover: str) -> None:
    """Refuse an event loop that would move the world of *session* where the thread waits in the time of another.

    Raises:
        RuntimeError: it does.
    """
    waits = time.monotonic.source if isinstance(time.monotonic, VirtualClock) else None
    if isinstance(waits, VirtualWaits) and waits.would_loop() and not session.mover.waits_are_virtual:
        raise already_moved(mover, "virtual_sleep()", ANOTHER_SIMULATOR)


def _require_no_running_loop() -> None:
    """Refuse to run a coroutine inside another.

    Raises:
        RuntimeError: an event loop runs in this thread.
    """
    loop = asyncio._get_running_loop()  # noqa: SLF001  # documented; `asyncio.get_running_loop` raises where there is none
    if loop is None:
        return
    where = "which takes virtual time already" if isinstance(loop, VirtualEventLoop) else "which takes real time"
    raise RuntimeError(
        f"sim.run() is called inside an event loop, {where}; 'await' the coroutine there. For a test to take virtual"
        " time, mark it with @pytest.mark.pds_simulator(virtual_time=True), or call sim.run() from an ordinary function"
    )
