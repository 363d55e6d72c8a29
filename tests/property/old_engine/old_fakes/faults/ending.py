"""Ends that come once, by their time or before it."""

from __future__ import annotations

from collections.abc import Callable


def once(action: Callable[[], object]) -> Callable[[], None]:
    """Let *action* happen at the first call only."""
    pending = [action]

    def act() -> None:
        if pending:
            pending.pop()()

    return act
