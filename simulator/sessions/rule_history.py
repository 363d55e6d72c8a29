"""Which rules never took effect, over all lives of a simulator: a reset ends one life and begins the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import indent

from fakes.faults.report import why_unfired
from fakes.faults.rule_set import RuleSet

LIVES_SHOWN_MAX = 3
"""The latest lives; only for these the complaint says why a rule never took effect."""

UNFIRED_MAX = 1_000
"""Rules of earlier lives that are remembered, the latest."""


@dataclass(frozen=True)
class _Record:
    """A rule that never took effect.

    Args:
        name: Its name.
        life_count: In how many lives it was in force.
        reasons: Why it did not take effect, by life; only the latest.
    """

    name: str
    life_count: int = 0
    reasons: Mapping[int, str] = field(default_factory=dict)

    def after(self, life: int, reason: str) -> _Record:
        """The same after one more life."""
        latest = [*self.reasons.items(), (life, reason)][-LIVES_SHOWN_MAX:]
        return _Record(self.name, self.life_count + 1, dict(latest))

    def complaint(self, lives: int) -> str:
        """What it says of the rule in a simulator with so many lives."""
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
    """What came of rules, life by life.

    A rule that is in force from the start of each life is one rule: it is fired when it took effect in any of them.
    One that was injected belongs to its life.

    Args:
        rules: The rules of the first life, before anything is injected.
    """

    def __init__(self, rules: RuleSet) -> None:
        self.life = 1
        """The number of the present life, from 1."""
        self._past: deque[_Record] = deque(maxlen=UNFIRED_MAX)
        self._declared: list[_Record | None] = [_Record(active.name) for active in rules]
        """For each rule that every life begins with what is known of it; None when it took effect."""
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

    def complaints(self) -> list[str]:
        """Tell of every rule that never took effect, and why. One that was taken out of force is not told of."""
        declared = [record for record in self._declared_until_now() if record is not None and record.reasons]
        return [record.complaint(self.life) for record in (*self._past, *declared, *self._injected())]

    def _injected(self) -> list[_Record]:
        """The rules of this life that were injected and did not take effect."""
        return [
            _Record(active.name).after(self.life, why_unfired(active, self._rules))
            for active in self._rules
            if active not in self._first and active.fired_count == 0
        ]

    def _declared_until_now(self) -> list[_Record | None]:
        in_force = set(self._rules)
        records: list[_Record | None] = []
        for record, active in zip(self._declared, self._first, strict=True):
            if record is None or active.fired_count:
                records.append(None)
            elif active in in_force:
                records.append(record.after(self.life, why_unfired(active, self._rules)))
            else:
                records.append(_Record(record.name))
        return records
