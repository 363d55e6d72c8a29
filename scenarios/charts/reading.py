"""From the events of a timeline to the history that pictures show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fakes.environment import MICROSECONDS
from fakes.history.description import describe
from fakes.history.events import RecordedEvent, to_datetime
from fakes.lifecycle.phases import Phase
from fakes.suggestions import suggest
from scenarios.charts.events import WrongTimeline
from scenarios.charts.history import History, Mark, PhaseSpan, RestoreHistory
from scenarios.charts.lanes import Lanes
from scenarios.charts.subjects import Subjects


def read_history(events: Sequence[RecordedEvent]) -> History:
    """Find what happened to each restore; all else is in lanes.

    Raises:
        WrongTimeline: an event can't have happened after those before it; the error names its line.
    """
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
    def __init__(self, events: Sequence[RecordedEvent]) -> None:
        self._events = events
        self._subjects = Subjects(events)
        self._restores: dict[str, _RestoreUnderWay] = {}
        self._lanes = Lanes()
        self._early_marks: dict[str, list[Mark]] = {}

    def history(self) -> History:
        readers: Mapping[str, Callable[[RecordedEvent, float], None]] = {
            "transition": self._transition,
            "world": self._world,
            "fault": self._mark,
            "rpc": self._mark,
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

    def _seconds(self, event: RecordedEvent) -> float:
        return (event.at_microseconds - self._events[0].at_microseconds) / MICROSECONDS

    def _transition(self, event: RecordedEvent, at_seconds: float) -> None:
        uid, phase = event.text("restore"), _phase(event)
        restore = self._restores.get(uid)
        if restore is None:
            restore = _RestoreUnderWay(uid, event.text("name"), [])
            restore.marks.extend(self._early_marks.pop(uid, ()))
            self._restores[uid] = restore
        elif phase <= (last := restore.entered[-1][0]) or last.is_final:
            raise WrongTimeline(event.sequence, f"{restore.name!r} comes to {phase.name} after {last.name}")
        restore.entered.append((phase, at_seconds))
        restore.error_code = event.text("error_code")
        restore.error_message = event.text("error_message")

    def _world(self, event: RecordedEvent, at_seconds: float) -> None:
        self._lanes.change(self._marked(event, at_seconds))

    def _mark(self, event: RecordedEvent, at_seconds: float) -> None:
        mark = self._marked(event, at_seconds)
        restore_uid = self._subjects.restore_uid(event)
        if restore_uid is not None:
            # A fault on the call that creates a restore fires before there is one.
            restore = self._restores.get(restore_uid)
            marks = restore.marks if restore is not None else self._early_marks.setdefault(restore_uid, [])
            marks.append(mark)
        elif mark.is_fault and event.text("uid") and not event.text("method"):
            self._lanes.mark_world(mark)
        else:
            self._lanes.mark_call(mark)

    def _marked(self, event: RecordedEvent, at_seconds: float) -> Mark:
        return Mark(at_seconds, event, describe(event, self._subjects.names))


def _phase(event: RecordedEvent) -> Phase:
    name = event.text("to")
    if name not in Phase.__members__:
        raise WrongTimeline(event.sequence, f"'to' is {name!r}; {suggest(name, list(Phase.__members__))}")
    return Phase[name]
