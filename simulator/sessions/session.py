"""One world with its clock, its lock and its history: everything that a simulator has but the port."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence

from fakes import LiveWorld, Timeline, World
from fakes.environment import END_OF_TIME_MICROSECONDS
from fakes.faults.rule import Rule
from fakes.faults.rule_set import InstalledRule
from fakes.history.events import Event
from simulator.api import METHOD_NAMES
from simulator.sessions.call_log import CallLog
from simulator.sessions.clock import Clock
from simulator.sessions.holds import Ending, Hold, Holds
from simulator.sessions.rule_history import RuleHistory

Subscriber = Callable[[int, Event], None]
"""Is called with the number of an event, from 1, and the event."""

Written = dict[int, bytes]
"""How restores are told on the wire, by their versions (`fakes.Restore.version`)."""

ERRORS_MAX = 1_000
"""Errors that are kept, the latest."""

DEADLINE_GRACE_SECONDS = 0.02
"""How long, in real time, a held call leaves virtual time alone before its deadline passes: calls that were made at the
same time arrive meanwhile, and share the wait."""


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
        self.secrets = frozenset(token.secret for token in world.tokens)
        """What no record may hold."""
        self.seed = seed
        self.clock = clock
        self.rules = tuple(rules)
        self.calls = CallLog(clock.mode)
        self.limit_history(None)
        self.written: Written = {}  # kept by the services, under the lock
        self.errors: deque[Exception] = deque(maxlen=ERRORS_MAX)
        """What went wrong in handlers though nobody foresaw it, in the order in which it did; a reset keeps it."""
        self.holds = Holds()
        self.holds_calls = True
        """Whether rules may hold calls up; False while the simulator is closed."""
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._subscribers: list[Subscriber] = []
        self._published_count = 0
        """How many events of the world its subscribers know."""
        self.world = self._start()
        self.rule_history = RuleHistory(self.world.rules)

    def __enter__(self) -> LiveWorld:
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
        try:
            if self._subscribers:
                self._publish()
            if self.history_max is not None:
                self.world.timeline.keep_last(self.history_max)
        finally:
            self._lock.release()

    def _go_on_in_fork(self) -> None:
        """Take another lock in a process that was forked off while another thread had the world: it is not there."""
        self._process = os.getpid()
        if self._lock.acquire(blocking=False):
            self._lock.release()
        else:
            self._lock = threading.RLock()

    def limit_history(self, history_max: int | None) -> None:
        """Keep so many events and calls from now on, and forget the oldest; None keeps all."""
        self.history_max = history_max
        self.calls.limit(history_max)

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
        """Begin another life, as newly started: the declared world, an empty history, the same seed.

        Calls that are held up end UNAVAILABLE: they belong to the world that is gone. What went wrong is remembered:
        errors, and rules that never took effect.
        """
        with self._lock:
            self.calls.clear()
            self.written.clear()
            self.world = self._start()
            self.rule_history.begin_life(self.world.rules)
            self._published_count = 0
            if self._subscribers:
                self._publish()
            held, self.holds = self.holds, Holds()
        held.end(Ending.WORLD_ENDED)

    def hold_no_more_calls(self) -> None:
        """End the calls that are held up, UNAVAILABLE, and all that rules would hold up from now on."""
        self.holds_calls = False
        self.holds.end(Ending.WORLD_ENDED)

    def remove_rules(self, rules: Sequence[InstalledRule] | None = None) -> None:
        """Take rules out of force, or all of them; the calls and restores that they hold go on.

        Raises:
            ValueError: one is not in force.
        """
        with self as world:
            removed = tuple(world.rules) if rules is None else rules
            for active in removed:
                world.remove_rule(active)
        for active in removed:
            self.holds.end(Ending.RELEASED, active.name)

    def hold_up(
        self,
        rule: str,
        *,
        timeout_seconds: float | None,
        deadline_microseconds: int | None,
        has_expired: Callable[[], bool],
    ) -> Hold:
        """Hold a call up, in the name of *rule*, for a real time or until a virtual deadline; the world is locked."""
        if deadline_microseconds is not None:
            timeout_seconds = DEADLINE_GRACE_SECONDS
            deadline_microseconds = min(deadline_microseconds, END_OF_TIME_MICROSECONDS)
        hold = Hold(
            rule,
            timeout_seconds=timeout_seconds,
            deadline_microseconds=deadline_microseconds,
            pass_time=self._pass_next_deadline,
            has_expired=has_expired,
        )
        self.holds.add(hold, self.world.environment)
        return hold

    def _pass_next_deadline(self, hold: Hold) -> None:
        with self as world:
            deadline_microseconds = self.holds.next_deadline_microseconds()
            if deadline_microseconds is not None and self.holds.are_as_seen_by(hold):
                world.environment.advance_to(max(deadline_microseconds, world.environment.now_microseconds))

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call *subscriber* with the number and the value of each event from now on, after a `reset` too.

        It is called before the world is given back, so it should only pass the event on.

        Returns:
            A function that ends the subscription.
        """
        with self._lock:
            if self._subscribers:
                self._publish()
            self._published_count = self.world.timeline.last_number
            self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def _start(self) -> LiveWorld:
        world = LiveWorld(
            self.declared,
            seed=self.seed,
            start_microseconds=self.clock.start_microseconds(),
            methods=METHOD_NAMES,
        )
        for rule in self.rules:
            world.inject(rule)
        return world

    def _publish(self) -> None:
        events = self.world.timeline.after(self._published_count)
        self._published_count = self.world.timeline.last_number
        for sequence, event in events:
            for subscriber in tuple(self._subscribers):  # one may leave while it is called
                subscriber(sequence, event)
