"""Rules that never took effect, over all lives of a simulator: a reset ends one life and begins the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import indent

from fakes.faults.installed_rule import InstalledRule
from fakes.faults.report import why_unfired
from fakes.faults.rule_set import RuleSet

LIVES_SHOWN_MAX = 3
"""How many of the latest lives a complaint explains why a rule never took effect in."""

UNFIRED_MAX = 1_000
"""How many rules of earlier lives are remembered; the latest ones."""


@dataclass(frozen=True)
class UnfiredRule:
    """A rule that never took effect.

    Args:
        name: Its name.
        life_count: How many lives it was in force in.
        reasons: Why it did not take effect, by life; only for the latest lives.
    """

    name: str
    life_count: int = 0
    reasons: Mapping[int, str] = field(default_factory=dict)

    def after(self, life: int, reason: str) -> UnfiredRule:
        """The same after one more life."""
        latest = [*self.reasons.items(), (life, reason)][-LIVES_SHOWN_MAX:]
        return UnfiredRule(self.name, self.life_count + 1, dict(latest))

    def complaint(self, lives: int) -> str:
        """The complaint about the rule, in a simulator with so many lives."""
        reasons = [*self.reasons.items()]
        never = f"the rule {self.name!r} never fired"
        if lives == 1:
            return f"{never}: {reasons[0][1]}"
        if len(reasons) == 1:
            life, reason = reasons[0]
            return f"{never} in life {life} of {lives}: {reason}"
        told = indent("\n".join(f"life {life}: {reason}" for life, reason in reasons), "  ")
        return f"{never} in {self.life_count} of {lives} lives:\n{told}"


class RuleHistory:
    """Which rules took effect, life by life.

    A rule that is in force from the start of each life is one rule: it counts as fired if it took effect in any life.
    One that was injected belongs to its life.

    Args:
        rules: The rules of the first life, before anything is injected.
    """

    def __init__(self, rules: RuleSet) -> None:
        self.life = 1
        """The number of the current life, from 1."""
        self._past: deque[UnfiredRule] = deque(maxlen=UNFIRED_MAX)
        self._declared: list[UnfiredRule | None] = [UnfiredRule(installed.name) for installed in rules]
        """For each rule that every life begins with, its record; None when it took effect."""
        self._begin(rules)

    def _begin(self, rules: RuleSet) -> None:
        self._rules = rules
        self._first = tuple(rules)

    def begin_life(self, rules: RuleSet) -> None:
        """Begin the next life, with *rules* in force."""
        self._past.extend(self._injected())
        self._declared = self._declared_until_now()
        self.life += 1
        self._begin(rules)

    @property
    def past(self) -> Sequence[UnfiredRule]:
        """The rules of earlier lives that were injected and did not take effect."""
        return tuple(self._past)

    @property
    def declared(self) -> Sequence[UnfiredRule | None]:
        """The records of earlier lives for the rules that each life begins with; None for one that took effect."""
        return tuple(self._declared)

    @property
    def first(self) -> Sequence[InstalledRule]:
        """The rules that this life began with, including those that were removed since."""
        return self._first

    def load(
        self,
        life: int,
        past: Iterable[UnfiredRule],
        declared: Iterable[UnfiredRule | None],
        first: Iterable[InstalledRule],
        rules: RuleSet,
    ) -> None:
        """Continue the history of a snapshot, with *rules* in force."""
        self.life = life
        self._past.clear()
        self._past.extend(past)
        self._declared = list(declared)
        self._rules = rules
        self._first = tuple(first)

    def complaints(self) -> list[str]:
        """Report every rule that never took effect, and why. Removed rules are not reported."""
        declared = [record for record in self._declared_until_now() if record is not None and record.reasons]
        return [record.complaint(self.life) for record in (*self._past, *declared, *self._injected())]

    def _injected(self) -> list[UnfiredRule]:
        """The rules of this life that were injected and did not take effect."""
        return [
            UnfiredRule(installed.name).after(self.life, why_unfired(installed, self._rules))
            for installed in self._rules
            if installed not in self._first and installed.fired_count == 0
        ]

    def _declared_until_now(self) -> list[UnfiredRule | None]:
        in_force = set(self._rules)
        records: list[UnfiredRule | None] = []
        for record, installed in zip(self._declared, self._first, strict=True):
            if record is None or installed.fired_count:
                records.append(None)
            elif installed in in_force:
                records.append(record.after(self.life, why_unfired(installed, self._rules)))
            else:
                records.append(UnfiredRule(record.name))
        return records
