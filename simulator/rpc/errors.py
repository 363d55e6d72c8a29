"""Errors of a call itself, before it reaches the world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


def shortened(text: str, length: int) -> str:
    """Cut *text* to *length* characters, and say so."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def shortened_to_bytes(text: str, size: int) -> str:
    """Cut *text* to *size* bytes of UTF-8, and say so."""
    encoded = text.encode()
    return text if len(encoded) <= size else f"{encoded[: size - len('…'.encode())].decode(errors='ignore')}…"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field of a request that is invalid.

    Args:
        field: Path of the field, such as ``restore.meta.name``; empty for the whole request.
        description: What was found and what would have been right.
    """

    field: str
    description: str

    def __str__(self) -> str:
        return f"{self.field}: {self.description}" if self.field else self.description


@dataclass
class InvalidRequest(Exception):
    """The request is malformed; all violations are listed."""

    violations: Sequence[FieldViolation]


@dataclass
class Unauthenticated(Exception):
    """The world requires a token, and the call has no valid one.

    Args:
        reason: What is wrong, in capitals.
        description: What is wrong, in words.
        service: Full name of the service that was called.
    """

    reason: str
    description: str
    service: str


class CallCancelled(Exception):
    """The caller has cancelled the call."""


class DeadlinePassed(Exception):
    """The caller's deadline has passed."""


class WorldEnded(Exception):
    """The simulator was reset or closed since the call came."""
