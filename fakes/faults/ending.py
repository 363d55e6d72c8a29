"""Ends that come once, by their time or before it."""

from __future__ import annotations

from collections.abc import Callable

from fakes.faults.errors import InvalidRule
from fakes.phase_durations import DURATION_SECONDS_MAX


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
        InvalidRule: it is not above 0, or longer than a hundred years.
    """
    if duration_seconds is not None and not 0 < duration_seconds <= DURATION_SECONDS_MAX:
        raise InvalidRule(
            "duration", f"is {duration_seconds:g}; expected a number of seconds above 0, at most a hundred years"
        )
