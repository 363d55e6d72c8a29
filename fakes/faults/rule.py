"""One rule: where it applies, when, and what it does."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, runtime_checkable

from fakes.faults.errors import InvalidRule
from fakes.faults.selector import Selector
from fakes.faults.target import FaultTarget
from fakes.lifecycle.gates import Gate
from fakes.lifecycle.phase_durations import DURATION_SECONDS_MAX
from fakes.lifecycle.work import PhasePlan
from fakes.randomness import stream
from fakes.values import is_number, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A rule takes effect, once.

    Args:
        rule: Name of the rule.
        effect: Name of its effect.
        subject: What it takes effect on, for people.
        caller: Who calls, for effects on calls.
        stream_key: Names the random stream that belongs to this firing alone.
        gate: The gate of the rule.
        memory: What the effect remembers between firings of the rule, as plain numbers.
        now_microseconds: When it takes effect.
    """

    rule: str
    effect: str
    subject: str
    caller: str
    stream_key: tuple[Any, ...]
    gate: Gate
    memory: dict[str, tuple[float, ...]]
    now_microseconds: int

    def generator(self) -> random.Random:
        """Make the generator of the random stream that belongs to this firing alone."""
        return stream(*self.stream_key)


class Effect(Protocol):
    """What a rule does; has one of the methods of the protocols below, or of `simulator.services.faults`."""

    name: ClassVar[str]


@runtime_checkable
class PhaseEffect(Effect, Protocol):
    """Something that happens to a restore in a phase."""

    def before(self, plan: PhasePlan, firing: Firing) -> PhasePlan:
        """Change the plan of the phase that is about to begin."""
        ...


@runtime_checkable
class WorldEffect(Effect, Protocol):
    """Something that happens to an entity."""

    target: ClassVar[str]
    """The key of a rule that says to which: ``"cluster"``, ``"backup"`` or ``"backup_location"``."""

    def apply(self, world: FaultTarget, uid: str) -> None:
        """Let it happen to the entity with that uid."""
        ...


@runtime_checkable
class RevertibleEffect(Effect, Protocol):
    """An effect on the world that ends: after its duration, or when its rule is removed."""

    @property
    def duration_seconds(self) -> float | None:
        """For how long it lasts; None means until the rule is removed."""
        ...

    def revert(self, world: FaultTarget, uid: str) -> None:
        """Let it end for the entity with that uid."""
        ...


@runtime_checkable
class ConditionalEffect(Effect, Protocol):
    """An effect that does not happen at every match."""

    def happens(self, firing: Firing) -> bool:
        """Whether it happens this time."""
        ...


@runtime_checkable
class HoldingEffect(Effect, Protocol):
    """An effect that may hold restores at the gate of its rule."""

    @property
    def holds(self) -> bool:
        """Whether it does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A fault that is to happen.

    Args:
        effect: What it does.
        where: Selector it applies.
        name: What it is called in the timeline, in statuses and in reports; left empty, what it does and where.
        after: Matches that it lets pass first.
        times: How often it takes effect at the most; None means without limit.
        probability: How likely a match takes effect.
        between_seconds: From when to when it applies, in seconds from the start of the world.
        at_seconds: When an effect on the world happens, in seconds from the start; None means at once.

    Raises:
        InvalidRule: it contradicts itself.
    """

    effect: Effect
    where: Selector = field(default_factory=Selector)
    name: str = ""
    after: int = 0
    times: int | None = None
    probability: float = 1.0
    between_seconds: tuple[float, float] | None = None
    at_seconds: float | None = None

    def __post_init__(self) -> None:
        if isinstance(self.effect, type) or not hasattr(self.effect, "name") or hasattr(self.effect, "rule"):
            raise InvalidRule("", f"{self.effect!r} is no effect; expected one as fail() makes it")
        self._check_types()
        if self.after < 0:
            raise InvalidRule("after", f"is {self.after}; expected 0 or more")
        if self.times is not None and self.times < 1:
            raise InvalidRule("times", f"is {self.times}; a rule that never takes effect is none; expected 1 or more")
        if not 0 < self.probability <= 1:
            raise InvalidRule("probability", f"is {self.probability:g}; expected more than 0 and at most 1")
        if self.between_seconds is not None:
            start, end = self.between_seconds
            if not 0 <= start < end:
                found = f"is from {start:g} s to {end:g} s"
                raise InvalidRule("between", f"{found}; expected a start of 0 s or more, then an end that is later")
        if self.at_seconds is not None and not 0 <= self.at_seconds <= DURATION_SECONDS_MAX:
            raise InvalidRule("at", f"is {self.at_seconds:g}; expected 0 or more seconds, at most a hundred years")
        if not self.name:
            object.__setattr__(self, "name", self._described())

    def _check_types(self) -> None:
        start, end = self.between_seconds or (0, 0)
        for key, value, expected in (
            ("where", self.where, Selector),
            ("name", self.name, str),
            ("after", self.after, int),
            ("times", self.times, int | None),
            ("probability", self.probability, int | float),
            ("at", self.at_seconds, int | float | None),
            ("between", start, int | float),
            ("between", end, int | float),
        ):
            found: object = value
            if isinstance(found, bool) or not isinstance(found, expected):
                raise InvalidRule(key, f"is {shown(found)}; expected {getattr(expected, '__name__', expected)}")
            if isinstance(found, int) and not is_number(found):
                raise InvalidRule(key, "is too large; expected a number that fits into a float")

    def _described(self) -> str:
        """A name made of what the rule does and where, so that other rules have no part in it."""
        asked = [f"{key}={'|'.join(patterns)}" for key, patterns in self.where.patterns.items()]
        asked += [f"label {key}={pattern}" for key, pattern in self.where.labels.items()]
        return " ".join([self.effect.name, *(["on", *asked] if asked else [])])


def has_gate(rule: Rule) -> bool:
    """Whether restores may wait at the gate of *rule*: its effect is a gate, or a stall without an end."""
    return isinstance(rule.effect, HoldingEffect) and rule.effect.holds
