"""Runs the threads of a client one at a time, and lets time jump once all of them wait."""

from __future__ import annotations

import _thread
import os
import threading
import time
from collections.abc import Callable, Collection
from copy import copy
from weakref import WeakSet

from simulator.virtual_time.callers import is_at_work
from simulator.virtual_time.client_thread import ClientThread, Report, Stuck, WorldTime
from simulator.virtual_time.report import NOTHING_LEFT, Limit

LAST_CHANCE_SECONDS = 0.1
"""How long, in real time, other threads may still wake one of the client's before all are reported to wait for ever."""

LAST_CHANCE_OF_STUCK_SECONDS = 5.0
"""The same if a thread of the client waits for a lock that is not virtual."""

LOOK_SECONDS = 0.01
"""How often, in real time, to look at threads that seem to be stuck."""

WARN_AFTER_SECONDS = 5
"""How long, in real time, a thread may keep time from jumping before a warning."""

_POLL_SECONDS = 0.005
_FRUITLESS_MOVES_MAX = 1_000_000
"""How often in a row the world may move without waking a thread, before all are reported to wait for ever."""

# Saved before anything is replaced.
_new_lock = _thread.allocate_lock
_get_ident = threading.get_ident
_real_sleep = time.sleep


class ThreadScheduler:
    """The threads of one client: which runs, which may run next, and which wait for what.

    One runs at a time, until it waits or ends. The next is the one that could go on first; of those that are due at the
    same moment, the one that began to wait first. When none could, the world moves: to its own next event or to the
    first moment for which a thread waits, whichever comes first. What happens in the world then happens before the
    threads go on.

    The thread that makes it is the first of the client.

    Args:
        world_time: The time that they wait by.
        stuck: Finds threads that really wait though they hold up the others.
        report: Makes the error for the first thread when all wait and nothing can happen.
        limit: How long they may wait altogether.
    """

    def __init__(self, world_time: WorldTime, stuck: Stuck, report: Report, limit: Limit) -> None:
        self._time = world_time
        self._stuck = stuck
        self._report = report
        self._limit = limit
        self._lock = _new_lock()
        self._first = ClientThread(threading.current_thread())
        self._by_ident = {_get_ident(): self._first}
        self._by_thread = {self._first.thread: self._first}
        self._running = {self._first}
        self._ready: list[ClientThread] = []
        self._waiting: dict[ClientThread, None] = {}
        self._jobs: dict[threading.Thread, Collection[object]] = {}
        """What threads work on that may wake others at any moment: calls of gRPC over sockets, jobs of processes."""
        self._fruitless_count = 0
        self._turn_count = 0
        self._looked_at = (0, 0)
        """The turn at the last look for stuck threads, and how many looks there were in that turn."""
        self.is_over = False
        """Whether all waits are real again."""
        _schedulers.add(self)

    def current(self) -> ClientThread | None:
        """The current thread, if it is one of the client's whose waits are virtual."""
        me = self._by_ident.get(_get_ident())
        return None if me is None or me.really_waits or self.is_over else me

    def now_microseconds(self) -> int:
        return self._time.now_microseconds()

    def next_due_microseconds(self) -> int | None:
        """When the first thread is due; None if none waits for the time."""
        with self._lock:
            return min(map(_due_microseconds, self._waiting_for_time()), default=None)

    def find(self, thread: threading.Thread) -> ClientThread | None:
        """The client's record of a thread, unless it has ended."""
        return self._by_thread.get(thread)

    def add(self, thread: threading.Thread) -> ClientThread:
        """Add a thread that is about to start; it gets its turn once the others wait."""
        with self._lock:
            child = ClientThread(thread)
            self._by_thread[thread] = child
            self._ready.append(child)
        return child

    def add_jobs(self, thread: threading.Thread, jobs: Collection[object]) -> None:
        """Keep time from jumping while a thread that is about to start works on *jobs* of the client."""
        with self._lock:
            self._jobs[thread] = jobs

    def forget(self, child: ClientThread) -> None:
        """Remove a thread that could not be started."""
        with self._lock:
            del self._by_thread[child.thread]
            self._ready.remove(child)

    def run(self, me: ClientThread, function: Callable[[], object]) -> None:
        """Run *function* as the thread *me*, from its first turn on."""
        with self._lock:
            self._by_ident[_get_ident()] = me
        me.await_turn()
        try:
            function()
        finally:
            with self._lock:
                del self._by_ident[_get_ident()]
                del self._by_thread[me.thread]
                self._stuck.forget(me.thread)
            self.release(me, all_of_them=True)
            self._give_turn_away(me)

    def wait(
        self,
        me: ClientThread,
        token: object,
        due_microseconds: int | None,
        is_done: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Let others run until *token* is released, or the time has come, or, now and then, for no reason.

        Args:
            me: The current thread.
            token: What it waits for.
            due_microseconds: When it has waited for long enough; None means never.
            is_done: Checked once more after the thread is registered as waiting.

        Returns:
            Whether it was done before it waited.

        Raises:
            Exception: the error that was left for it, before it waits or meanwhile.
        """
        me.raise_error()
        me.token, me.due_microseconds, me.since_microseconds = token, due_microseconds, self._time.now_microseconds()
        with self._lock:
            self._waiting[me] = None
            self._stuck.forget(me.thread)
        try:
            if is_done():
                return True
            if not self.is_over:
                self._give_turn_away(me)
                me.await_turn()
        finally:
            with self._lock:
                self._running.add(me)
                self._waiting.pop(me, None)
                if me in self._ready:
                    self._ready.remove(me)
            me.due_microseconds = None
        me.raise_error()
        return False

    def release(self, token: object, *, all_of_them: bool = False) -> None:
        """Let the first thread that waits for *token* go on, or all; any thread may call this."""
        if not self._waiting:
            return
        with self._lock:
            found = [waiting for waiting in self._waiting if waiting.token is token]
            for woken in found if all_of_them else found[:1]:
                self._wake(woken)
            if self._ready and not self._running:
                self._begin_turn()

    def pass_over_stuck(self) -> None:
        """Go on without stuck threads; has to be called every `LOOK_SECONDS`."""
        with self._lock:
            are_alone = not (self._waiting or self._ready)
            if self.is_over or (are_alone and not self._running):
                return
            self._report_stall()
            threads = [*(one.thread for one in self._running), *self._at_work()]
            if not self._stuck.pass_over(threads, are_alone=are_alone):
                return
            watch = ClientThread(threading.current_thread())
            passed_over, self._running = self._running, {watch}
        now_microseconds = self._time.now_microseconds()
        for one in passed_over:
            one.since_microseconds = now_microseconds
        self._give_turn_away(watch)

    def _report_stall(self) -> None:
        turn, count = self._looked_at
        self._looked_at = (self._turn_count, count + 1 if turn == self._turn_count else 0)
        if self._looked_at[1] == WARN_AFTER_SECONDS // LOOK_SECONDS:
            self._report.stall([*self._running, *map(ClientThread, self._at_work())])

    def go_round(self) -> None:
        """Let the other threads go on that are due, unless one that really waits would keep the first from going on."""
        if len(self._by_thread) > 1 and self._running == {self._first}:
            self.wait(self._first, None, self._time.now_microseconds())

    def unended(self) -> list[ClientThread]:
        """The threads that have not ended and are not about to go on, except the first and daemons."""
        with self._lock:
            others = self._by_thread.keys() - {self._first.thread, *(one.thread for one in self._ready)}
            return [one for thread, one in self._by_thread.items() if thread in others and not thread.daemon]

    def raise_error(self) -> None:
        """Raise, in the first thread, the error that was left for it."""
        self._first.raise_error()

    def close(self, deadlock: Exception | None = None) -> None:
        """Make all waits real: the threads that wait go on, for as long as their waits still take.

        Args:
            deadlock: With what the first thread ended, if all waited for ever. Then nobody is left who could wake the
                others, which would keep the process from ending: their waits end with the same error.
        """
        with self._lock:
            self.is_over = True
            for waiting in self._waiting if deadlock is not None else ():
                waiting.error = copy(deadlock)
            for waiting in (*self._waiting, *self._ready):
                waiting.give_turn()

    def end_in_child(self) -> None:
        """Make all waits real in a process that this one has forked, where no other thread goes on."""
        self._lock = _new_lock()
        self.is_over = True
        self._waiting.clear()

    def _wake(self, woken: ClientThread) -> None:
        del self._waiting[woken]
        self._ready.append(woken)

    def _give_turn_away(self, me: ClientThread) -> None:
        """Let the next thread run; if all wait, move the world until one can go on."""
        idle_seconds = 0.0
        while True:
            try:
                now_microseconds = (
                    self._time.now_microseconds()
                )  # never called under the lock, because a server may need it
                with self._lock:
                    if self._pass_on(me, now_microseconds):
                        return
                    due_microseconds = min(map(_due_microseconds, self._waiting_for_time()), default=None)
                if reason := self._limit.reason(now_microseconds):
                    self._raise_deadlock(reason)
                elif self._move(due_microseconds):
                    idle_seconds = 0.0
                elif idle_seconds < (LAST_CHANCE_OF_STUCK_SECONDS if self._stuck.passed_over else LAST_CHANCE_SECONDS):
                    idle_seconds += _POLL_SECONDS
                    _real_sleep(_POLL_SECONDS)
                else:
                    idle_seconds = 0.0
                    self._raise_deadlock(NOTHING_LEFT)
            except Exception as error:  # noqa: BLE001  # of an event of the world; no thread of the client has caused it
                self._raise_in_first(error)

    def _pass_on(self, me: ClientThread, now_microseconds: int) -> bool:
        """Let the next thread run that can go on; False when none can, and time has to move."""
        moved = self._stuck.take_moved()
        self._running |= {self._by_thread[thread] for thread in moved if thread in self._by_thread}
        if self.is_over or self._running - {me}:
            self._running.discard(me)
            return True
        for waiting in sorted(self._waiting_for_time(), key=_due_microseconds):
            if _due_microseconds(waiting) <= now_microseconds:
                self._wake(waiting)
        if self._ready:
            self._running.discard(me)
            self._begin_turn()
            return True
        if self._at_work():
            self._running.discard(me)
            return True  # their answer wakes a thread, or `pass_over_stuck` goes on
        return False

    def _begin_turn(self) -> None:
        chosen = self._ready.pop(0)
        self._running.add(chosen)
        self._fruitless_count = 0
        self._turn_count += 1
        chosen.give_turn()

    def _at_work(self) -> set[threading.Thread]:
        self._jobs = {one: jobs for one, jobs in self._jobs.items() if one.ident is None or one.is_alive()}
        at_work = {one for one, jobs in self._jobs.items() if is_at_work(one, jobs)}
        return at_work.difference(self._stuck.passed_over)

    def _waiting_for_time(self) -> list[ClientThread]:
        return [waiting for waiting in self._waiting if waiting.due_microseconds is not None]

    def _move(self, due_microseconds: int | None) -> bool:
        self._fruitless_count += 1
        return self._fruitless_count <= _FRUITLESS_MOVES_MAX and self._time.move(due_microseconds)

    def _raise_deadlock(self, reason: str) -> None:
        with self._lock:
            stuck = [self._by_thread[thread] for thread in self._stuck.passed_over if thread in self._by_thread]
            waiting = [*self._waiting, *stuck]
        deadlock = self._report.deadlock(waiting, reason)
        if self._first not in stuck:
            self._raise_in_first(deadlock)
        elif self._stuck.waits_for_call(self._first.thread):
            self._first.error = deadlock
            self._time.end_held_calls()
        else:
            self._report.unheard(deadlock)

    def _raise_in_first(self, error: BaseException) -> None:
        with self._lock:
            if self._first in self._waiting:
                self._first.error = error
                self._wake(self._first)


def _due_microseconds(waiting: ClientThread) -> int:
    assert waiting.due_microseconds is not None
    return waiting.due_microseconds


def _end_in_child() -> None:
    for scheduler in _schedulers:
        scheduler.end_in_child()


_schedulers: WeakSet[ThreadScheduler] = WeakSet()
os.register_at_fork(after_in_child=_end_in_child)
