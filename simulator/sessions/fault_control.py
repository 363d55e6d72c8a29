"""Injects faults into a simulator, and reports on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fakes import Restore
from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.installed_rule import InstalledRule
from fakes.faults.report import held_restores
from fakes.faults.rule import Effect, Rule
from fakes.suggestions import counted
from simulator.sessions.rules import rule
from simulator.sessions.session import Session


class UnfiredRules(AssertionError):
    """At the end of a strict simulator, there are rules that never took effect."""


class HeldRestores(AssertionError):
    """At the end of a strict simulator, gates or stalls without an end still hold restores."""


_HELD_REMEDY = "open the gate or remove the rule before the end; or set 'allow_held' to true where it is meant"


class GateControl:
    """A gate that holds restores before a phase.

    Args:
        session: The session that it belongs to.
        installed: Its rule.
    """

    def __init__(self, session: Session, installed: InstalledRule) -> None:
        self._session = session
        self._installed = installed

    def __repr__(self) -> str:
        return f"<gate {self._installed.name!r}: {counted([one.name for one in self.held], len(self.held), 'restore')}>"

    @property
    def rule(self) -> InstalledRule:
        """The rule of the gate."""
        return self._installed

    @property
    def held(self) -> list[Restore]:
        """The restores that wait at it, in the order in which they came."""
        with self._session:
            return self._installed.gate.held

    def open(self) -> None:
        """Let the restores that wait go on, and let later ones pass."""
        with self._session as world:
            world.open_gate(self._installed)

    def close(self) -> None:
        """Hold restores that come from now on."""
        with self._session as world:
            world.close_gate(self._installed)


def rule_of(fault: Effect | Rule, where_and_when: Mapping[str, Any]) -> Rule:
    """Make a rule of an effect and the keywords of `simulator.faults.rule`; a whole rule is returned as it is.

    Raises:
        InvalidRule: it contradicts itself.
        TypeError: a whole rule came with keywords.
    """
    if not isinstance(fault, Rule):
        return rule(fault, **where_and_when)
    if where_and_when:
        raise TypeError(f"a whole rule says where and when itself; found {', '.join(sorted(where_and_when))}")
    return fault


def strict_failures(
    unfired_rules: Sequence[str], held_restores: Sequence[str], errors: Sequence[Exception]
) -> Exception | None:
    """The error that a strict simulator raises at its end; None when all is well."""
    complaints = ((UnfiredRules, unfired_rules), (HeldRestores, held_restores))
    failures = [kind("\n".join(told)) for kind, told in complaints if told]
    if errors:
        return ExceptionGroup("calls ended in errors of the simulator, or of its effects", [*errors, *failures])
    if len(failures) > 1:
        return ExceptionGroup("rules never took effect, and others still hold restores", failures)
    return failures[0] if failures else None


class FaultControl:
    """The fault methods of a simulator."""

    _session: Session

    def inject(self, fault: Effect | Rule, **where_and_when: Any) -> InstalledRule:
        """Put a rule into force, after those that already are.

        Args:
            fault: An effect from `simulator.faults`, or a whole rule.
            where_and_when: For an effect, the keywords of `simulator.faults.rule`.

        Raises:
            InvalidRule: it contradicts itself or could never match anything in this world.

        Example:
            >>> from simulator import Simulator, faults
            >>> with Simulator(strict=False) as sim:
            ...     rule = sim.inject(faults.fail("RESTORE_INTERNAL_ERROR"), phase="PENDING", times=1)
            ...     sim.remove_rule(rule)
        """
        whole = rule_of(fault, where_and_when)
        with self._session as world:
            return world.inject(whole)

    def gate(self, **where_and_when: Any) -> GateControl:
        """Hold restores at the start of a phase until the gate is opened.

        Example:
            >>> from simulator import Simulator
            >>> with Simulator(strict=False) as sim:
            ...     gate = sim.gate(phase="RESTORING_CLOUDSNAP", restore="orders-copy")
            ...     gate.held
            []
        """
        return self.gate_of(self.inject(HoldAtGate(), **where_and_when))

    def gate_of(self, installed: InstalledRule) -> GateControl:
        """The gate of a rule that is in force: one of the effect ``gate``, or of a ``stall`` without an end.

        Raises:
            ValueError: the rule holds no restores.
        """
        if not isinstance(installed, InstalledRule):
            raise TypeError(f"{installed!r} is no rule in force; expected what inject() returned, or one of 'rules'")
        if not installed.has_gate:
            raise ValueError(f"the rule {installed.name!r} is no gate; it does {installed.rule.effect.name}")
        return GateControl(self._session, installed)

    @property
    def rules(self) -> Sequence[InstalledRule]:
        """The rules that are in force, in their order, with their counts so far."""
        with self._session as world:
            return tuple(world.rules)

    def remove_rule(self, rule: InstalledRule | GateControl) -> None:
        """Remove a rule, at any time; a gate stands for its rule.

        What it holds goes on: calls that hang or are delayed, restores at a gate or in a stall without an end. An
        outage or the loss of credentials that it has brought about ends; what it has already decided about a phase that
        is running stays decided.

        Raises:
            ValueError: it is not in force.
        """
        installed = rule.rule if isinstance(rule, GateControl) else rule
        if not isinstance(installed, InstalledRule):
            raise TypeError(f"{rule!r} is no rule in force; expected what inject() or gate() returned")
        self._session.remove_rules([installed])

    def clear_rules(self) -> None:
        """Remove all rules, as `remove_rule` does."""
        self._session.remove_rules()

    def rule_complaints(self) -> list[str]:
        """Return what a strict simulator complains about at its end: `unfired_rules`, then `held_restores`."""
        return [*self.unfired_rules(), *self.held_restores()]

    def unfired_rules(self) -> list[str]:
        """Report the rules that never took effect, what came closest, and, after a reset, in which life."""
        with self._session:
            return self._session.rule_history.complaints()

    def held_restores(self) -> list[str]:
        """Report which rules hold restores, and how to end that; nothing if the session allows it."""
        with self._session as world:
            return (
                [] if self._session.allow_held else [f"{held}; {_HELD_REMEDY}" for held in held_restores(world.rules)]
            )
