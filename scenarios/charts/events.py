"""Reads the text of a timeline, one JSON object a line, and checks that its events are complete."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from fakes.history.events import RecordedEvent
from fakes.suggestions import suggest

MICROSECOND = timedelta(microseconds=1)
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_REQUIRED_FIELDS: Mapping[str, tuple[str, ...]] = {
    "transition": ("restore", "name", "to"),
    "world": ("change", "uid", "name"),
    "fault": ("rule", "effect", "uid", "name"),
    "rpc": ("method", "code", "caller", "subject", "message"),
}
"""The text fields that each kind of event must have."""


class WrongTimeline(ValueError):
    """A text is not a timeline.

    Args:
        line: The line that is wrong, from 1.
        message: What is wrong with it.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


def read_events(text: str) -> list[RecordedEvent]:
    """Read a timeline as `fakes.history.timeline.Timeline.to_json_lines` writes it; empty lines do not matter.

    The sequence number of an event is the line on which it stands.

    Raises:
        WrongTimeline: a line is not a JSON object or not an event, lacks something, or goes back in time.
    """
    events: list[RecordedEvent] = []
    for event in _events(text):
        if events and event.at_microseconds < events[-1].at_microseconds:
            raise WrongTimeline(event.sequence, f"goes back in time, behind line {events[-1].sequence}")
        events.append(event)
    return events


def _events(text: str) -> Iterator[RecordedEvent]:
    # Texts in JSON may contain the other characters that end a line for str.splitlines.
    for line, content in enumerate(text.split("\n"), start=1):
        if content.strip():
            yield _event(line, content)


def _event(line: int, content: str) -> RecordedEvent:
    try:
        told = json.loads(content)
    except json.JSONDecodeError as error:
        raise WrongTimeline(line, f"is no JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError) as error:
        raise WrongTimeline(line, f"is no JSON that can be read: {error}") from None
    if not isinstance(told, dict):
        raise WrongTimeline(line, f"is {content.strip()[:40]!r}; expected a JSON object that tells of an event")
    fields = {key: value for key, value in told.items() if isinstance(value, str)}
    _require(line, fields, ("event", "time"))
    kind, time = fields.pop("event"), fields.pop("time")
    if kind not in _REQUIRED_FIELDS:
        raise WrongTimeline(line, f"'event' is {kind!r}; {suggest(kind, list(_REQUIRED_FIELDS))}")
    _require(line, fields, _REQUIRED_FIELDS[kind])
    call = told.get("call")
    return RecordedEvent(line, _microseconds(line, time), kind, {**fields, "call": call if type(call) is int else 0})


def _require(line: int, fields: Mapping[str, str], names: tuple[str, ...]) -> None:
    missing = [name for name in names if name not in fields]
    if missing:
        raise WrongTimeline(line, f"has no text for {', '.join(map(repr, missing))}")


def _microseconds(line: int, text: str) -> int:
    try:
        return (datetime.fromisoformat(text) - UNIX_EPOCH) // MICROSECOND
    except (ValueError, TypeError, OverflowError):
        message = f"'time' is {text!r}; expected a time with its zone, such as 2025-01-01T00:00:00.000000Z"
        raise WrongTimeline(line, message) from None
