"""What happened to each restore, line by line: its transitions, the faults that hit it and the calls about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fakes.environment import MICROSECONDS
from fakes.history.description import describe
from fakes.history.events import RecordedEvent, RemoteCall
from scenarios.charts.subjects import Subjects

CALLS_SHOWN_MAX = 5
"""Calls of a restore that are shown; earlier ones are counted."""


@dataclass(frozen=True, slots=True)
class TraceLine:
    """Something that happened to a restore, in virtual seconds from the start of the scenario."""

    at_seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class RestoreTrace:
    """What happened to one restore, in order.

    Args:
        uid: Uid of the restore.
        name: Name of the restore.
        lines: What happened.
        calls_left_out_count: Calls before the first that is shown.
    """

    uid: str
    name: str
    lines: Sequence[TraceLine]
    calls_left_out_count: int


def restore_traces(events: Sequence[RecordedEvent], *, start_microseconds: int) -> list[RestoreTrace]:
    """Trace every restore of a timeline, in the order of their creation.

    Args:
        events: What happened.
        start_microseconds: From when seconds are counted, in microseconds since 1970.
    """
    subjects = Subjects(events)
    of_restore: dict[str, list[RecordedEvent]] = {uid: [] for uid in subjects.names}
    for event in events:
        uid = subjects.restore_uid(event)
        if uid is not None:
            of_restore[uid].append(event)
    return [_trace(uid, subjects, of_restore[uid], start_microseconds) for uid in subjects.names]


def _trace(uid: str, subjects: Subjects, events: Sequence[RecordedEvent], start_microseconds: int) -> RestoreTrace:
    calls = [event for event in events if event.kind == RemoteCall.kind]
    left_out = {event.sequence for event in calls[:-CALLS_SHOWN_MAX]}
    lines = [
        TraceLine((event.at_microseconds - start_microseconds) / MICROSECONDS, describe(event, subjects.names))
        for event in events
        if event.sequence not in left_out
    ]
    return RestoreTrace(uid, subjects.names[uid], tuple(lines), len(left_out))
