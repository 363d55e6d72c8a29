"""What a picture shows of a timeline, as plain values; all times are seconds from its first event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from fakes.history.events import FaultFired, RecordedEvent, RemoteCall
from fakes.lifecycle.phases import Phase

CALL_SUCCEEDED = "OK"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at one moment: a rule took effect, a call was answered, the world changed.

    Args:
        at_seconds: When it happened.
        event: The event.
        text: The event in words.
    """

    at_seconds: float
    event: RecordedEvent
    text: str

    @property
    def is_fault(self) -> bool:
        """Whether a rule took effect."""
        return self.event.kind == FaultFired.kind

    @property
    def is_call(self) -> bool:
        """Whether a call was answered."""
        return self.event.kind == RemoteCall.kind

    @property
    def is_failed_call(self) -> bool:
        """Whether a call was answered with a status other than OK."""
        return self.is_call and self.event.text("code") != CALL_SUCCEEDED


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A restore was in a phase for a time."""

    phase: Phase
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class RestoreHistory:
    """What happened to a restore.

    Args:
        uid: Uid of the restore.
        name: Name of the restore.
        start_seconds: When it was created.
        end_seconds: When it reached its final phase; for a live restore, the end of the timeline.
        phases: The phases that it was in, in order; final ones take no time and are not among them.
        outcome: The phase in which it was last seen.
        error_code: Why it failed; empty when it did not.
        error_message: Likewise.
        marks: What else happened to it, in order.
    """

    uid: str
    name: str
    start_seconds: float
    end_seconds: float
    phases: Sequence[PhaseSpan]
    outcome: Phase
    error_code: str
    error_message: str
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class LaneSpan:
    """Something in the world was different for a time; *ended* is False if it still was at the end."""

    text: str
    start_seconds: float
    end_seconds: float
    ended: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """What happened beside the restores: to something in the world, or in calls that concern no restore.

    Args:
        title: What it concerns.
        spans: What lasted for a time, in order; they do not overlap.
        marks: What happened at one moment, in order.
    """

    title: str
    spans: Sequence[LaneSpan]
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class History:
    """Everything that a picture shows.

    Args:
        started_at: When the first event happened, in virtual time; None when nothing did.
        duration_seconds: From the first event to the last.
        restores: The restores in the order in which they were created.
        lanes: What happened beside them; empty lanes are left out.
    """

    started_at: datetime | None
    duration_seconds: float
    restores: Sequence[RestoreHistory]
    lanes: Sequence[Lane]

    @property
    def marks(self) -> list[Mark]:
        """What happened at one moment, anywhere, in order of time."""
        everywhere = (*(lane.marks for lane in self.lanes), *(restore.marks for restore in self.restores))
        return sorted(chain.from_iterable(everywhere), key=lambda mark: mark.at_seconds)
