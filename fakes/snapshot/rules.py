"""Loads the rules of a snapshot into its world."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from fakes.faults.installed_rule import AppliedFault, InstalledRule
from fakes.faults.rule import RememberingEffect, RevertibleEffect, Rule, WorldEffect
from fakes.faults.rule_checks import COLLECTION_OF_KEY, kind_of
from fakes.faults.rule_set import CONTEXTS_MAX
from fakes.faults.selector import MatchContext
from fakes.lifecycle.gates import Gate
from fakes.snapshot.errors import refusing, require, require_each_once
from fakes.snapshot.records import ContextRecord, InstalledRuleRecord, Plain, RuleSetRecord
from fakes.values import shown
from fakes.world.live_world import LiveWorld

EffectClasses = Collection[type[Any]]
"""The classes of effects that rules may have."""


def rule_from_plain(plain: Plain, effects: EffectClasses) -> Rule:
    """Make the rule that `fakes.snapshot.writing.rule_to_plain` wrote.

    Raises:
        SnapshotError: it is not a rule, or its effect is not one of *effects*.
    """
    with refusing(()):
        return Rule.from_plain(plain, effects)


class RuleReader:
    """Loads the rules of a world.

    Args:
        record: The records of the rules.
        world: The world, which has its entities.
        gates: Its gates; the first ones are those of the rules.
        effects: The classes of effects that rules may have.
    """

    def __init__(self, record: RuleSetRecord, world: LiveWorld, gates: Sequence[Gate], effects: EffectClasses) -> None:
        self._record = record
        self._world = world
        self._gates = gates
        self._effects = effects

    def load(self) -> list[InstalledRule]:
        """Load them, and return those in force.

        Raises:
            SnapshotError: something is wrong; says where.
        """
        record, gates = self._record, self._gates
        require(len(record.installed) <= len(gates), ("gates",), "are fewer than rules in force")
        rules = []
        for index, told in enumerate(record.installed):
            with refusing(("rules", "installed", index)):
                rules.append(self._read_rule(told, gates[index]))
        require_each_once([rule.name for rule in rules], ("rules", "installed"))
        contexts = {}
        for kind, key, asked in (("call", "calls", "method"), ("phase", "phases", "phase")):
            told_contexts: list[ContextRecord] = getattr(record, key)
            require(len(told_contexts) <= CONTEXTS_MAX, ("rules", key), f"are more than {CONTEXTS_MAX}")
            contexts[kind] = [_context(each, asked, ("rules", key, place)) for place, each in enumerate(told_contexts)]
        self._world.rules.load(rules, record.name_numbers, contexts)
        return rules

    def _read_rule(self, told: InstalledRuleRecord, gate: Gate) -> InstalledRule:
        with refusing(("rule",)):
            rule = rule_from_plain(told.rule, self._effects)
        require_each_once([key for key, _ in told.memory], ("memory",))
        draw_count, matched, fired = sum(told.draws.values()), told.matched_count, told.fired_count
        require(draw_count <= matched, ("draws",), f"are {draw_count}; expected matched_count, {matched}, or less")
        require(fired <= draw_count, ("fired_count",), f"is {fired}; expected that of draws, {draw_count}, or less")
        require(gate.name == told.name, ("name",), f"is {shown(told.name)}; its gate is {shown(gate.name)}")
        installed = InstalledRule(
            rule,
            told.name,
            kind_of(rule),
            matched_count=told.matched_count,
            fired_count=told.fired_count,
            is_due_past=told.is_due_past,
            memory={key: tuple(values) for key, values in told.memory},
            draws=Counter(told.draws),
        )
        installed.gate = gate
        if isinstance(rule.effect, RememberingEffect):
            with refusing(("memory",)):
                rule.effect.check_memory(installed.memory)
        for place, uid in enumerate(told.applied):
            effect = rule.effect
            path = ("applied", place)
            can_be = isinstance(effect, RevertibleEffect) and isinstance(effect, WorldEffect)
            require(can_be, path, f"the effect {effect.name} can't be reverted")
            assert isinstance(effect, WorldEffect)
            registry = self._world.collection(COLLECTION_OF_KEY[effect.target])
            require(uid in registry.by_uid, path, f"is {shown(uid)}; expected the uid of a {registry.kind}")
            installed.applied.append(AppliedFault(installed, uid))
        return installed


def _context(record: ContextRecord, asked: str, path: tuple[str | int, ...]) -> MatchContext:
    require(len(record.values.get(asked, ())) > 0, (*path, "values", asked), "is missing")
    return MatchContext(
        values={key: tuple(values) for key, values in record.values.items()},
        subject=record.subject,
        title=record.title,
        at_microseconds=record.at,
        labels=record.labels,
        uid=record.uid,
        name=record.name,
    )
