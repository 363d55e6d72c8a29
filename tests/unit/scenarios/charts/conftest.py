"""Timelines as these tests need them, written event by event."""

from __future__ import annotations

import json
from typing import Self

import pytest

from fakes.history.events import RecordedEvent
from fakes.times import to_text
from scenarios.charts.events import read_events
from scenarios.charts.history import History
from scenarios.charts.reading import read_history

START_MICROSECONDS = 1_735_689_600_000_000
LIVE_PHASES = (
    "INITIALIZING",
    "PENDING",
    "RESTORING_CLOUDSNAP",
    "RESTORING_DATA_SERVICE_DEPLOYMENT_CR",
    "RESTORING_DATA_SERVICE_DEPLOYMENT",
    "DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE",
)


class TimelineWriter:
    """Writes a timeline, in whatever order; times are seconds from its start, a restore has the uid ``rst:<name>``."""

    def __init__(self) -> None:
        self.events: list[dict[str, str | int | None]] = []

    @property
    def text(self) -> str:
        events = sorted(self.events, key=lambda event: str(event["time"]))
        return "".join(f"{json.dumps({'sequence': number} | event)}\n" for number, event in enumerate(events, start=1))

    def recorded(self) -> list[RecordedEvent]:
        return read_events(self.text)

    def history(self) -> History:
        return read_history(self.recorded())

    def event(self, at_seconds: float, kind: str, **fields: str | int | None) -> Self:
        time = to_text(START_MICROSECONDS + round(at_seconds * 1_000_000))
        self.events.append({"time": time, "event": kind} | fields)
        return self

    def to(self, at_seconds: float, name: str, phase: str, **error: str) -> Self:
        return self.event(at_seconds, "transition", restore=f"rst:{name}", name=name, to=phase, **error)

    def successful(self, start_seconds: float, name: str, *, phase_seconds: float = 1) -> Self:
        for index, phase in enumerate((*LIVE_PHASES, "SUCCESSFUL")):
            self.to(start_seconds + index * phase_seconds, name, phase)
        return self

    def call(self, at_seconds: float, method: str, *, subject: str = "", code: str = "OK", **more: str | int) -> Self:
        told = {"caller": "", "message": "", "call": 0} | more
        return self.event(at_seconds, "rpc", method=method, code=code, subject=subject, **told)

    def fault(self, at_seconds: float, rule: str, effect: str, *, uid: str = "", name: str, **call: str | int) -> Self:
        return self.event(at_seconds, "fault", rule=rule, effect=effect, uid=uid, name=name, **call)

    def world(self, at_seconds: float, change: str, *, uid: str = "clu:west", name: str = "west") -> Self:
        return self.event(at_seconds, "world", change=change, uid=uid, name=name)


@pytest.fixture
def timeline():
    return TimelineWriter()
