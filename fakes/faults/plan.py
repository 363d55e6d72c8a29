"""The rules of one world, in their order, and what has come of each so far."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import chain, count

from fakes.environment import MICROSECONDS, Entry
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import ConditionalEffect, Firing, PhaseEffect, Rule, WorldEffect, has_gate
from fakes.faults.where import METHODS, Occasion
from fakes.gates import Gate
from fakes.inventory import Inventory
from fakes.phases import Phase
from fakes.randomness import stream
from fakes.suggestions import suggest

COLLECTION_OF_KEY = {
    "cluster": "clusters",
    "namespace": "namespaces",
    "project": "projects",
    "backup": "backups",
    "backup_location": "backup_locations",
}
"""The keys of a rule that name entities of the world."""


OCCASIONS_MAX = 1_000
"""Occasions of each kind that are kept to tell of near misses."""


@dataclass(slots=True, eq=False)
class AppliedFault:
    """What a rule has done to an entity and that can be reverted.

    Args:
        rule: The rule.
        uid: Uid of the entity.
        ends: The agenda entry with which it ends by itself.
    """

    rule: ActiveRule
    uid: str
    ends: Entry | None = None


@dataclass(slots=True, eq=False)
class ActiveRule:
    """A rule that is in force.

    Args:
        rule: The rule.
        name: Its name; with a number behind it where another rule has the same.
        gate: Where restores wait that it holds.
        kind: What it waits for: ``"call"``, ``"phase"``, or ``"time"``.
        matched_count: How often what it asks for was there.
        fired_count: How often it took effect.
        has_struck: Whether its time has come, where it waits for that.
        due: The agenda entry with which its time comes.
        applied: What it has done to the world so far and can be reverted.
    """

    rule: Rule
    name: str
    gate: Gate
    kind: str
    matched_count: int = 0
    fired_count: int = 0
    has_struck: bool = False
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


def methods_of(rule: Rule) -> Sequence[str]:
    """The methods whose calls the effect of *rule* can happen to."""
    methods: Sequence[str] = getattr(rule.effect, "methods", METHODS)
    return methods


class FaultPlan:
    """The rules of a world.

    Args:
        inventory: What there is; rules that could never match anything of it are refused.
        seed: For what rules draw.
        start_microseconds: When the world starts, from which the times of rules are counted.
    """

    def __init__(self, inventory: Inventory, *, seed: int, start_microseconds: int) -> None:
        self._inventory = inventory
        self._seed = seed
        self._start_microseconds = start_microseconds
        self._active: list[ActiveRule] = []
        self._interested: dict[object, tuple[ActiveRule, ...]] = {}
        """The rules that ask for what an occasion has, by that; begins anew when rules come or go."""
        self._occasions = {kind: deque[Occasion](maxlen=OCCASIONS_MAX) for kind in ("call", "phase", "time")}

    def __iter__(self) -> Iterator[ActiveRule]:
        return iter(tuple(self._active))

    def __len__(self) -> int:
        return len(self._active)

    def add(self, rule: Rule) -> ActiveRule:
        """Put *rule* behind the others.

        Raises:
            InvalidRule: it could never match anything of this world, or asks for what its effect has no use for.
        """
        self.check(rule)
        taken = {active.name for active in self._active}
        others = (f"{rule.name} #{number}" for number in count(2))
        name = next(name for name in chain([rule.name], others) if name not in taken)
        active = ActiveRule(rule, name, Gate(name), kind_of(rule))
        self._active.append(active)
        self._interested.clear()
        return active

    def remove(self, active: ActiveRule) -> None:
        """Take a rule out.

        Raises:
            ValueError: it is not in force.
        """
        if active not in self._active:
            raise ValueError(f"the rule {active.name!r} is not in force")
        self._active.remove(active)
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
        for where in (rule.where, *rule.where.any_of):
            for pattern in where.patterns.get("method", ()):
                if not any(fnmatchcase(method, pattern) for method in possible):
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
            known = list(METHODS)
            complaint = "is no method"
        elif key == "phase":
            known = [phase.name for phase in Phase if not phase.is_final]
            complaint = "is no phase in which anything could happen"
        elif key == "data_service":
            known = sorted({deployment.data_service for deployment in self._inventory.deployments.recall_all()})
            complaint = "matches no data service of the world"
        elif key in COLLECTION_OF_KEY:
            registry = self._inventory.collection(COLLECTION_OF_KEY[key])
            known = [text for entity in registry.recall_all() for text in (entity.name, entity.uid)]
            complaint = f"matches no {registry.kind} of the world"
        else:
            return
        if not any(fnmatchcase(text, pattern) for text in known):
            names = [text for text in known if ":" not in text]
            raise InvalidRule(key, f"{pattern!r} {complaint}; {suggest(pattern, names)}")

    def fire(self, kind: str, occasion: Occasion) -> list[tuple[ActiveRule, Firing]]:
        """The rules of a kind that take effect on an occasion, in their order."""
        self._occasions[kind].append(occasion)
        return list(self._fire(kind, occasion))

    def strike(self, active: ActiveRule, uid: str, now_microseconds: int) -> Firing | None:
        """Let a rule take effect on an entity, if chance will have it."""
        active.matched_count += 1
        return self._firing(active, Occasion.of_entity("", uid, uid, now_microseconds))

    def targets(self, rule: Rule) -> list[str]:
        """The uids of the entities to which an effect on the world happens."""
        assert isinstance(rule.effect, WorldEffect)
        key = rule.effect.target
        return [
            entity.uid
            for entity in self._inventory.collection(COLLECTION_OF_KEY[key]).values()
            if rule.where.matches(Occasion.of_entity(key, entity.uid, entity.name))
        ]

    def occasions(self, kind: str) -> Sequence[Occasion]:
        """The latest occasions of a kind that there were while rules were in force."""
        return tuple(self._occasions[kind])

    def _fire(self, kind: str, occasion: Occasion) -> Iterator[tuple[ActiveRule, Firing]]:
        for active in self._interested_in(kind, occasion):
            rule = active.rule
            if next(self._misses_in_time(rule, occasion), None) is not None:
                continue
            active.matched_count += 1
            if active.matched_count <= rule.after or (rule.times is not None and active.fired_count >= rule.times):
                continue
            firing = self._firing(active, occasion)
            if firing is not None:
                yield active, firing

    def _interested_in(self, kind: str, occasion: Occasion) -> tuple[ActiveRule, ...]:
        # Whoever polls brings the same occasion again and again, but for its time.
        key = (kind, *occasion.values.items(), *occasion.labels.items())
        interested = self._interested.get(key)
        if interested is None:
            if len(self._interested) >= OCCASIONS_MAX:
                self._interested.clear()
            interested = self._interested[key] = tuple(
                active
                for active in self._active
                if active.kind == kind and next(self._misses_in_place(active, occasion), None) is None
            )
        return interested

    def misses(self, active: ActiveRule, occasion: Occasion) -> Iterator[str]:
        """Tell why a rule does not apply to an occasion of its kind; nothing when it does."""
        yield from self._misses_in_time(active.rule, occasion)
        yield from self._misses_in_place(active, occasion)

    def _misses_in_time(self, rule: Rule, occasion: Occasion) -> Iterator[str]:
        if rule.between_seconds is not None:
            start, end = rule.between_seconds
            at_seconds = (occasion.at_microseconds - self._start_microseconds) / MICROSECONDS
            if not start <= at_seconds < end:
                yield f"it came at {at_seconds:g} s, the rule applies between {start:g} and {end:g} s"

    def _misses_in_place(self, active: ActiveRule, occasion: Occasion) -> Iterator[str]:
        rule = active.rule
        yield from rule.where.misses(occasion)
        if active.kind == "call" and not set(occasion.values["method"]).issubset(methods_of(rule)):
            yield f"{rule.effect.name} can't happen to it"

    def _firing(self, active: ActiveRule, occasion: Occasion) -> Firing | None:
        """Draw whether a match takes effect; each match of a subject has streams of its own."""
        rule, subject = active.rule, occasion.subject
        active.draws[subject] += 1
        key = (active.name, subject, str(active.draws[subject]))
        if rule.probability < 1 and stream(self._seed, "fires", *key).random() >= rule.probability:
            return None
        firing = Firing(
            rule=active.name,
            effect=rule.effect.name,
            subject=occasion.title,
            caller=next(iter(occasion.values.get("caller", ())), ""),
            stream_key=(self._seed, "effect", *key),
            gate=active.gate,
            memory=active.memory,
            now_microseconds=occasion.at_microseconds,
        )
        if isinstance(rule.effect, ConditionalEffect) and not rule.effect.happens(firing):
            return None
        active.fired_count += 1
        return firing
