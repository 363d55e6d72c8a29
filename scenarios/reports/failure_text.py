"""Explains why a scenario failed: what was expected and found, where, and what the restores did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from fakes.history.events import RecordedEvent, RemoteCall
from fakes.printable import printable
from scenarios.charts.subjects import Subjects
from scenarios.running.outcomes import ScenarioOutcome, StepOutcome

RESTORES_SHOWN_MAX = 3
"""How many restores are shown with their history."""
CALLS_SHOWN_MAX = 5
"""How many calls of a restore are shown, with the faults that they met; earlier ones are counted."""
EVENTS_SHOWN_MAX = 50
"""How many events of a restore are shown, beside those of calls that are left out; earlier ones are counted."""


class FailurePart(Enum):
    """What a line of the text is, so that a terminal can colour it."""

    COMPLAINT = auto()
    SOURCE = auto()
    MARKED_SOURCE = auto()
    HISTORY = auto()
    ERROR = auto()


@dataclass(frozen=True, slots=True)
class FailureLine:
    """One line of the text, plain."""

    part: FailurePart
    text: str


def failure_lines(outcome: ScenarioOutcome) -> list[str]:
    """The whole text without colours, the command to replay it at the end; empty when the scenario passed.

    Example, in a report of pytest::

        failing.yaml:6: status.phase: expected 'SUCCESSFUL', found 'INITIALIZING'
            5 |   - create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}
          > 6 |   - expect:
            7 |       restore: copy
            8 |       fields: {status.phase: SUCCESSFUL}
          copy (rst:04b1fdda-825e-45b8-94b4-5bf30064e701)
               0.000 s  copy: INITIALIZING
               0.000 s  CreateRestore copy → OK
        replay: pds-sim run --seed 5 failing.yaml
    """
    if outcome.passed:
        return []
    return [*(line.text for line in explained(outcome)), replay_line(outcome)]


def replay_line(outcome: ScenarioOutcome) -> str:
    """The command that repeats the run."""
    return printable(f"replay: {outcome.replay}")


def headline(outcome: ScenarioOutcome) -> str:
    """The reason of a failure in one line; empty when the scenario passed."""
    if outcome.error:
        return outcome.error.strip().split("\n")[-1]
    return next((complaint.partition("\n")[0] for step in outcome.steps for complaint in step.complaints), "")


def explained(outcome: ScenarioOutcome) -> Iterator[FailureLine]:
    """Each failed step: its complaints, its place in the file and the restores that it concerns; then the error."""
    for line in _lines(outcome):
        yield replace(line, text=printable(line.text, keep="\t"))


def _lines(outcome: ScenarioOutcome) -> Iterator[FailureLine]:
    subjects = Subjects(outcome.events)
    shown: set[str] = set()
    for step in outcome.steps:
        if not step.passed:
            yield from _complaints(outcome, step)
            yield from _source(step)
            concerned = [uid for uid in _concerned(step, subjects.names) if uid not in shown]
            yield from _histories(outcome, subjects, concerned)
            shown.update(concerned)
    if outcome.error:
        yield FailureLine(FailurePart.ERROR, f"{outcome.file}: could not be run to its end")
        for line in outcome.error.rstrip().split("\n"):
            yield FailureLine(FailurePart.ERROR, f"  {line}")
        yield from _histories(outcome, subjects, list(subjects.names))


def _complaints(outcome: ScenarioOutcome, step: StepOutcome) -> Iterator[FailureLine]:
    for complaint in step.complaints:
        first, *rest = complaint.split("\n")
        yield FailureLine(FailurePart.COMPLAINT, f"{outcome.file}:{step.line}: {first}")
        for line in rest:
            yield FailureLine(FailurePart.COMPLAINT, f"  {line}")


def _source(step: StepOutcome) -> Iterator[FailureLine]:
    width = max((len(str(line.number)) for line in step.source), default=0)
    for line in step.source:
        part = FailurePart.MARKED_SOURCE if line.marked else FailurePart.SOURCE
        yield FailureLine(part, f"  {'>' if line.marked else ' '} {line.number:>{width}} | {line.text}".rstrip())


def _concerned(step: StepOutcome, names: Mapping[str, str]) -> Sequence[str]:
    """Uids of the restores that a step concerns, by its calls or by its text; all if it concerns none."""
    said = "\n".join((step.summary, *step.complaints))
    concerned = [uid for uid, name in names.items() if uid in step.subjects or uid in said or _names(said, name)]
    return concerned or list(names)


def _names(said: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said) is not None


def _histories(outcome: ScenarioOutcome, subjects: Subjects, uids: Sequence[str]) -> Iterator[FailureLine]:
    events_of: dict[str | None, list[RecordedEvent]] = {uid: [] for uid in uids[:RESTORES_SHOWN_MAX]}
    for event in outcome.events:
        events_of.get(subjects.restore_uid(event), []).append(event)
    for uid, events in events_of.items():
        yield FailureLine(FailurePart.HISTORY, f"  {subjects.names[str(uid)]} ({uid})")
        calls = [event.told["call"] for event in events if event.kind == RemoteCall.kind]
        left_out = set(calls[:-CALLS_SHOWN_MAX])
        if left_out:
            yield FailureLine(FailurePart.HISTORY, f"    … without {len(left_out)} earlier calls")
        shown = [event for event in events if event.told.get("call") not in left_out]
        if len(shown) > EVENTS_SHOWN_MAX:
            yield FailureLine(FailurePart.HISTORY, f"    … without {len(shown) - EVENTS_SHOWN_MAX} earlier events")
        for event in shown[-EVENTS_SHOWN_MAX:]:
            yield FailureLine(FailurePart.HISTORY, f"  {outcome.event_line(event, subjects.names)}")
    if len(uids) > RESTORES_SHOWN_MAX:
        yield FailureLine(FailurePart.HISTORY, f"  … and {len(uids) - RESTORES_SHOWN_MAX} more restores")
