"""Injects faults into a session of a server, and reports on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Effect, Rule
from simulator.documents.given_rules import GivenRule, to_rule
from simulator.faults import EFFECTS
from simulator.remote.connection import ControlsSession
from simulator.remote.history import RemoteHistory
from simulator.remote.rules import RemoteGate, RemoteRule
from simulator.services.control.conversions import from_struct


class RemoteFaults(ControlsSession):
    """The fault methods of a remote simulator."""

    _history: RemoteHistory

    def inject(self, fault: Effect | GivenRule, **where_and_when: Any) -> RemoteRule:
        """Put a rule into force; see `simulator.Simulator.inject`.

        Raises:
            InvalidRule: it contradicts itself or could never match anything in this world.
            TypeError: its effect has no ``to_plain``, so it can't be sent.
        """
        rule = to_rule(fault, where_and_when, "rule")
        described = self._running().call("InjectRule", refused=InvalidRule, rule=rule.to_plain())
        return RemoteRule(self._running(), self._history, described, rule)

    def gate(self, **where_and_when: Any) -> RemoteGate:
        """Hold restores at the start of a phase until the gate is opened."""
        return self.gate_of(self.inject(HoldAtGate(), **where_and_when))

    def gate_of(self, installed: RemoteRule) -> RemoteGate:
        """The gate of a rule that is in force.

        Raises:
            ValueError: the rule holds no restores.
        """
        if not isinstance(installed, RemoteRule):
            raise TypeError(f"{installed!r} is no rule in force; expected what inject() returned, or one of 'rules'")
        if not installed.has_gate:
            raise ValueError(f"the rule {installed.name!r} is no gate; it does {installed.rule.effect.name}")
        return RemoteGate(installed)

    @property
    def rules(self) -> Sequence[RemoteRule]:
        """The rules that are in force, in their order."""
        session = self._running()
        return tuple(
            RemoteRule(session, self._history, described, Rule.from_plain(from_struct(described.rule), EFFECTS))
            for described in session.call("ListRules").rules
        )

    def remove_rule(self, rule: RemoteRule | RemoteGate) -> None:
        """Remove a rule, at any time; what it holds goes on.

        Raises:
            ValueError: it is not in force.
        """
        installed = rule.rule if isinstance(rule, RemoteGate) else rule
        if not isinstance(installed, RemoteRule):
            raise TypeError(f"{rule!r} is no rule in force; expected what inject() or gate() returned")
        self._running()
        installed.change("DeleteRule")

    def clear_rules(self) -> None:
        """Remove all rules."""
        for rule in self.rules:
            self.remove_rule(rule)

    def rule_complaints(self) -> list[str]:
        """What a strict simulator complains about at its end: `unfired_rules`, then `held_restores`."""
        return [*self.unfired_rules(), *self.held_restores()]

    def unfired_rules(self) -> list[str]:
        """The rules that never took effect, and what came closest."""
        return list(self._describe().complaints.unfired_rules)

    def held_restores(self) -> list[str]:
        """Which rules hold restores, and how to end that."""
        return list(self._describe().complaints.held_restores)
