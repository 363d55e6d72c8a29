"""Checks rules and the steps that name them, in the order in which they come into force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Rule, has_gate
from fakes.faults.rule_set import RuleSet
from fakes.suggestions import suggest
from simulator.documents.problems import Finding, KeyPath
from simulator.documents.rules import FaultDocument


@dataclass
class RuleNames:
    """The rules that steps may refer to so far.

    Args:
        plan: The rule set of the world that the rules have to fit.
    """

    plan: RuleSet
    known: dict[str, Rule] = field(default_factory=dict)
    _in_force: set[str] = field(default_factory=set)
    """The names that were given to rules, rather than made, and are taken."""

    def add(self, fault: FaultDocument, where: KeyPath) -> Iterator[Finding]:
        """Remember a rule; check that it could match something of the world, and that its name is not taken.

        A step that is repeated is one rule, however often it comes into force.
        """
        rule = fault.to_rule()
        self.known[rule.name] = rule
        if fault.name in self._in_force:
            yield (*where, "name"), f"another rule has the name {fault.name!r}; expected a name of its own, or none"
        if fault.name and "${" not in fault.name:
            self._in_force.add(fault.name)
        try:
            self.plan.check(rule)
        except InvalidRule as error:
            yield (*where, error.key) if error.key else where, error.message

    def check(self, verb: str, name: str, where: KeyPath) -> Iterator[Finding]:
        """Check a step that refers to the rule *name*, and remember what it removes."""
        if name not in self.known:
            yield where, f"no rule has the name {name!r}; {suggest(name, self.known)}"
        elif verb == "open" and not has_gate(self.known[name]):
            yield where, f"the rule {name!r} holds nobody; expected one with 'gate', or with a 'stall' without an end"
        if verb == "remove":
            self._in_force.discard(name)
