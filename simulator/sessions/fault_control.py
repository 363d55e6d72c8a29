"""Injecting faults into a simulator, and looking at what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fakes import Restore
from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.report import held_restores
from fakes.faults.rule import Effect, Rule
from fakes.faults.rule_set import InstalledRule
from simulator.sessions.rules import rule
from simulator.sessions.session import Session


class UnfiredRules(AssertionError):
    """Rules never took effect until the end of a strict simulator."""


class HeldRestores(AssertionError):
    """Gates or stalls without an end still hold restores at the end of a strict simulator."""


_HELD_REMEDY = "open the gate or remove the rule before the end; or set 'allow_held' to true where it is meant"


class GateControl:
    """A gate that holds restores before a phase.

    Args:
        session: In whose world it stands.
        active: Its rule.
    """

    def __init__(self, session: Session, active: InstalledRule) -> None:
        self._session = session
        self._active = active

    @property
    def rule(self) -> InstalledRule:
        """The rule that it belongs to."""
        return self._active

    @property
    def held(self) -> list[Restore]:
        """The restores that wait before it, in the order of their coming."""
        with self._session:
            return self._active.gate.held

    def open(self) -> None:
        """Let those that wait go on, and all that come later pass."""
        with self._session as world:
            world.open_gate(self._active)

    def close(self) -> None:
        """Hold what comes from now on."""
        with self._session as world:
            world.close_gate(self._active)


def rule_of(fault: Effect | Rule, where_and_when: Mapping[str, Any]) -> Rule:
    """The rule of an effect and the keywords of `simulator.faults.rule`, or a whole rule as it is.

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
    """What a strict simulator raises at its end; None when all is well."""
    complaints = ((UnfiredRules, unfired_rules), (HeldRestores, held_restores))
    failures = [kind("\n".join(told)) for kind, told in complaints if told]
    if errors:
        return ExceptionGroup("calls ended in errors of the simulator, or of its effects", [*errors, *failures])
    if len(failures) > 1:
        return ExceptionGroup("rules never took effect, and others still hold restores", failures)
    return failures[0] if failures else None


class FaultControl:
    """What a simulator offers for faults."""

    _session: Session
    _allow_held: bool

    def inject(self, fault: Effect | Rule, **where_and_when: Any) -> InstalledRule:
        """Put a fault into force, behind those that are.

        Args:
            fault: An effect from `simulator.faults`, or a whole rule.
            where_and_when: For an effect, the keywords of `simulator.faults.rule`.

        Raises:
            InvalidRule: it contradicts itself or could never match anything of this world.

        Example:
            >>> sim.inject(faults.fail("RESTORE_INTERNAL_ERROR"), phase="PENDING", times=1)     # doctest: +SKIP
        """
        whole = rule_of(fault, where_and_when)
        with self._session as world:
            return world.inject(whole)

    def gate(self, **where_and_when: Any) -> GateControl:
        """Hold restores at the door of a phase until the gate is opened.

        Example:
            >>> gate = sim.gate(phase="RESTORING_CLOUDSNAP", restore="orders-copy")             # doctest: +SKIP
        """
        return self.gate_of(self.inject(HoldAtGate(), **where_and_when))

    def gate_of(self, active: InstalledRule) -> GateControl:
        """The gate of a rule that is in force: one of the effect ``gate``, or of a ``stall`` without an end.

        Raises:
            ValueError: the rule holds nobody.
        """
        if not isinstance(active, InstalledRule):
            raise TypeError(f"{active!r} is no rule in force; expected what inject() returned, or one of 'rules'")
        if not active.has_gate:
            raise ValueError(f"the rule {active.name!r} is no gate; it does {active.rule.effect.name}")
        return GateControl(self._session, active)

    @property
    def rules(self) -> Sequence[InstalledRule]:
        """The rules that are in force, in their order, with what came of each so far."""
        with self._session as world:
            return tuple(world.rules)

    def remove_rule(self, rule: InstalledRule | GateControl) -> None:
        """Take a rule out of force, at any time; a gate stands for its rule.

        What it holds goes on: calls that hang or are delayed, restores at a gate or in a stall without an end. An
        outage or the loss of credentials that it has brought about ends; what it has already decided about a phase that
        is running stays decided.

        Raises:
            ValueError: it is not in force.
        """
        active = rule.rule if isinstance(rule, GateControl) else rule
        if not isinstance(active, InstalledRule):
            raise TypeError(f"{rule!r} is no rule in force; expected what inject() or gate() returned")
        self._session.remove_rules([active])

    def clear_rules(self) -> None:
        """Take all rules out of force, as `remove_rule` does."""
        self._session.remove_rules()

    def rule_complaints(self) -> list[str]:
        """Tell what a strict simulator complains of at its end: of `unfired_rules`, then of `held_restores`."""
        return [*self.unfired_rules(), *self.held_restores()]

    def unfired_rules(self) -> list[str]:
        """Tell of the rules that never took effect, what came closest, and after a `reset` in which life."""
        with self._session:
            return self._session.rule_history.complaints()

    def held_restores(self) -> list[str]:
        """Tell which rules hold restores, and how to end that; nothing where *allow_held* says that it is meant."""
        with self._session as world:
            return [] if self._allow_held else [f"{held}; {_HELD_REMEDY}" for held in held_restores(world.rules)]
