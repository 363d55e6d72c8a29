"""Ends that come once, by their time or before it."""

from __future__ import annotations

import math
from collections.abc import Callable

from fakes.faults.errors import InvalidRule


def once(action: Callable[[], object]) -> Callable[[], None]:
    """Let *action* happen at the first call only."""
    pending = [action]

    def act() -> None:
        if pending:
            pending.pop()()

    return act


def require_duration(duration_seconds: float | None) -> None:
    """Check how long something is to last; None means without end.

    Raises:
        InvalidRule: it is not finite and above 0.
    """
    if duration_seconds is not None and not (math.isfinite(duration_seconds) and duration_seconds > 0):
        raise InvalidRule("duration", f"is {duration_seconds:g}; expected a finite number of seconds above 0")
