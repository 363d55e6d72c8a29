"""Gates that hold restores until they are opened."""

from __future__ import annotations

from dataclasses import dataclass, field

from fakes.lifecycle.restores import Restore


@dataclass(slots=True, eq=False)
class Gate:
    """A gate.

    Args:
        name: Name of the rule whose gate it is.
        is_open: Whether restores pass; it is closed at first.
        waiting: The restores that wait at it, by uid, in the order in which they came.
    """

    name: str
    is_open: bool = False
    waiting: dict[str, Restore] = field(default_factory=dict)

    @property
    def held(self) -> list[Restore]:
        """The restores that wait at it, in the order in which they came."""
        return list(self.waiting.values())
