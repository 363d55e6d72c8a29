"""How the threads of a client wait and read the time."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from fakes.environment import MICROSECONDS, to_microseconds
from simulator.virtual_time.callers import REAL_THREADS, Callers, module_of
from simulator.virtual_time.client_thread import ClientThread
from simulator.virtual_time.clocks import Time, spin_microseconds
from simulator.virtual_time.thread_scheduler import ThreadScheduler


class VirtualWaits:
    """How threads wait and read the time; threads whose waits are not virtual do so as usual.

    Args:
        scheduler: The threads of the client.
        callers: Decides whose waits are virtual.
        world_time: The time that they wait by.
    """

    def __init__(self, scheduler: ThreadScheduler, callers: Callers, world_time: Time) -> None:
        self.scheduler = scheduler
        self._callers = callers
        self._time = world_time
        self._real_sleep: Callable[[Any], None] = time.sleep
        self._real_start, self._real_join = threading.Thread.start, threading.Thread.join

    def waiting(self) -> ClientThread | None:
        """The current thread, if the waits of the caller of this function's caller are virtual."""
        me = self.scheduler.current()
        return me if me is not None and self._callers.are_virtual(sys._getframe(1)) else None  # noqa: SLF001  # who waits is told by the stack

    def wait_until(
        self,
        me: ClientThread,
        token: object,
        timeout_seconds: float | None,
        is_done: Callable[[], bool],
        really_wait: Callable[[float | None], Any],
    ) -> bool:
        """Wait virtually.

        Args:
            me: The thread that calls.
            token: What it waits for.
            timeout_seconds: For how long at most; None means for ever.
            is_done: Returns whether it need not wait any more; what it waits for is then its own.
            really_wait: Waits for the rest of the time, once waits are real again.

        Returns:
            Whether it was done in time.
        """
        scheduler = self.scheduler
        me.spin_count = 0
        due_microseconds = None
        if timeout_seconds is not None and timeout_seconds < threading.TIMEOUT_MAX:
            # Less than a microsecond would be no time, and a loop of such waits would never end.
            waited_microseconds = max(math.ceil(timeout_seconds > 0), to_microseconds(timeout_seconds))
            due_microseconds = scheduler.now_microseconds() + waited_microseconds
        while not is_done():
            left_microseconds = None if due_microseconds is None else due_microseconds - scheduler.now_microseconds()
            if left_microseconds is not None and left_microseconds <= 0:
                return False
            if scheduler.is_over:
                return bool(really_wait(None if left_microseconds is None else left_microseconds / MICROSECONDS))
            if scheduler.wait(me, token, due_microseconds, is_done):
                return True
        return True

    def sleep(self, seconds: float, /) -> None:
        """As `time.sleep`."""
        me = self.waiting()
        if me is None or not 0 <= seconds < threading.TIMEOUT_MAX:  # it raises the proper error
            self._real_sleep(seconds)
        elif seconds == 0:
            self._spin(me)
            self.scheduler.wait(me, None, self.scheduler.now_microseconds())
        else:
            self.wait_until(me, None, seconds, lambda: False, self._real_sleep)

    def _spin(self, me: ClientThread) -> None:
        """Let some time pass for a thread that polls the clock, which would otherwise never move."""
        me.spin_count += 1
        took_microseconds = spin_microseconds(me.spin_count)
        if took_microseconds:
            self.scheduler.wait(me, None, self.scheduler.now_microseconds() + took_microseconds)

    def time_of_caller(self) -> Time | None:
        me = self.waiting()
        if me is None:
            return None
        self._spin(me)
        return self._time

    def would_loop(self) -> bool:
        """Whether the code that wants an event loop, of asyncio or of a simulator, waits virtually."""
        frame = sys._getframe(1)  # noqa: SLF001  # as above
        while frame.f_back is not None and module_of(frame).partition(".")[0] in ("asyncio", "simulator"):
            frame = frame.f_back
        return self.scheduler.current() is not None and self._callers.are_virtual(frame)

    def require_no_event_loop(self) -> None:
        """Refuse to make an event loop for a caller that waits virtually, because the loop would really wait.

        Raises:
            RuntimeError: the caller waits virtually.
        """
        if self.would_loop():
            raise RuntimeError(
                "an event loop would really wait inside virtual_sleep(), which is for threads; use sim.run(main) in"
                " place of asyncio.run(main), outside of virtual_sleep(). For a test that is no coroutine,"
                " @pytest.mark.pds_simulator(virtual_time=True) enters it: 'async def' the test. Where it is to"
                " wait in real time, name the modules whose waiting is virtual: virtual_sleep(modules=[...])"
            )

    def start(self, thread: threading.Thread) -> None:
        """Replaces `threading.Thread.start`: a thread that the client starts is one of the client's."""
        me = self.waiting()
        is_new = thread.ident is None  # otherwise, `threading` raises the proper error
        if me is None or not is_new or thread.name.endswith(REAL_THREADS):
            jobs = self._callers.jobs_of(thread, sys._getframe(1))  # noqa: SLF001  # as above
            if is_new and jobs is not None and self.scheduler.current() is not None:
                self.scheduler.add_jobs(thread, jobs)
            self._real_start(thread)
            return
        child = self.scheduler.add(thread)
        run = thread.run

        def run_in_turn() -> None:
            del thread.run  # uncovers that of the class
            self.scheduler.run(child, run)

        thread.run = run_in_turn  # type: ignore[method-assign]
        is_daemon: bool = thread.daemon
        thread._daemonic = True  # type: ignore[attr-defined]  # noqa: SLF001  # or one that never ends would hold the process up
        me.really_waits = True  # until the thread is alive, without waiting for its turn
        try:
            self._real_start(thread)
        except BaseException:
            self.scheduler.forget(child)
            raise
        finally:
            me.really_waits = False
            thread._daemonic = is_daemon  # type: ignore[attr-defined]  # noqa: SLF001  # as the client sees it

    def join(self, thread: threading.Thread, timeout: float | None = None) -> None:
        """Replaces `threading.Thread.join`."""
        me = (
            self.scheduler.current()
        )  # even if the caller is not virtual: the other thread gets its turn only when this one waits
        child = None if me is None else self.scheduler.find(thread)
        if me is None or child is None or child is me:
            self._real_join(thread, timeout)
        elif self.wait_until(
            me, child, timeout, lambda: self.scheduler.find(thread) is None, lambda left: self._real_join(thread, left)
        ):
            self._real_join(thread)  # the thread has nothing left to do but end
