"""What happened to each restore, line by line: its transitions, the faults that hit it and the calls about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fakes.environment import MICROSECONDS
from fakes.printable import printable
from scenarios.charts.attribution import Attribution
from scenarios.charts.events import TimelineEvent, read_events

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


def restore_traces(timeline: str, *, start_microseconds: int) -> list[RestoreTrace]:
    """Trace every restore of a timeline, in the order of their creation.

    Args:
        timeline: What happened, as `fakes.history.timeline.Timeline.to_json_lines` writes it.
        start_microseconds: From when seconds are counted, in microseconds since 1970.
    """
    events = read_events(timeline)
    attribution = Attribution(events)
    names = {event.fields["restore"]: event.fields["name"] for event in events if event.kind == "transition"}
    of_restore: dict[str, list[TimelineEvent]] = {uid: [] for uid in names}
    for event in events:
        uid = event.fields["restore"] if event.kind == "transition" else _about(attribution, event)
        if uid is not None:
            of_restore[uid].append(event)
    return [_trace(uid, name, of_restore[uid], start_microseconds) for uid, name in names.items()]


def _about(attribution: Attribution, event: TimelineEvent) -> str | None:
    return attribution.restore_uid(event) if event.kind in ("rpc", "fault") else None


def _trace(uid: str, name: str, events: Sequence[TimelineEvent], start_microseconds: int) -> RestoreTrace:
    calls = [event for event in events if event.kind == "rpc"]
    left_out = {event.line for event in calls[:-CALLS_SHOWN_MAX]}
    lines = [
        TraceLine((event.at_microseconds - start_microseconds) / MICROSECONDS, printable(_text(event)))
        for event in events
        if event.line not in left_out
    ]
    return RestoreTrace(uid, name, tuple(lines), len(left_out))


def _text(event: TimelineEvent) -> str:
    fields = event.fields
    if event.kind == "rpc":
        return f"{fields['method']} → {fields['code']}{fields['message'] and ': '}{fields['message']}"
    if event.kind == "fault":
        return f"fault {fields['rule']!r} ({fields['effect']})"
    error_code = fields.get("error_code")
    return fields["to"] + (f" ({error_code}: {fields.get('error_message', '')})" if error_code else "")
