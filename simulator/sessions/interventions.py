"""Records what was done to a session from outside the API, as scenario steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.sessions.session import Session

KEPT_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Intervention:
    """One intervention.

    Args:
        at_microseconds: When, in the time of the world, in microseconds since 1970.
        call_count: How many calls had arrived before it.
        step: What, as a step of a scenario: ``{"open": "door"}``.
    """

    at_microseconds: int
    call_count: int
    step: Mapping[str, Any]


@dataclass(eq=False, slots=True)
class Interventions:
    """The interventions in the current life of a session, in order; beyond `KEPT_MAX`, the oldest are forgotten."""

    kept: deque[Intervention] = field(default_factory=lambda: deque(maxlen=KEPT_MAX))
    _life: int = 1

    def add(self, session: Session, verb: str, argument: Any) -> None:
        """Record an intervention that happened just now; the session has to be locked."""
        self._forget_past(session)
        now = session.world.environment.now_microseconds
        self.kept.append(Intervention(now, session.calls.arrived_count, {verb: argument}))

    def of_life(self, session: Session) -> list[Intervention]:
        """Return the interventions since the start or the last reset of the session."""
        self._forget_past(session)
        return [*self.kept]

    def _forget_past(self, session: Session) -> None:
        if self._life != session.rule_history.life:
            self.kept.clear()
            self._life = session.rule_history.life
