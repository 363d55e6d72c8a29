"""The rules of one world, in their order, and what has come of each so far."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import chain, count
from types import MappingProxyType

from fakes.environment import MICROSECONDS, Entry, to_microseconds
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import ConditionalEffect, Firing, PhaseEffect, Rule, WorldEffect, has_gate
from fakes.faults.selector import MatchContext
from fakes.lifecycle.gates import Gate
from fakes.lifecycle.phases import Phase
from fakes.randomness import stream
from fakes.suggestions import suggest
from fakes.world.catalog import Catalog

COLLECTION_OF_KEY = {
    "cluster": "clusters",
    "namespace": "namespaces",
    "project": "projects",
    "backup": "backups",
    "backup_location": "backup_locations",
}
"""The keys of a rule that name entities of the world."""


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
    gate: Gate
    kind: str
    matched_count: int = 0
    fired_count: int = 0
    is_due_past: bool = False
    memory: dict[str, tuple[float, ...]] = field(default_factory=dict)
    due: Entry | None = None
    applied: list[AppliedFault] = field(default_factory=list)
    draws: Counter[str] = field(default_factory=Counter)

    @property
    def has_gate(self) -> bool:
        """Whether restores may wait at its gate; see `has_gate`."""
        return has_gate(self.rule)


def kind_of(rule: Rule) -> str:
    """What *rule* waits for: ``"call"``, ``"phase"``, or ``"time"``."""
    if isinstance(rule.effect, PhaseEffect):
        return "phase"
    if isinstance(rule.effect, WorldEffect):
        return "phase" if "phase" in _asked(rule) else "time"
    return "call"


def _asked(rule: Rule) -> set[str]:
    return {key for where in rule.where.parts() for key in where.patterns}


NO_METHODS: Mapping[str, str] = MappingProxyType({})


def methods_of(rule: Rule) -> Collection[str] | None:
    """The methods to whose calls the effect of *rule* can happen; None means all."""
    methods: Collection[str] | None = getattr(rule.effect, "methods", None)
    return methods


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
        self._methods = dict(methods)  # a proxy can't be copied
        self._seed = seed
        self._start_microseconds = start_microseconds
        self.installed: list[InstalledRule] = []
        """The rules that are in force, in their order."""
        self._interested: dict[object, tuple[InstalledRule, ...]] = {}
        """The rules that ask for what a context has, by that; begins anew when rules come or go."""
        self._contexts = {kind: deque[MatchContext](maxlen=CONTEXTS_MAX) for kind in ("call", "phase", "time")}

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
        taken = {installed.name for installed in self.installed}
        others = (f"{rule.name} #{number}" for number in count(2))
        name = next(name for name in chain([rule.name], others) if name not in taken)
        installed = InstalledRule(rule, name, Gate(name), kind_of(rule))
        self.installed.append(installed)
        self._interested.clear()
        return installed

    def remove(self, installed: InstalledRule) -> None:
        """Take a rule out.

        Raises:
            ValueError: it is not in force.
        """
        if installed not in self.installed:
            raise ValueError(f"the rule {installed.name!r} is not in force")
        self.installed.remove(installed)
        self._interested.clear()

    def check(self, rule: Rule) -> None:
        """Check that *rule* makes sense in this world.

        Raises:
            InvalidRule: see `add`.
        """
        for where in rule.where.parts():
            for key, patterns in where.patterns.items():
                for pattern in patterns:
                    self._check_pattern(key, pattern)
        asked = _asked(rule)
        if kind_of(rule) == "call":
            if "phase" in asked:
                raise InvalidRule("phase", f"{rule.effect.name} happens to a call; expected 'method'")
        elif asked & {"method", "caller"}:
            key = min(asked & {"method", "caller"})
            raise InvalidRule(key, f"{rule.effect.name} does not happen to a call; expected 'phase'")
        self._check_methods(rule)
        self._check_target(rule, asked)

    def _check_methods(self, rule: Rule) -> None:
        possible = methods_of(rule)
        if possible is None:
            return
        names = [name for method in possible for name in (method, self._methods.get(method, method))]
        for where in (rule.where, *rule.where.any_of):
            for pattern in where.patterns.get("method", ()):
                if not any(fnmatchcase(name, pattern) for name in names):
                    raise InvalidRule(
                        "method", f"{rule.effect.name} can't happen to {pattern!r}; {suggest('', possible)}"
                    )

    def _check_target(self, rule: Rule, asked: set[str]) -> None:
        effect = rule.effect
        if rule.at_seconds is not None and (not isinstance(effect, WorldEffect) or "phase" in asked):
            raise InvalidRule("at", "is a time for an outage, lose_credentials or delete_backup without a 'phase'")
        if isinstance(effect, WorldEffect) and "phase" not in asked:
            if effect.target not in rule.where.patterns:
                raise InvalidRule(effect.target, f"is missing; {effect.name} needs to know to which {effect.target}")
            useless = sorted(asked - {effect.target})
            if useless or rule.where.labels or rule.after or rule.times or rule.between_seconds:
                raise InvalidRule(
                    useless[0] if useless else "",
                    f"{effect.name} without a 'phase' takes only {effect.target} and 'at'",
                )

    def _check_pattern(self, key: str, pattern: str) -> None:
        # What was deleted counts as well: restores go on referring to it, and rules that name it match them.
        if key == "method":
            known = [*self._methods, *self._methods.values()]
            complaint = "is no method"
        elif key == "phase":
            known = [phase.name for phase in Phase if not phase.is_final]
            complaint = "is no phase in which anything could happen"
        elif key == "data_service":
            known = sorted({deployment.data_service for deployment in self._catalog.deployments.recall_all()})
            complaint = "matches no data service of the world"
        elif key in COLLECTION_OF_KEY:
            registry = self._catalog.collection(COLLECTION_OF_KEY[key])
            known = [text for entity in registry.recall_all() for text in (entity.name, entity.uid)]
            complaint = f"matches no {registry.kind} of the world"
        else:
            return
        if not any(fnmatchcase(text, pattern) for text in known):
            names = [text for text in known if ":" not in text and ("/" in pattern or "/" not in text)]
            raise InvalidRule(key, f"{pattern!r} {complaint}; {suggest(pattern, names)}")

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
                installed
                for installed in self.installed
                if installed.kind == kind and next(self._mismatches_in_place(installed, context), None) is None
            )
        return interested

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
        methods = methods_of(rule) if installed.kind == "call" else None
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
        if isinstance(rule.effect, ConditionalEffect) and not rule.effect.happens(firing):
            return None
        installed.fired_count += 1
        return firing
