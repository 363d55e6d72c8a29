"""A rule in force, and what it has done so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from fakes.environment import Entry
from fakes.faults.rule import ConditionalEffect, PhaseEffect, Rule, has_gate
from fakes.faults.rule_checks import methods_of
from fakes.lifecycle.gates import Gate
from fakes.printable import printable


@dataclass(slots=True, eq=False)
class AppliedFault:
    """An effect of a rule on an entity that can be reverted.

    Args:
        rule: The rule.
        uid: Uid of the entity.
        ends: The agenda entry at which it ends by itself.
    """

    rule: InstalledRule
    uid: str
    ends: Entry | None = None


@dataclass(slots=True, eq=False, repr=False)
class InstalledRule:
    """A rule that is in force.

    Args:
        rule: The rule.
        name: Its name; with a number behind it where another rule has the same.
        gate: Where the restores that it holds wait.
        kind: What it waits for: ``"call"``, ``"phase"``, or ``"time"``.
        matched_count: How often it matched.
        fired_count: How often it took effect.
        is_due_past: Whether its time has come, if it waits for a time.
        due: The agenda entry at which its time comes.
        applied: Its effects on the world that can be reverted.
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
    """Whether its effect may skip a match."""
    changes_plan: bool = field(init=False)
    """Whether its effect changes what a restore does in a phase."""
    methods: Collection[str] | None = field(init=False)
    """The methods that it can apply to; None means all."""

    def __post_init__(self) -> None:
        effect = self.rule.effect  # checked once here, because checking against a protocol is slow
        self.gate = Gate(self.name)
        self.is_conditional = isinstance(effect, ConditionalEffect)
        self.changes_plan = self.kind == "phase" and isinstance(effect, PhaseEffect)
        self.methods = methods_of(self.rule) if self.kind == "call" else None

    def __repr__(self) -> str:
        return printable(f"<rule {self.name!r}: {self.matched_count} matches, took effect {self.fired_count} times>")

    @property
    def has_gate(self) -> bool:
        """Whether restores may wait at its gate; see `has_gate`."""
        return has_gate(self.rule)

    def to_plain(self) -> dict[str, Any]:
        """The rule as plain data, under the name that it has here."""
        return {"name": self.name} | self.rule.to_plain() | {"name": self.name}
