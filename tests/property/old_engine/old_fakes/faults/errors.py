"""What is wrong with a rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class InvalidRule(ValueError):
    """A rule makes no sense.

    Args:
        key: The key of the rule that is wrong; empty when it is about the whole.
        message: What was found and what would have been right.
    """

    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.key}: {self.message}" if self.key else self.message
