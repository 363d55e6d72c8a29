"""One world with its clock, its lock and its history: everything that a simulator has except the port."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypedDict, Unpack

from fakes import LiveWorld, Timeline, World
from fakes.environment import END_OF_TIME_MICROSECONDS
from fakes.faults.installed_rule import InstalledRule
from fakes.faults.rule import Rule
from fakes.history.events import Event
from simulator.api import METHOD_NAMES
from simulator.sessions.call_log import CallLog
from simulator.sessions.clock import Clock
from simulator.sessions.holds import Ending, Hold, Holds
from simulator.sessions.mover import Mover
from simulator.sessions.rule_history import RuleHistory
from simulator.sessions.rules import inject_all

Subscriber = Callable[[int, Event], None]
"""Called with the number of an event, from 1, and the event."""

Written = dict[int, bytes]
"""The bytes of restores on the wire, by version (`fakes.Restore.version`)."""


ERRORS_MAX = 1_000
"""How many errors, and names of unfinished tasks, are kept; the latest ones."""

DEADLINE_GRACE_SECONDS = 0.02
"""How long, in real time, a held call leaves virtual time alone before its deadline passes: calls that were made at the
same time arrive meanwhile, and share the wait."""


class SessionOptions(TypedDict, total=False):
    """Options of a session beside its world, seed, clock and rules; see `Session.change`."""

    strict: bool | None
    allow_held: bool | None
    history_max: int | None


class Session:
    """A living world that many threads may use: ``with session as world:`` gives it to one at a time.

    On entering, the world is brought up to date; inside, it stands still unless its holder moves it.

    Args:
        world: The world at the start, and again after `reset`.
        seed: For all random choices.
        clock: What moves the time.
        rules: The rules that are in force from the start, and again after `reset`.
        options: Keywords of `change`.

    Raises:
        InvalidRule: a rule could never match anything in the world.
    """

    def __init__(
        self, world: World, *, seed: int, clock: Clock, rules: Sequence[Rule] = (), **options: Unpack[SessionOptions]
    ) -> None:
        self.declared = world
        self.secret_digests = frozenset(token.digest for token in world.tokens)
        """Digests of the secrets that no record may contain."""
        self.seed = seed
        self.clock = clock
        self.rules = tuple(rules)
        self.strict = True
        self.allow_held = False
        self.calls = CallLog(clock.mode)
        self.limit_history(None)
        self.change(**options)
        self.written: Written = {}  # kept by the services, under the lock
        self.errors: deque[Exception] = deque(maxlen=ERRORS_MAX)
        """Unforeseen errors in handlers, in order; a reset keeps them."""
        self.unfinished_tasks: deque[str] = deque(maxlen=ERRORS_MAX)
        """Coroutines of tasks that `simulator.Simulator.run` has ended, because their client was done without them."""
        self.holds = Holds()
        self.holds_calls = True
        """Whether rules may hold calls up; False while the simulator is closed."""
        self.mover = Mover()
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._subscribers: list[Subscriber] = []
        self._published_count = 0
        """How many events of the world were passed to subscribers."""
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
        """After a fork, replace the lock if another thread had it, because that thread does not exist here."""
        self._process = os.getpid()
        if self._lock.acquire(blocking=False):
            self._lock.release()
        else:
            self._lock = threading.RLock()

    def change(
        self, *, strict: bool | None = None, allow_held: bool | None = None, history_max: int | None = None
    ) -> None:
        """Change the options that are given.

        Args:
            strict: Whether its end complains of rules that never took effect, and of restores that are still held; it
                does at first.
            allow_held: Whether restores that are still held are meant to be; they are not at first.
            history_max: How many events and how many calls it keeps; it keeps all at first.

        Raises:
            TypeError: one is neither True nor False.
            ValueError: the number is invalid.
        """
        if history_max is not None:
            if type(history_max) is not int or history_max < 1:
                raise ValueError(f"history_max is {history_max!r}; expected a whole number from 1, or None to keep all")
            self.limit_history(history_max)
        self.strict = self.strict if strict is None else _require_bool("strict", strict)
        self.allow_held = self.allow_held if allow_held is None else _require_bool("allow_held", allow_held)

    def limit_history(self, history_max: int | None) -> None:
        """Keep at most so many events and calls from now on, and forget the oldest; None keeps all."""
        self.history_max = history_max
        self.calls.limit(history_max)

    def hold_if_free(self) -> bool:
        """Lock the world, unless another thread has it; unlock it with `release`."""
        return self._lock.acquire(blocking=False)

    def release(self) -> None:
        """Unlock the world."""
        self._lock.release()

    @property
    def timeline(self) -> Timeline:
        """Everything that has happened so far."""
        return self.world.timeline

    def reset(self) -> None:
        """Begin a new life, as freshly started: the declared world, an empty history, the same seed.

        Calls that are held up end UNAVAILABLE, because their world is gone. Errors, and rules that never took effect,
        are remembered.
        """
        with self._lock:
            self.calls.clear()
            self.written.clear()
            self.unfinished_tasks.clear()
            self.world = self._start()
            self.rule_history.begin_life(self.world.rules)
            self._published_count = 0
            if self._subscribers:
                self._publish()
            held, self.holds = self.holds, Holds(self.holds.count)
        held.end(Ending.WORLD_ENDED)

    def hold_no_more_calls(self) -> None:
        """End the calls that are held up, UNAVAILABLE, and hold up no more."""
        self.holds_calls = False
        self.holds.end(Ending.WORLD_ENDED)

    def remove_rules(self, rules: Sequence[InstalledRule] | None = None) -> None:
        """Remove some rules, or all; the calls and restores that they hold go on.

        Raises:
            ValueError: one is not in force.
        """
        with self as world:
            removed = tuple(world.rules) if rules is None else rules
            for installed in removed:
                world.remove_rule(installed)
        for installed in removed:
            self.holds.end(Ending.RELEASED, installed.name)

    def hold_up(
        self,
        rule: str,
        *,
        timeout_seconds: float | None,
        deadline_microseconds: int | None,
        has_expired: Callable[[], bool],
    ) -> Hold:
        """Hold a call up for *rule*, for a real time or until a virtual deadline; the world has to be locked."""
        if deadline_microseconds is not None:
            timeout_seconds = DEADLINE_GRACE_SECONDS
            deadline_microseconds = min(deadline_microseconds, END_OF_TIME_MICROSECONDS)
        hold = Hold(
            rule,
            timeout_seconds=timeout_seconds,
            deadline_microseconds=deadline_microseconds,
            pass_time=self._pass_next_deadline,
            has_other_mover=self.mover.is_other,
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

    def go_on_with(self, world: LiveWorld) -> None:
        """Replace the world by one from a snapshot."""
        self.world = world
        self.rule_history = RuleHistory(world.rules)
        self._published_count = world.timeline.last_number

    def _start(self) -> LiveWorld:
        world = LiveWorld(
            self.declared,
            seed=self.seed,
            start_microseconds=self.clock.start_microseconds(),
            methods=METHOD_NAMES,
        )
        inject_all(world, self.rules)
        return world

    def _publish(self) -> None:
        last_number = self.world.timeline.last_number
        if last_number == self._published_count:
            return
        events = self.world.timeline.after(self._published_count)
        self._published_count = last_number
        for sequence, event in events:
            for subscriber in tuple(self._subscribers):  # one may unsubscribe while it is called
                subscriber(sequence, event)


def _require_bool(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; expected True or False")
    return value
