"""Lets the waiting of a client's threads take virtual time: ``with sim.virtual_sleep(): ...``."""

from __future__ import annotations

import logging
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import ModuleType

from simulator.sessions.clock import ClockMode
from simulator.sessions.mover import ANOTHER_SIMULATOR, already_moved
from simulator.sessions.session import Session
from simulator.virtual_time.callers import Callers, frame_of, names_of, require_modules
from simulator.virtual_time.client_thread import ClientThread, WorldTime
from simulator.virtual_time.clocks import VirtualClock
from simulator.virtual_time.replacing import replaced
from simulator.virtual_time.report import LIMIT_SECONDS, Deadlock, Limit, Wait
from simulator.virtual_time.session_time import SessionTime
from simulator.virtual_time.stuck_threads import StuckThreads, Watch
from simulator.virtual_time.task_stacks import place_of_thread
from simulator.virtual_time.thread_scheduler import WARN_AFTER_SECONDS, ThreadScheduler
from simulator.virtual_time.thread_types import replacements
from simulator.virtual_time.thread_waits import VirtualWaits

_logger = logging.getLogger(__name__)

_LEVELS_TO_CALLER = 5
"""Frames from the warning to the end of the block: two functions, and those of `contextlib`."""


class ThreadTime:
    """The methods of a simulator for the waits of a client's threads."""

    _session: Session

    @contextmanager
    def virtual_sleep(
        self, *, modules: Iterable[str | ModuleType] | None = None, limit: float | timedelta = LIMIT_SECONDS
    ) -> Iterator[None]:
        """Let the client's own waiting take virtual time: ``with sim.virtual_sleep(): ...``.

        `time.sleep`, locks, events, conditions, queues, futures and `threading.Thread.join` then wait by the time of
        the world, and `time.time`, `time.monotonic`, `time.perf_counter` and `datetime.datetime.now` tell it. The
        client is the thread that enters, with all threads that are started inside. One of them runs at a time; once all
        wait, time jumps to the next moment for which one waits, or to the next event of the world.

        Args:
            modules: Modules and packages, or their names, whose waiting is meant; without, all of the process but the
                tools that run tests.
            limit: How long the client may wait altogether, in seconds of virtual time; it ends one that polls for ever.

        Raises:
            Deadlock: all threads wait and nothing is left that could happen, or they still wait after the limit; raised
                in the thread that entered, where it waits. If that is a call over a socket, the call fails first, and
                this is raised where the thread waits next, or leaves.
            RuntimeError: the clock is the wall clock, or something else already moves the time.
            ValueError: a module does not exist.

        Warns:
            RuntimeWarning: a thread that was started inside has not ended, and is no daemon. It goes on in real time;
                the end of the process does not wait for it.
        """
        __tracebackhide__ = True
        session = self._session
        require_virtual(session.clock.mode)
        world_time = SessionTime(session)
        with (
            session.mover.exclusive("virtual_sleep()", here=False),
            virtual_waits(world_time, modules, limit) as scheduler,
        ):
            session.mover.virtual_wait = _VirtualWait(session, world_time, scheduler)
            try:
                yield
            finally:
                session.mover.virtual_wait = None


class _VirtualWait:
    """Makes a thread of the client wait where it would move the world.

    Args:
        session: The session of the world.
        world_time: The time that threads wait by.
        scheduler: The threads of the client.
    """

    def __init__(self, session: Session, world_time: WorldTime, scheduler: ThreadScheduler) -> None:
        self._session = session
        self._time = world_time
        self._scheduler = scheduler

    def applies(self) -> bool:
        return self._scheduler.current() is not None

    def wait(self, until_microseconds: int, *, only_to_next: bool = False) -> None:
        me = self._scheduler.current()
        environment = self._session.world.environment
        due_microseconds = self._time.now_microseconds() + until_microseconds - environment.now_microseconds
        if me is not None and only_to_next:
            self._scheduler.wait(
                me, None, self._time.now_microseconds()
            )  # other threads may begin, and wait, before that
            others = self._scheduler.next_due_microseconds()
            upcoming = self._time.now_microseconds() + environment.peek() - environment.now_microseconds
            due_microseconds = int(min(due_microseconds, upcoming, due_microseconds if others is None else others))
        while me is not None and self._time.now_microseconds() < due_microseconds:
            self._scheduler.wait(me, None, due_microseconds)


def require_virtual(clock: ClockMode) -> None:
    """Refuse a simulator on the wall clock.

    Raises:
        RuntimeError: its clock is the wall clock.
    """
    if clock is ClockMode.WALL:
        raise RuntimeError("virtual_sleep() needs clock='manual' or clock='on_poll'; here, the wall clock runs")


@contextmanager
def virtual_waits(
    world_time: WorldTime, modules: Iterable[str | ModuleType] | None, limit: float | timedelta
) -> Iterator[ThreadScheduler]:
    """Let threads wait by *world_time*, until the ``with`` statement ends.

    Raises:
        RuntimeError: they already wait by another.
        ValueError: there is no such module.
    """
    if isinstance(time.monotonic, VirtualClock):
        outer = "virtual_sleep()" if isinstance(time.monotonic.source, VirtualWaits) else "an event loop"
        raise already_moved("virtual_sleep()", outer, ANOTHER_SIMULATOR)
    named = None if modules is None else names_of(modules)
    require_modules(named or ())
    callers = Callers(named)
    stuck = StuckThreads(callers, world_time.count_held_calls)
    ending = Limit(limit, world_time.now_microseconds())
    scheduler = ThreadScheduler(world_time, stuck, _ThreadReport(world_time), ending)
    pairs = replacements(VirtualWaits(scheduler, callers, world_time))
    deadlock: Deadlock | None = None
    with Watch(scheduler.pass_over_stuck):
        try:
            with replaced(pairs):
                try:
                    yield scheduler
                    scheduler.go_round()
                finally:
                    scheduler.raise_error()
        except Deadlock as error:
            deadlock = error
            raise
        except BaseException as error:
            for told in _told_of_unended(scheduler, callers):
                error.add_note(told)
            raise
        else:
            unended = _told_of_unended(scheduler, callers)
        finally:
            scheduler.close(deadlock)
    for told in unended:
        warnings.warn(told, RuntimeWarning, stacklevel=_LEVELS_TO_CALLER)


def _told_of_unended(scheduler: ThreadScheduler, callers: Callers) -> list[str]:
    """Describe the threads that outlive the block."""
    return [
        f"{_name(one)} outlives virtual_sleep() and goes on in real time, from {_place(one)}; let it end inside the"
        " block (tell it to, and join it), or start it as a daemon"
        for one in scheduler.unended()
        if one.due_microseconds is not None or not callers.are_idle(frame_of(one.thread.ident) or sys._getframe())  # noqa: SLF001  # documented
    ]


class _ThreadReport:
    """Reports where threads are.

    Args:
        world_time: The time of the world, which says what the world holds.
    """

    def __init__(self, world_time: WorldTime) -> None:
        self._time = world_time

    def deadlock(self, waiting: list[ClientThread], reason: str) -> Deadlock:
        waits = [Wait(_name(one), _place(one), one.since_microseconds) for one in waiting]
        return self._time.deadlock(waits, reason)

    def unheard(self, deadlock: Deadlock) -> None:
        _logger.error("%s", deadlock)

    def stall(self, running: list[ClientThread]) -> None:
        where = ", ".join(f"{_name(one)} at {_place(one)}" for one in running)
        _logger.warning("virtual time has stood still for %d s because of %s", WARN_AFTER_SECONDS, where)


def _place(one: ClientThread) -> str:
    return place_of_thread(frame_of(one.thread.ident))


def _name(one: ClientThread) -> str:
    return f"thread {one.thread.name!r}"
