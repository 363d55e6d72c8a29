"""One world with its clock, its lock and its history: everything that a simulator has but the port."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence

from fakes import LivingWorld, Timeline, World
from fakes.faults.rule import Rule
from fakes.timeline import Event, Subscriber
from simulator.sessions.call_log import CallLog
from simulator.sessions.clock import Clock

Written = dict[int, bytes]
"""How restores are told on the wire, by their versions (`fakes.Restore.version`)."""


class Session:
    """A living world that many threads may use: ``with session as world:`` gives it to one at a time.

    On entering, the world is brought up to the present; inside, it stands still unless its holder moves it.

    Args:
        world: What there is at first, and again after `reset`.
        seed: For everything that is drawn.
        clock: What moves the time.
        rules: The faults that are in force from the start, and again after `reset`.

    Raises:
        InvalidRule: a rule could never match anything of the world.
    """

    def __init__(self, world: World, *, seed: int, clock: Clock, rules: Sequence[Rule] = ()) -> None:
        self.declared = world
        self.seed = seed
        self.clock = clock
        self.rules = tuple(rules)
        self.calls = CallLog()
        self.written: Written = {}  # kept by the services, under the lock
        self.errors: list[Exception] = []
        """What went wrong in handlers though nobody foresaw it, in the order in which it did."""
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._subscribers: list[Subscriber] = []
        self.world = self._start()

    def __enter__(self) -> LivingWorld:
        if self._process != os.getpid():
            self._go_on_in_fork()
        self._lock.acquire()
        world = self.world
        try:
            self.clock.catch_up(world)
        except BaseException:
            self._lock.release()
            raise
        return world

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def _go_on_in_fork(self) -> None:
        """Take another lock in a process that was forked off while another thread had the world: it is not there."""
        self._process = os.getpid()
        if self._lock.acquire(blocking=False):
            self._lock.release()
        else:
            self._lock = threading.RLock()

    def hold_if_free(self) -> bool:
        """Take the world, unless somebody else has it; give it back with `release`."""
        return self._lock.acquire(blocking=False)

    def release(self) -> None:
        """Give the world back."""
        self._lock.release()

    @property
    def timeline(self) -> Timeline:
        """What has happened so far."""
        return self.world.timeline

    def reset(self) -> None:
        """Begin again, as newly started: the declared world, an empty history, the same seed."""
        with self._lock:
            self.calls.clear()
            self.written.clear()
            self.errors.clear()
            self.world = self._start()

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call *subscriber* with each event from now on, in the world after a `reset` too (`Timeline.subscribe`).

        Returns:
            A function that ends the subscription.
        """
        with self._lock:
            self._subscribers.append(subscriber)
            if len(self._subscribers) == 1:
                self._listen(self.world)

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers.remove(subscriber)
                if not self._subscribers:
                    self._end_listening()

        return unsubscribe

    def _start(self) -> LivingWorld:
        world = LivingWorld(self.declared, seed=self.seed, start_microseconds=self.clock.start_microseconds())
        if self._subscribers:
            self._listen(world)
        for rule in self.rules:
            world.inject(rule)
        return world

    def _listen(self, world: LivingWorld) -> None:
        """Be told of what happens; a timeline without listeners need not make an object of each event."""
        self._end_listening = world.timeline.subscribe(self._publish)

    def _publish(self, sequence: int, event: Event) -> None:
        for subscriber in tuple(self._subscribers):  # one may leave while it is told
            subscriber(sequence, event)
