"""Finds the restore that a call, or a fault on a call, was about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from scenarios.charts.events import TimelineEvent


class Attribution:
    """Knows the restores of a timeline and which of them its events are about.

    Args:
        events: All events, in order.
    """

    def __init__(self, events: Sequence[TimelineEvent]) -> None:
        self._names = {event.fields["restore"]: event.fields["name"] for event in events if event.kind == "transition"}
        self._answers = _answers(events)
        self._faults_before = {
            event.line: before
            for before, event in pairwise(events)
            if before.kind == "fault" and event.kind == "rpc" and not event.fields["subject"]
        }

    def restore_uid(self, event: TimelineEvent) -> str | None:
        """The uid of the restore that a call or a fault was about; None when it was about something else."""
        uid = self._subject_of_call(event) if event.kind == "rpc" else self._subject_of_fault(event)
        return uid if uid in self._names else None

    def subject(self, event: TimelineEvent) -> str:
        """What a fault was about, for people: names in the place of uids."""
        method, _, about = event.fields["name"].partition(" ")
        if event.fields["uid"] or not about:
            return event.fields["name"]
        first, _, name = about.partition("/")
        return f"{method} of {name or self._names.get(first, first)}"

    def _subject_of_call(self, event: TimelineEvent) -> str:
        """A call that a fault has cut short knows no subject, but the fault, which stands before it, does."""
        fault = self._faults_before.get(event.line)
        if fault is not None and not fault.fields["uid"] and _method(fault) == event.fields["method"]:
            return self._subject_of_fault(fault)
        return event.fields["subject"]

    def _subject_of_fault(self, event: TimelineEvent) -> str:
        """What is said of a faulted call: ``GetRestore <uid>``, ``CreateRestore <namespace>/<name>``."""
        if event.fields["uid"]:
            return event.fields["uid"]
        _, _, about = event.fields["name"].partition(" ")
        first, _, name = about.partition("/")
        if first in self._names:
            return first
        answered = self._answers.get(event.line, "")
        return answered if name and self._names.get(answered) == name else ""


def _answers(events: Sequence[TimelineEvent]) -> Mapping[int, str]:
    """For the line of each fault on a call, the subject of the next answer of that method."""
    subjects: dict[int, str] = {}
    next_subject: dict[str, str] = {}
    for event in reversed(events):
        if event.kind == "rpc":
            next_subject[event.fields["method"]] = event.fields["subject"]
        elif event.kind == "fault":
            subjects[event.line] = next_subject.get(_method(event), "")
    return subjects


def _method(fault: TimelineEvent) -> str:
    return fault.fields["name"].partition(" ")[0]
