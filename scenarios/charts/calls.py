"""What a page shows of calls when they are opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakes.printable import printable
from simulator.services.control.conversions import as_json
from simulator.sessions.call_log import CallLog
from simulator.sessions.call_record import CallRecord

CALLS_SHOWN_MAX = 1_000
"""How many calls a page shows with request and response: the last ones."""

ShownCalls = Mapping[str, Mapping[str, Any]]
"""Calls as JSON, by the numbers that events have for them."""


def shown_calls(calls: CallLog) -> ShownCalls:
    """Choose what a page shows of calls: the last `CALLS_SHOWN_MAX`, as JSON."""
    return {str(record.call): _shown_call(record) for record in calls[-CALLS_SHOWN_MAX:]}


def _shown_call(record: CallRecord) -> dict[str, Any]:
    request, response = record.request, record.response
    return {
        "method": record.method,
        "code": record.code,
        "message": printable(record.message),
        "metadata": {key: str(value) for key, value in record.metadata},
        "request": None if request is None else as_json(request),
        "response": None if response is None else as_json(response),
    }
