"""What is wrong with a rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class InvalidRule(ValueError):
    """A rule is invalid.

    Args:
        key: The key of the rule that is wrong; empty when the error concerns the whole rule.
        message: What was found and what would have been right.
        index: Its place in a list of rules; None outside of one.
    """

    key: str
    message: str
    index: int | None = None

    @property
    def path(self) -> str:
        """Where the error is, such as ``rules[1].method``; empty for a single rule as a whole."""
        place = "" if self.index is None else f"rules[{self.index}]"
        return ".".join(filter(None, (place, self.key)))

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.path, self.message)))
