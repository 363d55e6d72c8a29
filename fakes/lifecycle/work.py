"""What a restore does within a phase, as data: pieces of work that are done in order."""

from __future__ import annotations

from dataclasses import dataclass

from fakes.lifecycle.failures import Failure
from fakes.lifecycle.gates import Gate


@dataclass(frozen=True, slots=True)
class AwaitSlot:
    """Wait until the cluster has room, unless the restore has its slot already."""


@dataclass(frozen=True, slots=True)
class Elapse:
    """Let time pass."""

    duration_microseconds: int


@dataclass(frozen=True, slots=True)
class Download:
    """Get bytes over the link of the cluster."""

    size_bytes: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Let time pass without doing any work."""

    duration_microseconds: int


@dataclass(frozen=True, slots=True)
class AwaitGate:
    """Wait until a gate is open."""

    gate: Gate


@dataclass(frozen=True, slots=True)
class FailRestore:
    """End the restore in FAILED."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class RecordFault:
    """Record in the timeline that a rule takes effect: the names of the rule and of its effect."""

    rule: str
    effect: str


Work = AwaitSlot | Elapse | Download | Pause | AwaitGate | FailRestore | RecordFault
