"""An event loop of asyncio whose time is that of a simulator's world.

Nothing sleeps: when no callback is ready, the world moves to the loop's next timer or to its own next event, whichever
comes first. `asyncio.sleep`, timeouts and everything else based on timers of the loop follow. The model is trio's
MockClock with ``autojump_threshold=0``.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import Any, Protocol, TypeVarTuple
from weakref import WeakKeyDictionary

from fakes.environment import END_OF_TIME_MICROSECONDS, MICROSECONDS, to_microseconds
from simulator.sessions.session import Session
from simulator.virtual_time.jumping_selector import JumpingSelector
from simulator.virtual_time.loop_clocks import clocks_of
from simulator.virtual_time.real_waits import RealWaits
from simulator.virtual_time.report import Limit, Wait
from simulator.virtual_time.session_time import SessionTime
from simulator.virtual_time.task_stacks import may_wait_for_connection, place_of

Arguments = TypeVarTuple("Arguments")


class HasFileno(Protocol):
    """A file or a socket."""

    def fileno(self) -> int:
        """Return its file descriptor."""
        ...


class VirtualEventLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time` is how long the world has run, in seconds.

    Timers are rounded to whole microseconds, which is how the world counts time. What happens in the world at the time
    of a timer happens before it. Running the loop raises `simulator.Deadlock` when nothing can wake its tasks any more,
    or they still wait after the limit.

    Args:
        session: The session whose world it moves. While the loop runs, nothing else may move that world by itself.
        session_time: The time of that world.
        limit: How long its tasks may wait altogether.
    """

    def __init__(self, session: Session, session_time: SessionTime, limit: Limit) -> None:
        self.session = session
        self._time = session_time
        self.limit = limit
        self._stepped_microseconds: WeakKeyDictionary[object, int] = WeakKeyDictionary()
        selector = JumpingSelector(session, self._time, self)
        super().__init__(selector)
        # A timer may be due half a microsecond early, because it was rounded, but never a whole one.
        self._clock_resolution = 0.6 / MICROSECONDS
        self.real_waits = RealWaits(session, selector.descriptors(), self._waits_for_connections)

    def time(self) -> float:
        return (self._time.now_microseconds() - self._time.start_microseconds) / MICROSECONDS

    def next_timer_microseconds(self) -> int | None:
        """When the next timer is due, in microseconds since 1970; None when none is before the end of time."""
        timers = self._timers()  # a selector only learns whether that is within a day
        if not timers:
            return None
        when_microseconds = self._time.start_microseconds + to_microseconds(timers[0].when())
        return when_microseconds if when_microseconds <= END_OF_TIME_MICROSECONDS else None

    def _timers(self) -> list[asyncio.TimerHandle]:
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]  # a heap
        return timers

    def waits(self) -> list[Wait]:
        """Return which tasks wait where: those of the client, or all if it has none."""
        places = {task: place_of(task.get_coro()) for task in asyncio.all_tasks(self)}
        has_own = any(is_own for _, is_own in places.values())
        now = self._time.now_microseconds()
        waits = [
            Wait(f"task {task.get_name()!r}", place, self._stepped_microseconds.get(task, now))
            for task, (place, is_own) in places.items()
            if is_own or not has_own
        ]
        return sorted(waits, key=lambda wait: (wait.since_microseconds, wait.who))

    def unfinished(self) -> list[str]:
        """Name the coroutines of the client's tasks that would go on; one that is being cancelled does not."""
        coroutines = [task.get_coro() for task in asyncio.all_tasks(self) if not task.cancelling()]
        return sorted(getattr(one, "__qualname__", str(one)) for one in coroutines if place_of(one)[1])

    def _waits_for_connections(self) -> bool:
        """Whether any task could be waiting for a connection; without tasks, callbacks could."""
        settled = {id(waiter) for waiter in self.real_waits.pending}
        for timer in self._timers():
            callback, arguments = timer._callback, timer._args  # type: ignore[attr-defined]  # noqa: SLF001  # a test holds it
            if not timer.cancelled():
                settled |= {id(getattr(callback, "__self__", None)), *map(id, arguments)}
        tasks = asyncio.all_tasks(self)
        return not tasks or any(may_wait_for_connection(task, settled) for task in tasks)

    def run_forever(self) -> None:
        self.real_waits.ignore_threads_of_now()
        with self.session.mover.exclusive("an event loop"), clocks_of(self._time):
            self.session.mover.virtual_wait = TaskWait(self, self._time)
            try:
                super().run_forever()
            finally:
                self.session.mover.virtual_wait = None

    def task_passed_over(self, until_microseconds: int) -> str:
        """Return the task that should go on before the world moves there; empty if none should."""
        me = asyncio.current_task(self)
        for task in asyncio.all_tasks(self) - {me}:
            if getattr(task, "_fut_waiter", None) is None:  # it does not wait, and has the next turn
                return f"task {task.get_name()!r}"
        end = (until_microseconds - self._time.start_microseconds) / MICROSECONDS
        is_due = any(not timer.cancelled() and timer.when() <= end for timer in self._timers())
        return "a task that waits for a time before that" if is_due else ""

    def call_soon(
        self, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None
    ) -> asyncio.Handle:
        task = getattr(callback, "__self__", None)
        if isinstance(task, asyncio.Task):  # its next step
            self._stepped_microseconds[task] = self._time.now_microseconds()
        return super().call_soon(callback, *args, context=context)

    def create_future(self) -> asyncio.Future[Any]:
        """Make a future. Waiting for that of a thread, or of a call over a socket, is a real wait."""
        future = super().create_future()
        caller = sys._getframe(1)  # noqa: SLF001  # documented; gRPC's calls are written in C and say nothing else
        if caller.f_code is asyncio.wrap_future.__code__:
            self.real_waits.begin_job(future)
        elif caller.f_globals.get("__name__", "").startswith("grpc.aio."):
            self.real_waits.begin(future, "a call over a socket")
            future.add_done_callback(self.real_waits.end)
        return future

    def add_reader(self, fd: int | HasFileno, callback: Callable[[*Arguments], object], *args: *Arguments) -> None:
        super().add_reader(fd, callback, *args)
        if _is_of_grpc(callback):  # it wakes the loop, whether or not calls are in progress
            self.real_waits.ignored_descriptors.add(_descriptor(fd))

    def remove_reader(self, fd: int | HasFileno) -> bool:
        self.real_waits.ignored_descriptors.discard(_descriptor(fd))
        return super().remove_reader(fd)

    async def subprocess_exec(self, *args: Any, **kwargs: Any) -> Any:
        started = await super().subprocess_exec(*args, **kwargs)
        self.real_waits.processes.add(started[0])
        return started

    async def subprocess_shell(self, *args: Any, **kwargs: Any) -> Any:
        started = await super().subprocess_shell(*args, **kwargs)
        self.real_waits.processes.add(started[0])
        return started

    async def shutdown_default_executor(self, *args: Any) -> None:
        self.real_waits.begin(self, "the end of an executor")
        try:
            await super().shutdown_default_executor(*args)
        finally:
            self.real_waits.end(self)


class TaskWait:
    """Lets a task move the world of its loop, unless that would skip other tasks, which can't run meanwhile.

    Args:
        loop: The loop.
        session_time: Moves the world.
    """

    def __init__(self, loop: VirtualEventLoop, session_time: SessionTime) -> None:
        self._loop = loop
        self._time = session_time

    def applies(self) -> bool:
        return asyncio._get_running_loop() is self._loop  # noqa: SLF001  # documented; the other one raises

    def wait(self, until_microseconds: int, *, only_to_next: bool = False) -> None:
        environment = self._loop.session.world.environment
        if only_to_next:
            until_microseconds = int(min(until_microseconds, environment.peek()))
        passed_over = self._loop.task_passed_over(until_microseconds)
        if passed_over:
            raise RuntimeError(
                f"the simulator was told to let time pass inside a coroutine, where {passed_over} can't run meanwhile;"
                " expected 'await asyncio.sleep(...)', which lets other tasks go on"
            )
        with self._loop.session:
            environment.advance_to(max(until_microseconds, environment.now_microseconds))


def _descriptor(file: int | HasFileno) -> int:
    return file if isinstance(file, int) else file.fileno()


def _is_of_grpc(callback: object) -> bool:
    function = callback.func if isinstance(callback, partial) else callback
    return type(getattr(function, "__self__", None)).__module__.startswith("grpc.")
