"""Lets trio's tasks wait in virtual time: ``trio.run(main, clock=TrioClock(sim))``.

It jumps where trio's own MockClock would, but not over what happens in the world, and not while a task waits for a
socket, a process or a thread. trio must be installed; nothing else imports this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from weakref import WeakKeyDictionary

import trio
from trio.abc import Clock, Instrument
from trio.lowlevel import Task

from fakes.environment import END_OF_TIME_MICROSECONDS, MICROSECONDS, to_microseconds
from simulator.sessions.control import SessionControl
from simulator.virtual_time.loop_clocks import clocks_of
from simulator.virtual_time.report import Wait
from simulator.virtual_time.session_time import SessionTime
from simulator.virtual_time.task_stacks import place_of

POLL_SECONDS = 0.005
"""How often, in real time, trio checks whether the world has moved while it really waits."""

OWN_READERS_COUNT = 1
"""Tasks of trio itself that wait for a socket: the one that threads wake it by."""


class TrioClock(Clock, Instrument):
    """A clock of trio: its time is how long the world of a simulator has run; it moves the world when all tasks wait.

    When nothing can wake them any more, they are cancelled, and `trio.run` raises `trio.Cancelled` with a reason that
    says who has waited where, since when, and what the world holds.

    Args:
        simulator: A `simulator.Simulator`.

    Raises:
        ValueError: the simulator runs on the wall clock.
    """

    def __init__(self, simulator: SessionControl) -> None:
        if not simulator.session.clock.is_virtual:
            raise ValueError("the simulator runs with clock='wall'; expected 'manual' or 'on_poll'")
        self._session = simulator.session
        self._time = SessionTime(simulator.session)
        self._is_idle = False
        self._stepped_microseconds: WeakKeyDictionary[Task, int] = WeakKeyDictionary()
        self._running = ExitStack()

    def start_clock(self) -> None:
        self._running.enter_context(self._session.mover.exclusive("trio"))
        self._running.enter_context(clocks_of(self._time))
        trio.lowlevel.add_instrument(self)

    def after_run(self) -> None:
        self._running.close()

    def before_task_step(self, task: Task) -> None:
        self._is_idle = False
        self._stepped_microseconds[task] = self._time.now_microseconds()

    def current_time(self) -> float:
        return (self._time.now_microseconds() - self._time.start_microseconds) / MICROSECONDS

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """Move the world, if trio has found nothing to do since this was last asked."""
        if not self._is_idle:
            self._is_idle = True
            return 0
        if _really_waits():
            return POLL_SECONDS
        until_microseconds = self._time.start_microseconds + to_microseconds(deadline)
        if not self._time.move(until_microseconds if until_microseconds <= END_OF_TIME_MICROSECONDS else None):
            self._give_up()
        return 0

    def _give_up(self) -> None:
        root = trio.lowlevel.current_root_task()
        assert root is not None
        nursery = root.child_nurseries[-1]  # those of the main task; the ones before are trio's own
        deadlock = self._time.deadlock(self._waits(nursery))
        if nursery.cancel_scope.cancel_called:  # and a cancelled task waits again
            raise deadlock
        nursery.cancel_scope.cancel(reason=str(deadlock))

    def _waits(self, nursery: trio.Nursery) -> Iterator[Wait]:
        for task in sorted(nursery.child_tasks, key=lambda task: task.name):
            place, _ = place_of(task.coro)
            yield Wait(
                f"task {task.name!r}", place, self._stepped_microseconds.get(task, self._time.start_microseconds)
            )
            for inner in task.child_nurseries:
                yield from self._waits(inner)


def _really_waits() -> bool:
    statistics = trio.lowlevel.current_statistics()
    watched = statistics.io_statistics
    waiting_count = sum(getattr(watched, f"tasks_waiting_{way}", 0) for way in ("read", "write"))
    jobs_count = trio.to_thread.current_default_thread_limiter().borrowed_tokens
    return waiting_count > OWN_READERS_COUNT or jobs_count > 0 or statistics.run_sync_soon_queue_size > 0
