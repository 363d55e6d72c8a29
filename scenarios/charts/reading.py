"""From the text of a timeline to the history that pictures show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fakes.history.events import to_datetime
from fakes.lifecycle.phases import Phase
from fakes.suggestions import suggest
from scenarios.charts.attribution import Attribution
from scenarios.charts.events import TimelineEvent, WrongTimeline, read_events
from scenarios.charts.history import (
    CallMark,
    ChangeMark,
    FaultMark,
    History,
    Mark,
    PhaseSpan,
    RestoreHistory,
)
from scenarios.charts.lanes import Lanes

MICROSECONDS = 1_000_000


def read_history(text: str) -> History:
    """Read a timeline as `fakes.history.timeline.Timeline.to_json_lines` writes it.

    What is about a restore is found there; all else is in lanes.

    Raises:
        WrongTimeline: a line is no event or can't have happened after those before it; the error names the line.
    """
    events = read_events(text)
    return _Reader(events).history()


@dataclass
class _RestoreUnderWay:
    uid: str
    name: str
    entered: list[tuple[Phase, float]]
    error_code: str = ""
    error_message: str = ""
    marks: list[Mark] = field(default_factory=list)

    def finished(self, at_seconds: float) -> RestoreHistory:
        outcome, last_seconds = self.entered[-1]
        end_seconds = last_seconds if outcome.is_final else at_seconds
        ends = [*(start for _, start in self.entered[1:]), end_seconds]
        phases = [
            PhaseSpan(phase, start, end)
            for (phase, start), end in zip(self.entered, ends, strict=True)
            if not phase.is_final
        ]
        return RestoreHistory(
            uid=self.uid,
            name=self.name,
            start_seconds=self.entered[0][1],
            end_seconds=end_seconds,
            phases=tuple(phases),
            outcome=outcome,
            error_code=self.error_code,
            error_message=self.error_message,
            marks=tuple(self.marks),
        )


class _Reader:
    def __init__(self, events: Sequence[TimelineEvent]) -> None:
        self._events = events
        self._attribution = Attribution(events)
        self._restores: dict[str, _RestoreUnderWay] = {}
        self._lanes = Lanes()
        self._early_marks: dict[str, list[Mark]] = {}

    def history(self) -> History:
        readers: Mapping[str, Callable[[TimelineEvent, float], None]] = {
            "transition": self._transition,
            "world": self._world,
            "fault": self._fault,
            "rpc": self._call,
        }
        for event in self._events:
            readers[event.kind](event, self._seconds(event))
        duration_seconds = self._seconds(self._events[-1]) if self._events else 0.0
        return History(
            started_at=to_datetime(self._events[0].at_microseconds) if self._events else None,
            duration_seconds=duration_seconds,
            restores=tuple(restore.finished(duration_seconds) for restore in self._restores.values()),
            lanes=self._lanes.finished(duration_seconds),
        )

    def _seconds(self, event: TimelineEvent) -> float:
        return (event.at_microseconds - self._events[0].at_microseconds) / MICROSECONDS

    def _transition(self, event: TimelineEvent, at_seconds: float) -> None:
        uid, phase = event.fields["restore"], _phase(event)
        restore = self._restores.get(uid)
        if restore is None:
            restore = _RestoreUnderWay(uid, event.fields["name"], [])
            restore.marks.extend(self._early_marks.pop(uid, ()))
            self._restores[uid] = restore
        elif phase <= (last := restore.entered[-1][0]) or last.is_final:
            raise WrongTimeline(event.line, f"{restore.name!r} comes to {phase.name} after {last.name}")
        restore.entered.append((phase, at_seconds))
        restore.error_code = event.fields.get("error_code", "")
        restore.error_message = event.fields.get("error_message", "")

    def _world(self, event: TimelineEvent, at_seconds: float) -> None:
        self._lanes.change(event.fields["uid"], ChangeMark(at_seconds, event.fields["change"], event.fields["name"]))

    def _fault(self, event: TimelineEvent, at_seconds: float) -> None:
        fields = event.fields
        mark = FaultMark(at_seconds, fields["rule"], fields["effect"], self._attribution.subject(event))
        restore_uid = self._attribution.restore_uid(event)
        if restore_uid is not None:
            self._mark_restore(restore_uid, mark)
        elif fields["uid"]:
            self._lanes.mark_world(fields["uid"], mark)
        else:
            self._lanes.mark_call(mark)

    def _call(self, event: TimelineEvent, at_seconds: float) -> None:
        fields = event.fields
        mark = CallMark(at_seconds, fields["method"], fields["code"], fields["caller"], fields["message"])
        restore_uid = self._attribution.restore_uid(event)
        if restore_uid is not None:
            self._mark_restore(restore_uid, mark)
        else:
            self._lanes.mark_call(mark)

    def _mark_restore(self, uid: str, mark: Mark) -> None:
        # A fault on the call that creates a restore fires before there is one.
        restore = self._restores.get(uid)
        marks = restore.marks if restore is not None else self._early_marks.setdefault(uid, [])
        marks.append(mark)


def _phase(event: TimelineEvent) -> Phase:
    name = event.fields["to"]
    if name not in Phase.__members__:
        raise WrongTimeline(event.line, f"'to' is {name!r}; {suggest(name, list(Phase.__members__))}")
    return Phase[name]
