"""From the text of a timeline, one JSON object a line, to events that are known to be complete."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fakes.suggestions import suggest

MICROSECOND = timedelta(microseconds=1)
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_REQUIRED_FIELDS: Mapping[str, tuple[str, ...]] = {
    "transition": ("restore", "name", "to"),
    "world": ("change", "uid", "name"),
    "fault": ("rule", "effect", "uid", "name"),
    "rpc": ("method", "code", "caller", "subject", "message"),
}
"""What each kind of event has to tell, as texts."""


class WrongTimeline(ValueError):
    """A text is no timeline.

    Args:
        line: The line that is wrong, from 1.
        message: What is wrong with it.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """An event as it stands in a timeline.

    Args:
        line: The line on which it stands, from 1.
        at_microseconds: When it happened, in microseconds since 1970.
        kind: What kind of event it is.
        fields: What it tells; null and what is no text is left out.
    """

    line: int
    at_microseconds: int
    kind: str
    fields: Mapping[str, str]


def read_events(text: str) -> list[TimelineEvent]:
    """Read a timeline as `fakes.history.timeline.Timeline.to_json_lines` writes it; empty lines do not matter.

    Raises:
        WrongTimeline: a line is no JSON object, is no event, lacks something, or goes back in time.
    """
    events: list[TimelineEvent] = []
    for event in _events(text):
        if events and event.at_microseconds < events[-1].at_microseconds:
            raise WrongTimeline(event.line, f"goes back in time, behind line {events[-1].line}")
        events.append(event)
    return events


def _events(text: str) -> Iterator[TimelineEvent]:
    # Texts in JSON may hold every other character that str.splitlines takes for the end of a line.
    for line, content in enumerate(text.split("\n"), start=1):
        if content.strip():
            yield _event(line, content)


def _event(line: int, content: str) -> TimelineEvent:
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
    kind = fields["event"]
    if kind not in _REQUIRED_FIELDS:
        raise WrongTimeline(line, f"'event' is {kind!r}; {suggest(kind, list(_REQUIRED_FIELDS))}")
    _require(line, fields, _REQUIRED_FIELDS[kind])
    return TimelineEvent(line, _microseconds(line, fields["time"]), kind, fields)


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
