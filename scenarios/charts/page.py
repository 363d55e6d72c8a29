"""The chart for the browser: one self-contained HTML file, drawn by the code of the dashboard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fakes.history.description import describe
from fakes.history.events import RecordedEvent
from fakes.times import to_text
from scenarios.charts.calls import ShownCalls
from scenarios.charts.heading import Heading, names_text, reason_counts, rule_counts, summary, times_text
from scenarios.charts.reading import read_history
from scenarios.charts.templating import render
from scenarios.charts.times import duration_text
from simulator.dashboard.embedding import embedded

_MEMBERS = {"error_code": "errorCode", "error_message": "errorMessage"}
"""Fields of events that have other names in JSON."""


def page(
    events: Sequence[RecordedEvent],
    heading: Heading,
    *,
    calls: ShownCalls | None = None,
    failure: str = "",
    template: str = "timeline.html",
    **values: Any,
) -> str:
    """Draw what happened as an HTML document, the same for the same values; it loads nothing from outside itself.

    Args:
        events: What happened, in order.
        heading: The heading.
        calls: What to show of a call when it is opened, as `scenarios.charts.calls.shown_calls` returns it.
        failure: Why it failed, if it did.
        template: ``timeline.html`` or a template that extends it.
        values: Further values for that template.

    Raises:
        WrongTimeline: an event can't have happened after those before it.
    """
    history = read_history(events)
    return render(
        template,
        assets=embedded(),
        heading=heading,
        summary=summary(history, heading),
        data=_script_json({"events": shown_events(events), "calls": calls or {}}),
        happened=bool(events),
        failure=failure,
        failures=[
            (item.reason, times_text(len(item.names)), names_text(item.names)) for item in reason_counts(history)
        ],
        faults=[
            (item.rule, item.effect, times_text(item.count), duration_text(item.first_seconds))
            for item in rule_counts(history)
        ],
        **values,
    )


def shown_events(events: Sequence[RecordedEvent]) -> list[dict[str, Any]]:
    """Write events as the control API does."""
    return [
        {
            "sequence": number,
            "time": to_text(event.at_microseconds),
            "text": describe(event),
            event.kind: {_MEMBERS.get(key, key): value for key, value in event.fields().items() if value},
        }
        for number, event in enumerate(events, start=1)
    ]


def _script_json(value: Any) -> str:
    """Write JSON that can stand in a script element: nothing in it ends the element or is markup."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
