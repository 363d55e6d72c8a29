"""Turns the events of a timeline into the history that pictures show."""

from __future__ import annotations

from collections.abc import Sequence

from fakes.environment import MICROSECONDS
from fakes.history.description import describe
from fakes.history.events import RecordedEvent, Transition, WorldChange
from fakes.lifecycle.phases import Phase
from fakes.suggestions import suggest
from fakes.times import to_datetime
from scenarios.charts.events import WrongTimeline
from scenarios.charts.history import History, Mark, PhaseSpan, RestoreHistory
from scenarios.charts.lanes import Lanes
from scenarios.charts.subjects import Subjects


def read_history(events: Sequence[RecordedEvent]) -> History:
    """Find what happened to each restore; everything else goes into lanes.

    Raises:
        WrongTimeline: an event can't have happened after those before it; the error names its line.
    """
    subjects = Subjects(events)
    entered: dict[str, list[tuple[Phase, Mark]]] = {uid: [] for uid in subjects.names}
    marks: dict[str, list[Mark]] = {uid: [] for uid in subjects.names}
    lanes = Lanes()
    at_seconds = 0.0
    for event in events:
        at_seconds = (event.at_microseconds - events[0].at_microseconds) / MICROSECONDS
        mark = Mark(at_seconds, event, describe(event, subjects.names))
        restore_uid = subjects.restore_uid(event)
        if event.kind == Transition.kind:
            _enter(entered[event.text("restore")], mark)
        elif event.kind == WorldChange.kind:
            lanes.change(mark)
        elif restore_uid is not None:
            marks[restore_uid].append(mark)
        elif mark.is_fault and event.text("uid") and not event.text("method"):
            lanes.mark_world(mark)
        else:
            lanes.mark_call(mark)
    return History(
        started_at=to_datetime(events[0].at_microseconds) if events else None,
        duration_seconds=at_seconds,
        restores=tuple(_restore(uid, entered[uid], marks[uid], at_seconds) for uid in entered),
        lanes=lanes.finished(at_seconds),
    )


def _enter(entered: list[tuple[Phase, Mark]], mark: Mark) -> None:
    """Move a restore to the next of its phases."""
    event = mark.event
    name = event.text("to")
    if name not in Phase.__members__:
        raise WrongTimeline(event.sequence, f"'to' is {name!r}; {suggest(name, list(Phase.__members__))}")
    phase = Phase[name]
    if entered and (phase <= (last := entered[-1][0]) or last.is_final):
        raise WrongTimeline(event.sequence, f"{event.text('name')!r} comes to {phase.name} after {last.name}")
    entered.append((phase, mark))


def _restore(
    uid: str, entered: Sequence[tuple[Phase, Mark]], marks: Sequence[Mark], at_seconds: float
) -> RestoreHistory:
    """What happened to a restore until *at_seconds*, the end of the timeline."""
    outcome, last = entered[-1]
    end_seconds = last.at_seconds if outcome.is_final else at_seconds
    ends = [*(mark.at_seconds for _, mark in entered[1:]), end_seconds]
    return RestoreHistory(
        uid=uid,
        name=entered[0][1].event.text("name"),
        start_seconds=entered[0][1].at_seconds,
        end_seconds=end_seconds,
        phases=tuple(
            PhaseSpan(phase, mark.at_seconds, end)
            for (phase, mark), end in zip(entered, ends, strict=True)
            if not phase.is_final
        ),
        outcome=outcome,
        error_code=last.event.text("error_code"),
        error_message=last.event.text("error_message"),
        marks=tuple(marks),
    )
