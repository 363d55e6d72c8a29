"""Applies rules: at a time, in a phase, and to entities of the world until they are reverted."""

from __future__ import annotations

from typing import cast

from fakes.environment import Environment, to_microseconds
from fakes.faults.installed_rule import AppliedFault, InstalledRule
from fakes.faults.rule import Firing, PhaseEffect, RevertibleEffect, Rule, WorldEffect
from fakes.faults.rule_checks import COLLECTION_OF_KEY
from fakes.faults.rule_set import RuleSet
from fakes.faults.selector import MatchContext
from fakes.faults.target import FaultTarget
from fakes.history.events import FaultFired
from fakes.history.store import History
from fakes.lifecycle.phase_plan import PhasePlan
from fakes.world.catalog import Catalog

FAULT_DUE = "fault due"
"""Kind of the agenda entry at which a rule with a time is due."""
FAULT_ENDS = "fault ends"
"""Kind of the agenda entry at which an effect on the world is reverted."""


class Injector:
    """The faults of one world.

    Args:
        rules: The rules that are in force.
        target: The world that effects change.
        catalog: What exists.
        environment: The clock; the times of rules are counted from its current time.
        history: Records every fault.
    """

    def __init__(
        self, rules: RuleSet, target: FaultTarget, catalog: Catalog, environment: Environment, history: History
    ) -> None:
        self.rules = rules
        self._target = target
        self._catalog = catalog
        self._environment = environment
        self._history = history
        self._start_microseconds = environment.now_microseconds

    def inject(self, rule: Rule) -> InstalledRule:
        """Put a rule into force.

        Raises:
            InvalidRule: it could never match anything of this world, or contradicts itself.
        """
        installed = self.rules.add(rule)
        if installed.kind == "time":
            at_microseconds = self._start_microseconds + to_microseconds(rule.at_seconds or 0.0)
            delay_microseconds = at_microseconds - self._environment.now_microseconds
            if delay_microseconds > 0:
                installed.due = self._environment.schedule_entry(delay_microseconds, FAULT_DUE, installed)
            else:
                self.begin(installed)
        return installed

    def begin(self, installed: InstalledRule) -> None:
        """Apply a rule whose time has come."""
        installed.due = None
        installed.is_due_past = True
        for uid in self.rules.targets(installed.rule):
            firing = self.rules.strike(installed, uid, self._environment.now_microseconds)
            if firing is not None:
                self._apply(installed, firing, uid)

    def change(self, plan: PhasePlan, context: MatchContext) -> None:
        """Apply rules to a restore that enters a phase; they may change its plan."""
        for installed, firing in self.rules.fire("phase", context):
            effect = installed.rule.effect
            if installed.changes_plan:
                cast(PhaseEffect, effect).before(plan, firing)
            else:
                assert isinstance(effect, WorldEffect)
                self._apply(installed, firing, context.values[effect.target][1])

    def end(self, fault: AppliedFault) -> None:
        """Revert the effect of a rule on an entity."""
        fault.rule.applied.remove(fault)
        assert isinstance(fault.rule.rule.effect, RevertibleEffect)
        fault.rule.rule.effect.revert(self._target, fault.uid)

    def end_all(self, installed: InstalledRule) -> None:
        """Revert all effects of a rule, and cancel its time if that is still to come."""
        if installed.due is not None:
            self._environment.cancel(installed.due)
            installed.due = None
        while installed.applied:
            fault = installed.applied[-1]
            if fault.ends is not None:
                self._environment.cancel(fault.ends)
            self.end(fault)

    def _apply(self, installed: InstalledRule, firing: Firing, uid: str) -> None:
        effect = installed.rule.effect
        assert isinstance(effect, WorldEffect)
        name = self._catalog.collection(COLLECTION_OF_KEY[effect.target]).recall(uid).name
        self._history.record(FaultFired(self._environment.now_microseconds, firing.rule, firing.effect, uid, name))
        effect.apply(self._target, uid)
        if isinstance(effect, RevertibleEffect):
            fault = AppliedFault(installed, uid)
            installed.applied.append(fault)
            if effect.duration_seconds is not None:
                delay_microseconds = to_microseconds(effect.duration_seconds)
                fault.ends = self._environment.schedule_entry(delay_microseconds, FAULT_ENDS, fault)
