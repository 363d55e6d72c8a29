"""The rules of one world, in their order, and what has come of each so far."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from fakes.environment import MICROSECONDS, Entry, to_microseconds
from fakes.faults.rule import ConditionalEffect, Firing, PhaseEffect, Rule, WorldEffect, has_gate
from fakes.faults.rule_checks import COLLECTION_OF_KEY, NO_METHODS, RuleChecker, kind_of, methods_of
from fakes.faults.selector import MatchContext, Selector
from fakes.lifecycle.gates import Gate
from fakes.randomness import stream
from fakes.world.catalog import Catalog

CONTEXTS_MAX = 1_000
"""Occasions of each kind that are kept to tell of near misses."""


@dataclass(slots=True, eq=False)
class AppliedFault:
    """What a rule has done to an entity and that can be reverted.

    Args:
        rule: The rule.
        uid: Uid of the entity.
        ends: The agenda entry with which it ends by itself.
    """

    rule: InstalledRule
    uid: str
    ends: Entry | None = None


@dataclass(slots=True, eq=False)
class InstalledRule:
    """A rule that is in force.

    Args:
        rule: The rule.
        name: Its name; with a number behind it where another rule has the same.
        gate: Where restores wait that it holds.
        kind: What it waits for: ``"call"``, ``"phase"``, or ``"time"``.
        matched_count: How often what it asks for was there.
        fired_count: How often it took effect.
        is_due_past: Whether its time has come, where it waits for that.
        due: The agenda entry with which its time comes.
        applied: What it has done to the world so far and can be reverted.
    """

    rule: Rule
    name: str
    kind: str
    gate: Gate = field(init=False)
    matched_count: int = 0
    fired_count: int = 0
    is_due_past: bool = False
    memory: dict[str, tuple[float, ...]] = field(default_factory=dict)
    due: Entry | None = None
    applied: list[AppliedFault] = field(default_factory=list)
    draws: Counter[str] = field(default_factory=Counter)

    is_conditional: bool = field(init=False)
    """Whether its effect does not happen at every match."""
    changes_plan: bool = field(init=False)
    """Whether its effect changes what a restore does in a phase."""
    methods: Collection[str] | None = field(init=False)
    """The methods to whose calls it can happen; None means all."""

    def __post_init__(self) -> None:
        effect = self.rule.effect  # asked once: asking whether something is of a protocol takes its time
        self.gate = Gate(self.name)
        self.is_conditional = isinstance(effect, ConditionalEffect)
        self.changes_plan = isinstance(effect, PhaseEffect)
        self.methods = methods_of(self.rule) if self.kind == "call" else None

    @property
    def has_gate(self) -> bool:
        """Whether restores may wait at its gate; see `has_gate`."""
        return has_gate(self.rule)


class RuleSet:
    """The rules of a world.

    Args:
        catalog: What there is; rules that could never match anything of it are refused.
        seed: For what rules draw.
        start_microseconds: When the world starts, from which the times of rules are counted.
        methods: The methods that calls can have: qualified names, ``service/method``, by the names that calls go by.
    """

    def __init__(
        self, catalog: Catalog, *, seed: int, start_microseconds: int, methods: Mapping[str, str] = NO_METHODS
    ) -> None:
        self._catalog = catalog
        self._checker = RuleChecker(catalog, methods)
        self._seed = seed
        self._start_microseconds = start_microseconds
        self.installed: list[InstalledRule] = []
        """The rules that are in force, in their order."""
        self._names: dict[str, None] = {}
        self._numbers: dict[str, int] = {}
        """The number that the next rule of a name gets, unless a rule of that name has gone."""
        self._candidates: dict[tuple[str, ...], tuple[InstalledRule, ...]] = {}
        """The rules of a kind that may ask for a phase or method, by both; begins anew when rules come or go."""
        self._interested: dict[object, tuple[InstalledRule, ...]] = {}
        """The rules that ask for what a context has, by that; begins anew as well."""
        self._contexts = {kind: deque[MatchContext](maxlen=CONTEXTS_MAX) for kind in ("call", "phase", "time")}

    def check(self, rule: Rule) -> None:
        """Check that *rule* makes sense in this world.

        Raises:
            InvalidRule: it could never match anything, or asks for what its effect has no use for.
        """
        self._checker.check(rule)

    def __iter__(self) -> Iterator[InstalledRule]:
        return iter(tuple(self.installed))

    def __len__(self) -> int:
        return len(self.installed)

    def add(self, rule: Rule) -> InstalledRule:
        """Put *rule* behind the others.

        Raises:
            InvalidRule: it could never match anything of this world, or asks for what its effect has no use for.
        """
        self.check(rule)
        installed = InstalledRule(rule, self._free_name(rule.name), kind_of(rule))
        self.installed.append(installed)
        self._names[installed.name] = None
        self._forget()
        return installed

    def remove(self, installed: InstalledRule) -> None:
        """Take a rule out.

        Raises:
            ValueError: it is not in force.
        """
        if installed not in self.installed:
            raise ValueError(f"the rule {installed.name!r} is not in force")
        self.installed.remove(installed)
        del self._names[installed.name]
        self._numbers.pop(installed.rule.name, None)
        self._forget()

    def _free_name(self, name: str) -> str:
        """The name itself, or with the lowest number behind it that makes it another one."""
        if name not in self._names:
            return name
        number = self._numbers.get(name, 2)
        while f"{name} #{number}" in self._names:
            number += 1
        self._numbers[name] = number + 1
        return f"{name} #{number}"

    def _forget(self) -> None:
        self._candidates.clear()
        self._interested.clear()

    def fire(self, kind: str, context: MatchContext) -> list[tuple[InstalledRule, Firing]]:
        """The rules of a kind that take effect on a context, in their order."""
        self._contexts[kind].append(context)
        return list(self._fire(kind, context))

    def strike(self, installed: InstalledRule, uid: str, now_microseconds: int) -> Firing | None:
        """Let a rule take effect on an entity, if chance will have it."""
        installed.matched_count += 1
        return self._firing(installed, MatchContext.of_entity("", uid, uid, now_microseconds))

    def end_microseconds(self, rule: Rule) -> int | None:
        """When *rule* ceases to apply, by its ``between``; None where it has no such end."""
        if rule.between_seconds is None or math.isinf(rule.between_seconds[1]):
            return None
        return self._start_microseconds + to_microseconds(rule.between_seconds[1])

    def targets(self, rule: Rule) -> list[str]:
        """The uids of the entities to which an effect on the world happens."""
        assert isinstance(rule.effect, WorldEffect)
        key = rule.effect.target
        return [
            entity.uid
            for entity in self._catalog.collection(COLLECTION_OF_KEY[key]).values()
            if rule.where.matches(MatchContext.of_entity(key, entity.uid, entity.name))
        ]

    def contexts(self, kind: str) -> Sequence[MatchContext]:
        """The latest contexts of a kind that there were while rules were in force."""
        return tuple(self._contexts[kind])

    def _fire(self, kind: str, context: MatchContext) -> Iterator[tuple[InstalledRule, Firing]]:
        for installed in self._interested_in(kind, context):
            rule = installed.rule
            if next(self._mismatches_in_time(rule, context), None) is not None:
                continue
            installed.matched_count += 1
            if installed.matched_count <= rule.after:
                continue
            if rule.times is not None and installed.fired_count >= rule.times:
                continue
            firing = self._firing(installed, context)
            if firing is not None:
                yield installed, firing

    def _interested_in(self, kind: str, context: MatchContext) -> tuple[InstalledRule, ...]:
        # Whoever polls brings the same context again and again, but for its time.
        key = (kind, *context.values.items(), *context.labels.items())
        interested = self._interested.get(key)
        if interested is None:
            if len(self._interested) >= CONTEXTS_MAX:
                self._interested.clear()
            interested = self._interested[key] = tuple(
                installed for installed in self._candidates_for(kind, context) if self._matches(installed, context)
            )
        return interested

    def _candidates_for(self, kind: str, context: MatchContext) -> tuple[InstalledRule, ...]:
        """The rules of a kind but for those that ask for another phase or method."""
        values = context.values.get("phase" if kind == "phase" else "method", ())
        key = (kind, *values)
        candidates = self._candidates.get(key)
        if candidates is None:
            if len(self._candidates) >= CONTEXTS_MAX:
                self._candidates.clear()
            asked = "phase" if kind == "phase" else "method"
            only = MatchContext(values={asked: values}, subject="", title="", at_microseconds=0)
            candidates = self._candidates[key] = tuple(
                installed
                for installed in self.installed
                if installed.kind == kind and _asks_at_most(installed.rule.where, asked).matches(only)
            )
        return candidates

    def _matches(self, installed: InstalledRule, context: MatchContext) -> bool:
        methods = installed.methods
        return installed.rule.where.matches(context) and (methods is None or context.values["method"][0] in methods)

    def mismatches(self, installed: InstalledRule, context: MatchContext) -> Iterator[str]:
        """Tell why a rule does not apply to a context of its kind; nothing when it does."""
        yield from self._mismatches_in_time(installed.rule, context)
        yield from self._mismatches_in_place(installed, context)

    def _mismatches_in_time(self, rule: Rule, context: MatchContext) -> Iterator[str]:
        if rule.between_seconds is not None:
            start, end = rule.between_seconds
            at_seconds = (context.at_microseconds - self._start_microseconds) / MICROSECONDS
            if not start <= at_seconds < end:
                yield f"it came at {at_seconds:g} s, the rule applies between {start:g} and {end:g} s"

    def _mismatches_in_place(self, installed: InstalledRule, context: MatchContext) -> Iterator[str]:
        rule = installed.rule
        yield from rule.where.mismatches(context)
        methods = installed.methods
        if methods is not None and context.values["method"][0] not in methods:
            yield f"{rule.effect.name} can't happen to it"

    def _firing(self, installed: InstalledRule, context: MatchContext) -> Firing | None:
        """Draw whether a match takes effect; each match of a subject has streams of its own."""
        rule, subject = installed.rule, context.subject
        installed.draws[subject] += 1
        key = (installed.name, subject, str(installed.draws[subject]))
        if rule.probability < 1 and stream(self._seed, "fires", *key).random() >= rule.probability:
            return None
        firing = Firing(
            rule=installed.name,
            effect=rule.effect.name,
            subject=context.title,
            caller=next(iter(context.values.get("caller", ())), ""),
            stream_key=(self._seed, "effect", *key),
            gate=installed.gate,
            memory=installed.memory,
            now_microseconds=context.at_microseconds,
        )
        if installed.is_conditional and not cast(ConditionalEffect, rule.effect).happens(firing):
            return None
        installed.fired_count += 1
        return firing


def _asks_at_most(where: Selector, key: str) -> Selector:
    """A selector that asks only for what *where* asks for with that key."""
    return Selector({key: where.patterns[key]} if key in where.patterns else {})
