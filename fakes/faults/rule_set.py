"""The rules of one world, in their order, and what each has done so far."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import cast

from fakes.environment import MICROSECONDS, to_microseconds
from fakes.faults.installed_rule import InstalledRule
from fakes.faults.rule import ConditionalEffect, Firing, Rule, WorldEffect
from fakes.faults.rule_checks import COLLECTION_OF_KEY, NO_METHODS, RuleChecker
from fakes.faults.selector import MatchContext, Selector
from fakes.randomness import stream
from fakes.world.catalog import Catalog

CONTEXTS_MAX = 1_000
"""Contexts of each kind that are kept, so that near misses can be reported."""


def free_name(name: str, taken: Container[str], number: int = 2) -> tuple[str, int]:
    """Return *name*, with the lowest number appended that makes it free if it is taken; and that number.

    Args:
        name: The name.
        taken: Names that are in use.
        number: The lowest to try.
    """
    if name not in taken:
        return name, number
    while f"{name} #{number}" in taken:
        number += 1
    return f"{name} #{number}", number


class RuleSet:
    """The rules of a world.

    Args:
        catalog: The entities of the world; rules that could never match any of them are refused.
        seed: For the random choices of rules.
        start_microseconds: When the world starts, from which the times of rules are counted.
        methods: The methods that can be called: their qualified names, ``service/method``, by short name.
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
        """The number that the next rule of a name gets; forgotten when a rule of that name is removed."""
        self._candidates: dict[tuple[str, ...], tuple[InstalledRule, ...]] = {}
        """The rules that may apply, by kind and by phase or method; cleared when rules are added or removed."""
        self._interested: dict[object, tuple[InstalledRule, ...]] = {}
        """The rules that match the values of a context, by these values; cleared likewise."""
        self._contexts = {kind: deque[MatchContext](maxlen=CONTEXTS_MAX) for kind in ("call", "phase", "time")}

    @property
    def start_microseconds(self) -> int:
        """When the world began, in microseconds since 1970; the times of rules are counted from then."""
        return self._start_microseconds

    def check(self, rule: Rule) -> None:
        """Check that *rule* makes sense in this world.

        Raises:
            InvalidRule: it could never match anything, or has a condition that its effect can't use.
        """
        self._checker.check(rule)

    def __iter__(self) -> Iterator[InstalledRule]:
        return iter(tuple(self.installed))

    def __len__(self) -> int:
        return len(self.installed)

    def add(self, rule: Rule) -> InstalledRule:
        """Put *rule* behind the others.

        Raises:
            InvalidRule: it could never match anything in this world, or has a condition that its effect can't use.
        """
        kind = self._checker.check(rule)
        installed = InstalledRule(rule, self._free_name(rule.name), kind)
        self.installed.append(installed)
        self._names[installed.name] = None
        self._forget()
        return installed

    @property
    def name_numbers(self) -> Mapping[str, int]:
        """The number that the next rule of a name gets."""
        return self._numbers

    def load(
        self,
        installed: Iterable[InstalledRule],
        name_numbers: Mapping[str, int],
        contexts: Mapping[str, Iterable[MatchContext]],
    ) -> None:
        """Continue with the rules of a snapshot, and with its *contexts* by kind."""
        self.installed = list(installed)
        self._names = {each.name: None for each in self.installed}
        self._numbers = dict(name_numbers)
        for kind, found in contexts.items():
            self._contexts[kind].extend(found)
        self._forget()

    def remove(self, installed: InstalledRule) -> None:
        """Remove a rule.

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
        """The name itself if it is free, or else with a number appended."""
        free, number = free_name(name, self._names, self._numbers.get(name, 2))
        if free != name:
            self._numbers[name] = number + 1
        return free

    def _forget(self) -> None:
        self._candidates.clear()
        self._interested.clear()

    def fire(self, kind: str, context: MatchContext) -> list[tuple[InstalledRule, Firing]]:
        """The rules of a kind that take effect on a context, in their order."""
        self._contexts[kind].append(context)
        return list(self._fire(kind, context))

    def strike(self, installed: InstalledRule, uid: str, now_microseconds: int) -> Firing | None:
        """Fire a rule on an entity, subject to its probability and limits."""
        installed.matched_count += 1
        return self._firing(installed, MatchContext.of_entity("", uid, uid, now_microseconds))

    def end_microseconds(self, rule: Rule) -> int | None:
        """When *rule* stops applying, by its ``between``; None when it never does."""
        if rule.between_seconds is None or math.isinf(rule.between_seconds[1]):
            return None
        return self._start_microseconds + to_microseconds(rule.between_seconds[1])

    def targets(self, rule: Rule) -> list[str]:
        """The uids of the entities that an effect on the world applies to."""
        assert isinstance(rule.effect, WorldEffect)
        key = rule.effect.target
        return [
            entity.uid
            for entity in self._catalog.collection(COLLECTION_OF_KEY[key]).values()
            if rule.where.matches(MatchContext.of_entity(key, entity.uid, entity.name))
        ]

    def contexts(self, kind: str) -> Sequence[MatchContext]:
        """The latest contexts of a kind that came while rules were in force."""
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
        # A client that polls brings the same context again and again; only the time differs.
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
        """The rules of a kind, without those that ask for another phase or method."""
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
        """Say why a rule does not apply to a context of its kind; yields nothing when it does."""
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
        """Draw whether a match takes effect; each match of a subject has its own streams."""
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
    """The part of *where* that concerns one key, as a selector."""
    return Selector({key: where.patterns[key]} if key in where.patterns else {})
