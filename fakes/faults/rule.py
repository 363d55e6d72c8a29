"""One rule: where it applies, when, and what it does."""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Protocol, runtime_checkable

from fakes.faults.errors import InvalidRule
from fakes.faults.selector import Selector
from fakes.faults.target import FaultTarget
from fakes.lifecycle.gates import Gate
from fakes.lifecycle.phase_durations import DURATION_SECONDS_MAX
from fakes.lifecycle.phase_plan import PhasePlan
from fakes.randomness import stream
from fakes.values import HALF_A_PAIR, is_number, is_unicode, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A rule takes effect, once.

    Args:
        rule: Name of the rule.
        effect: Name of its effect.
        subject: What it takes effect on, in words.
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
    """What a rule does; it has a method of the protocols below, or of `simulator.rpc.fault_injection.CallEffect`."""

    name: ClassVar[str]


@runtime_checkable
class PhaseEffect(Effect, Protocol):
    """An effect on a restore in a phase."""

    def before(self, plan: PhasePlan, firing: Firing) -> None:
        """Change the plan of the phase that is about to begin."""
        ...


@runtime_checkable
class WorldEffect(Effect, Protocol):
    """An effect on an entity."""

    target: ClassVar[str]
    """The key of the rule that names the entity: ``"cluster"``, ``"backup"`` or ``"backup_location"``."""

    def apply(self, world: FaultTarget, uid: str) -> None:
        """Apply it to the entity with that uid."""
        ...


@runtime_checkable
class RevertibleEffect(Effect, Protocol):
    """An effect on the world that ends: after its duration, or when its rule is removed."""

    @property
    def duration_seconds(self) -> float | None:
        """How long it lasts; None means until the rule is removed."""
        ...

    def revert(self, world: FaultTarget, uid: str) -> None:
        """End it for the entity with that uid."""
        ...


@runtime_checkable
class ConditionalEffect(Effect, Protocol):
    """An effect that does not occur at every match."""

    def happens(self, firing: Firing) -> bool:
        """Whether it takes effect this time."""
        ...


@runtime_checkable
class RememberingEffect(Effect, Protocol):
    """An effect that can check its own memory."""

    def check_memory(self, memory: Mapping[str, tuple[float, ...]]) -> None:
        """Check the memory that a snapshot has for it.

        Raises:
            ValueError: the effect never leaves such a memory.
        """
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
    """A fault to inject: where, when and what.

    Args:
        effect: What it does.
        where: Where it applies.
        name: Its name in timelines, statuses and reports; by default its effect and where it applies.
        after: Matches that it lets pass first.
        times: How often it takes effect at most; None means without limit.
        probability: How likely a match takes effect.
        between_seconds: When it begins and ceases to apply, in seconds from the start of the world.
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

    def to_plain(self) -> dict[str, Any]:
        """Write the rule as JSON knows it, in the words of documents; times are seconds from the start of the world.

        Raises:
            TypeError: its effect can't be written: it has no `to_plain`.
        """
        write = getattr(self.effect, "to_plain", None)
        if write is None:
            raise TypeError(f"the effect {self.effect.name!r} of the rule {self.name!r} has no to_plain()")
        plain = self.where.to_plain()
        if self.name != self._described():
            plain["name"] = self.name
        plain |= {key: getattr(self, name) for key, name in _WHEN.items() if getattr(self, name) != _DEFAULTS[name]}
        if self.between_seconds is not None:
            start, end = self.between_seconds
            plain["between"] = [start, None if math.isinf(end) else end]
        return plain | {self.effect.name: write()}

    @classmethod
    def from_plain(cls, plain: object, effects: Collection[type[Any]]) -> Rule:
        """Make the rule that `to_plain` wrote.

        Args:
            plain: The rule.
            effects: The classes of effects that it may have; each makes one by its `from_plain`.

        Raises:
            InvalidRule: it describes no rule; names the key that is wrong.
        """
        if not isinstance(plain, Mapping):
            raise InvalidRule("", f"is {shown(plain)}; expected a mapping")
        known = {effect.name: effect for effect in effects}
        given = [key for key in plain if key in known]
        if len(given) != 1:
            found = " and ".join(given) or "no effect"
            raise InvalidRule("", f"has {found}; expected exactly one of {', '.join(known)}")
        when = {name: plain[key] for key, name in _WHEN.items() if key in plain}
        if "between_seconds" in when:
            when["between_seconds"] = _between(when["between_seconds"])
        others = {key: value for key, value in plain.items() if key not in (*_WHEN, "name", given[0])}
        return cls(
            effect=known[given[0]].from_plain(plain[given[0]]),
            where=Selector.from_plain(others),
            name=plain.get("name", ""),
            **when,
        )

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
                raise InvalidRule(key, f"is {shown(found)}; expected {_IN_WORDS[expected]}")
            if isinstance(found, str) and not is_unicode(found):
                raise InvalidRule(key, f"is {shown(found)}, {HALF_A_PAIR}")
            if isinstance(found, int) and not is_number(found):
                raise InvalidRule(key, "is too large; expected a number that fits into a float")

    def _described(self) -> str:
        """A name made of what the rule does and where; it does not depend on other rules."""
        asked = [f"{key}={'|'.join(patterns)}" for key, patterns in self.where.patterns.items()]
        asked += [f"label {key}={pattern}" for key, pattern in self.where.labels.items()]
        return " ".join([self.effect.name, *(["on", *asked] if asked else [])])


_WHEN: Mapping[str, str] = {
    "after": "after",
    "times": "times",
    "probability": "probability",
    "between": "between_seconds",
    "at": "at_seconds",
}
"""The keys of a rule that say when it applies, and their fields."""
_DEFAULTS: Mapping[str, object] = {each.name: each.default for each in fields(Rule)}


def _between(plain: Any) -> tuple[float, float]:
    """Read a start and an end; None means no end."""
    try:
        start, end = plain
    except (TypeError, ValueError):
        raise InvalidRule("between", f"is {shown(plain)}; expected two times, in seconds from the start") from None
    return start, math.inf if end is None else end


def has_gate(rule: Rule) -> bool:
    """Whether restores may wait at the gate of *rule*: whether its effect is a gate, or a stall without an end."""
    return isinstance(rule.effect, HoldingEffect) and rule.effect.holds


_IN_WORDS: Mapping[Any, str] = {
    Selector: "Where(...)",
    str: "a text",
    int: "a whole number",
    int | None: "a whole number",
    int | float: "a number",
    int | float | None: "a number",
}
"""What messages call the types of the fields of a rule."""
