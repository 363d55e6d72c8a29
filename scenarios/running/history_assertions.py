"""Compares what has happened with what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from fakes.environment import MICROSECONDS, to_microseconds
from fakes.history.events import Event, FaultFired
from scenarios.format.history_expectations import CallsDocument, EventDocument
from simulator.sessions.call_log import CallLog
from simulator.sessions.call_record import CallRecord

SHOWN_MAX = 10
"""How many events or calls a complaint shows."""


def event_complaints(
    expected: Sequence[EventDocument], events: Sequence[Event], *, start_microseconds: int
) -> Iterator[str]:
    """Return which of the *expected* events are missing, out of order, or differ in number.

    Times are counted from *start_microseconds*, when the scenario started.
    """
    position = 0
    for wanted in expected:
        matching = [index for index, event in enumerate(events) if _event_matches(wanted, event, start_microseconds)]
        if wanted.count is not None:
            if len(matching) != wanted.count:
                found = _listed([_event_line(events[index], start_microseconds) for index in matching])
                yield f"expected {wanted.count} events with {_described(wanted)}, found {len(matching)}{found}"
            continue
        following = [index for index in matching if index >= position]
        if following:
            position = following[0] + 1
        elif matching:
            last = _event_line(events[matching[-1]], start_microseconds)
            yield f"expected an event with {_described(wanted)} after the one before it, found the last earlier: {last}"
        else:
            near = _listed(
                [_event_line(event, start_microseconds) for event in _nearest(wanted, events, start_microseconds)]
            )
            yield f"expected an event with {_described(wanted)}, found none{near}"


def call_complaints(expected: Sequence[CallsDocument], calls: CallLog) -> Iterator[str]:
    """Return which of the *expected* calls were not made, or not so often, or too soon after each other."""
    for wanted in expected:
        found = [record for record in calls if _call_matches(wanted, record)]
        told = f"{len(found)}{_listed([f'{call.method} {call.code} at {call.at:%H:%M:%S.%f}' for call in found])}"
        which = _described(wanted) or "any method"
        if wanted.count is not None and len(found) != wanted.count:
            yield f"expected {wanted.count} calls with {which}, found {told}"
        if wanted.at_least is not None and len(found) < wanted.at_least:
            yield f"expected at least {wanted.at_least} calls with {which}, found {told}"
        if wanted.at_most is not None and len(found) > wanted.at_most:
            yield f"expected at most {wanted.at_most} calls with {which}, found {told}"
        if wanted.backoff is not None:
            yield from _backoff_complaints(wanted, calls)


def _backoff_complaints(wanted: CallsDocument, calls: CallLog) -> Iterator[str]:
    assert wanted.backoff is not None
    backoff = wanted.backoff
    try:
        calls.assert_backoff(backoff.min, backoff.factor, backoff.jitter, method=wanted.method)
    except AssertionError as error:
        yield str(error)


_EXPECTATIONS = ("count", "at_least", "at_most", "backoff")


def _asked(wanted: EventDocument | CallsDocument) -> dict[str, str | float]:
    """The conditions on an event or call, by the keys of YAML."""
    return wanted.model_dump(by_alias=True, exclude_none=True, exclude=set(_EXPECTATIONS))


def _described(wanted: EventDocument | CallsDocument) -> str:
    return ", ".join(
        f"{key}: {value:g} s" if isinstance(value, float) else f"{key}: {value}"
        for key, value in _asked(wanted).items()
    )


def _event_matches(wanted: EventDocument, event: Event, start_microseconds: int) -> bool:
    return not _differing(wanted, event, start_microseconds)


def _differing(wanted: EventDocument, event: Event, start_microseconds: int) -> list[str]:
    """The keys in which *event* differs from the wanted one; a field that an event lacks matches no pattern."""
    fields = {"event": event.kind, **event.fields()}
    if event.kind == FaultFired.kind and wanted.event is None and wanted.rule is None:
        fields["method"] = None  # a method alone means answers, not faults on calls
    differing = []
    for key, value in _asked(wanted).items():
        if isinstance(value, float):
            if event.at_microseconds != start_microseconds + to_microseconds(value):
                differing.append(key)
        elif fields.get(key) is None or not fnmatchcase(str(fields[key]), value):
            differing.append(key)
    return differing


def _nearest(wanted: EventDocument, events: Sequence[Event], start_microseconds: int) -> list[Event]:
    """The events that differ in one thing only."""
    return [event for event in events if len(_differing(wanted, event, start_microseconds)) == 1][:SHOWN_MAX]


def _call_matches(wanted: CallsDocument, record: CallRecord) -> bool:
    return (
        wanted.method in (None, record.method)
        and wanted.code in (None, record.code)
        and (wanted.caller is None or fnmatchcase(record.caller, wanted.caller))
    )


def _event_line(event: Event, start_microseconds: int) -> str:
    fields = " ".join(f"{key}={value}" for key, value in event.fields().items() if value)
    return f"{(event.at_microseconds - start_microseconds) / MICROSECONDS:.3f} s {event.kind} {fields}"


def _listed(lines: Sequence[str]) -> str:
    shown = "".join(f"\n  {line}" for line in lines[:SHOWN_MAX])
    more = f"\n  … and {len(lines) - SHOWN_MAX} more" if len(lines) > SHOWN_MAX else ""
    return f":{shown}{more}" if lines else ""
