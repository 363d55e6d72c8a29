"""Gates that hold restores until somebody opens them."""

from __future__ import annotations

from collections.abc import Callable

from old_fakes.restores import Restore


class Gate:
    """A gate, closed at first.

    Args:
        name: Name of the rule that puts restores before it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_open = False
        self._waiting: dict[str, tuple[Restore, Callable[[], None]]] = {}

    @property
    def held(self) -> list[Restore]:
        """The restores that wait before it, in the order of their coming."""
        return [restore for restore, _ in self._waiting.values()]

    def wait(self, restore: Restore, passed: Callable[[], None]) -> None:
        """Let *restore* wait; *passed* is called when it may go on, at once where the gate is open."""
        if self.is_open:
            passed()
        else:
            self._waiting[restore.uid] = (restore, passed)

    def leave(self, restore: Restore) -> None:
        """No longer let *restore* wait; it does not pass."""
        self._waiting.pop(restore.uid, None)

    def open(self) -> None:
        """Let all that wait go on, in the order of their coming, and all that come later pass."""
        self.is_open = True
        while self._waiting:
            uid = next(iter(self._waiting))
            _, passed = self._waiting.pop(uid)
            passed()

    def close(self) -> None:
        """Hold what comes from now on."""
        self.is_open = False
