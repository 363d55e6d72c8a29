"""Gates that hold restores until somebody opens them."""

from __future__ import annotations

from dataclasses import dataclass, field

from fakes.lifecycle.restores import Restore


@dataclass(slots=True, eq=False)
class Gate:
    """A gate.

    Args:
        name: Name of the rule that puts restores before it.
        is_open: Whether restores pass; it is closed at first.
        waiting: The restores that wait before it, by uid, in the order of their coming.
    """

    name: str
    is_open: bool = False
    waiting: dict[str, Restore] = field(default_factory=dict)

    @property
    def held(self) -> list[Restore]:
        """The restores that wait before it, in the order of their coming."""
        return list(self.waiting.values())
