"""The space of fault schedules: for each effect the values of its rule, a table from the simplest to the oddest.

The strategies of hypothesis, the search and the shrinker all read this table. It is made from the settings of the
effects, so that a new effect takes part as soon as it is registered in `simulator.faults.EFFECTS`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from fakes import Phase, World, default_world
from fakes.faults.rule import PhaseEffect, Rule, WorldEffect
from fakes.faults.rule_checks import COLLECTION_OF_KEY
from fakes.faults.selector import Selector
from fakes.faults.settings import PlainEffect
from fakes.suggestions import suggest
from scenarios.exploration.dimensions import TIMES_SECONDS, WHEN, Dimension, dimension_of, has_values
from simulator.api import METHODS, SERVICE
from simulator.faults import EFFECTS

MANY_VALUES = 5
"""For each multiple of this many values of its settings, an effect is drawn once more."""

LIVE_PHASES = tuple(phase.name for phase in Phase if not phase.is_final)
RESTORE_METHODS = tuple(name for name, method in METHODS.items() if method.service == SERVICE)


@dataclass(frozen=True)
class RuleSpace:
    """The rules that an effect may have.

    Args:
        effect: The class of the effect.
        where: What is chosen for the selector; None leaves the key out.
        when: What is chosen for the keys that say when.
        settings: What is chosen for the effect itself, by the names of its fields.
    """

    effect: type[PlainEffect]
    where: Sequence[Dimension]
    when: Sequence[Dimension]
    settings: Sequence[Dimension]

    def narrowed(self, methods: Collection[str]) -> RuleSpace:
        """The same rules for calls of those *methods* only; None if that leaves no method."""
        where = [
            replace(each, values=tuple(value for value in each.values if value in methods))
            if each.key == "method"
            else each
            for each in self.where
        ]
        return replace(self, where=tuple(where))

    @property
    def weight(self) -> int:
        """How often it is drawn compared with others: more often if there is much to choose, as with status codes."""
        return 1 + max((len(each.values) for each in self.settings), default=0) // MANY_VALUES

    @property
    def dimensions(self) -> Sequence[Dimension]:
        """All that is chosen, in the order of a rule's indices."""
        return (*self.where, *self.when, *self.settings)

    def rule(self, indices: Sequence[int]) -> Rule:
        """Make the rule of the values with those *indices*, one for each dimension."""
        chosen = iter(indices)
        where, when, settings = (
            {each.key: each.values[next(chosen)] for each in part} for part in (self.where, self.when, self.settings)
        )
        return Rule(
            effect=self.effect(**settings),
            where=Selector({key: (name,) for key, name in where.items() if name is not None}),
            **{_FIELDS.get(key, key): value for key, value in when.items()},
        )


_FIELDS = {"between": "between_seconds", "at": "at_seconds"}


RuleChoice = tuple[int, tuple[int, ...]]
"""A rule as plain data: the index of its rule space, and of each dimension the index of the value."""
Schedule = tuple[RuleChoice, ...]
"""A fault schedule: the rules of one run."""
Choose = Callable[[int], int]
"""Chooses a number from 0, the simplest, below its argument."""


@dataclass(frozen=True)
class Space:
    """All fault schedules that an exploration may try.

    Args:
        rules: The possible rules, by effect.
        max_rules: How many a schedule has at most.
    """

    rules: Sequence[RuleSpace]
    max_rules: int

    def narrowed(self, methods: Collection[str]) -> Space:
        """The same space with rules for calls of those *methods* only; the whole space if nothing would be left."""
        narrowed = [rule.narrowed(methods) for rule in self.rules]
        left = tuple(rule for rule in narrowed if all(each.values for each in rule.where))
        return replace(self, rules=left or self.rules)

    @cached_property
    def _draws(self) -> Sequence[int]:
        """The indices of the rules, each repeated by its weight."""
        return [index for index, rule in enumerate(self.rules) for _ in range(rule.weight)]

    def rules_of(self, schedule: Schedule) -> tuple[Rule, ...]:
        """Make the rules of a schedule; those with the same name get numbers."""
        rules: list[Rule] = []
        names: Counter[str] = Counter()
        for index, indices in schedule:
            rule = self.rules[index].rule(indices)
            names[rule.name] += 1
            if names[rule.name] > 1:
                rule = replace(rule, name=f"{rule.name} ({names[rule.name]})")
            rules.append(rule)
        return tuple(rules)

    @property
    def swarm_count(self) -> int:
        """How many sets of rules there are that a whole schedule may leave out, one bit for each (swarm testing).

        With all effects in every schedule, some hide what others would show: who meets an outage meets nothing else.
        """
        return 1 << len(self.rules)

    @property
    def choice_count_max(self) -> int:
        """The largest number of alternatives that `choose_rule` has."""
        counts = [each.choice_count for rule in self.rules for each in rule.dimensions]
        return max(len(self._draws), *counts)

    def choose_rule(self, choose: Choose, left_out: int) -> RuleChoice:
        """Choose one rule that is not *left_out*, unless all are."""
        wanted = self._draws[choose(len(self._draws))]
        candidates = ((wanted + offset) % len(self.rules) for offset in range(len(self.rules)))
        index = next((each for each in candidates if not left_out >> each & 1), wanted)
        dimensions = self.rules[index].dimensions
        return index, tuple(each.index_of(choose(each.choice_count)) for each in dimensions)

    def choose_schedule(self, choose: Choose) -> Schedule:
        """Choose a whole schedule, of one rule or more."""
        left_out = choose(self.swarm_count)
        return tuple(self.choose_rule(choose, left_out) for _ in range(1 + choose(self.max_rules)))


RULES_MAX = 100
"""How many rules a schedule may have at most; many more would take too long to shrink."""


def make_space(
    *,
    world: World | None = None,
    methods: Collection[str] | None = None,
    phases: Collection[str] | None = None,
    effects: Collection[type[PlainEffect] | str] | None = None,
    max_rules: int = 3,
) -> Space:
    """Make the space of all rules that are valid in a world.

    Args:
        world: Whose entities rules name; without one, the default world.
        methods: Whose calls go wrong; without any, those of the RestoreService.
        phases: In which restores meet a fault; without any, all that are not final.
        effects: What goes wrong: classes of `simulator.faults` or of your own, or names of the former; without any,
            every effect that is registered there.
        max_rules: How many rules a schedule has at most.

    Raises:
        TypeError: the world is none, or text stands where a list is expected.
        ValueError: a method, phase or effect is unknown, or a number is invalid.
    """
    if isinstance(max_rules, bool) or not isinstance(max_rules, int) or not 1 <= max_rules <= RULES_MAX:
        raise ValueError(f"max_rules is {max_rules!r}; expected a whole number from 1 to {RULES_MAX}")
    require_lists(methods=methods, phases=phases, effects=effects)
    if world is not None and not isinstance(world, World):
        raise TypeError(f"world is {world!r}; expected a World")
    known = {effect.name: effect for effect in EFFECTS}
    chosen = known.values() if effects is None else [_effect(effect, known) for effect in effects]
    makers = _Makers(
        default_world() if world is None else world,
        _known("method", RESTORE_METHODS if methods is None else methods, METHODS),
        _known("phase", LIVE_PHASES if phases is None else phases, LIVE_PHASES),
    )
    rules = [rule for effect in chosen for rule in makers.rules_of(effect)]
    if not rules:
        raise ValueError("no effect can happen to any of these methods, phases and entities")
    return Space(tuple(rules), max_rules)


def require_lists(**arguments: object) -> None:
    """Check that no argument that takes several names is a text, whose letters would be taken for names.

    Raises:
        TypeError: one is.
    """
    for name, value in arguments.items():
        if isinstance(value, str):
            raise TypeError(f"{name} is {value!r}; expected a list, such as [{value!r}]")


def _effect(effect: type[PlainEffect] | str, known: Mapping[str, type[PlainEffect]]) -> type[PlainEffect]:
    if not isinstance(effect, str):
        return effect
    if effect not in known:
        raise ValueError(f"{effect!r} is no effect; {suggest(effect, known)}")
    return known[effect]


def _known(what: str, given: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    for name in given:
        if name not in known:
            raise ValueError(f"{name!r} is no {what}; {suggest(name, known)}")
    return tuple(given)


@dataclass(frozen=True)
class _Makers:
    """Makes the rules of an effect, by where the effect applies."""

    world: World
    methods: Sequence[str]
    phases: Sequence[str]

    def rules_of(self, effect: type[PlainEffect]) -> Iterator[RuleSpace]:
        settings = tuple(dimension_of(effect, each) for each in effect.settings() if has_values(each))
        simplest = effect(**{each.key: each.values[0] for each in settings})
        if isinstance(simplest, WorldEffect):
            yield from self._of_world(effect, settings)
        elif isinstance(simplest, PhaseEffect):
            yield from self._in_phases(effect, settings)
        else:
            able = getattr(effect, "methods", self.methods)
            methods = tuple(method for method in self.methods if method in able)
            if methods:
                yield RuleSpace(effect, (Dimension("method", methods),), WHEN, settings)

    def _of_world(self, effect: type[Any], settings: Sequence[Dimension]) -> Iterator[RuleSpace]:
        names = self._names(COLLECTION_OF_KEY[effect.target])
        if names:
            at = Dimension("at", TIMES_SECONDS)
            yield RuleSpace(effect, (Dimension(effect.target, names),), (at,), settings)
        yield from self._in_phases(effect, settings)

    def _in_phases(self, effect: type[PlainEffect], settings: Sequence[Dimension]) -> Iterator[RuleSpace]:
        if self.phases:
            clusters = Dimension("cluster", (None, *self._names("clusters")), usual=8)
            yield RuleSpace(effect, (Dimension("phase", self.phases), clusters), WHEN, settings)

    def _names(self, collection: str) -> tuple[str, ...]:
        return tuple(entity.name for entity in getattr(self.world, collection))
