"""Phases in which a restore can't be, and what it can't have in those in which it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from fakes import Phase
from fakes.faults.plan import kind_of as rule_kind
from scenarios.checks.field_values import holds_unset, kind_of
from scenarios.checks.subjects import Subject
from scenarios.checks.walk import Reading
from scenarios.format.expectations import Matcher
from scenarios.format.field_paths import value_field
from scenarios.format.regular_expressions import matches_whole
from scenarios.loading.references import VARIABLE
from simulator.documents.problems import Finding, KeyPath
from simulator.sessions.clock import ClockMode

PHASE = "status.phase"

_ALL = frozenset(phase.name for phase in Phase)
_FAILED = frozenset({Phase.FAILED.name})
_FINAL = frozenset(phase.name for phase in Phase if phase.is_final)
_BEFORE_START = frozenset({Phase.INITIALIZING.name, Phase.PENDING.name})


@dataclass(frozen=True)
class Presence:
    """In which phases a field may be set, and in which it always is."""

    may: Collection[str]
    must: Collection[str]


_PRESENCES: Mapping[str, Presence] = {
    "status.error_code": Presence(may=_FAILED, must=_FAILED),
    "status.error_message": Presence(may=_FAILED, must=()),
    "status.completed_at": Presence(may=_FINAL, must=_FINAL),
    "status.started_at": Presence(may=_ALL - _BEFORE_START, must=_ALL - _BEFORE_START - _FAILED),
    "status.custom_resource_name": Presence(may=_ALL - {Phase.INITIALIZING.name}, must=()),
}
"""What the phase says about the fields beside it."""


def phase_problems(subject: Subject) -> Iterator[Finding]:
    """Phases that are expected where they can't be, and fields that don't go with them."""
    if subject.answer is None:
        return
    fields = subject.expectation.fields
    is_new = _answers_with_new(subject)
    for path in fields:
        prefix = path.removesuffix(PHASE)
        if prefix + PHASE != path or value_field(subject.answer, path).enum_type is None:
            continue  # a label may be called like that, too
        phases = _phases(fields[path])
        if is_new and phases and Phase.INITIALIZING.name not in phases:
            where = (*subject.where, "fields", path)
            yield where, f"can never hold: a new restore is {Phase.INITIALIZING.name} until time passes"
        elif phases:
            yield from _presence_problems(subject, prefix, phases)
    if is_new and PHASE not in fields:
        yield from _presence_problems(subject, "", [Phase.INITIALIZING.name])


def _presence_problems(subject: Subject, prefix: str, phases: Collection[str]) -> Iterator[Finding]:
    """What is expected under *prefix* of a restore that is in one of *phases*."""
    assert subject.answer is not None
    for name, presence in _PRESENCES.items():
        expected = subject.expectation.fields.get(prefix + name)
        kind = kind_of(subject.answer, prefix + name)
        if expected is None or kind is None:
            continue
        where: KeyPath = (*subject.where, "fields", prefix + name)
        described = " or ".join(sorted(phases, key=lambda phase: Phase[phase].value))
        if not holds_unset(kind, expected) and not set(phases) & set(presence.may):
            yield where, f"can never hold: a restore that is {described} has none"
        elif isinstance(expected, Matcher) and expected.present is False and set(phases) <= set(presence.must):
            yield where, f"can never hold: a restore that is {described} always has one"


def _answers_with_new(subject: Subject) -> bool:
    """Whether the answer is that of a call that made a restore, in whose first phase nothing is injected."""
    return (
        subject.place.step.verb in ("create", "recreate")
        and subject.expectation.code == "OK"
        and subject.reading.scenario.document.clock != ClockMode.WALL.value
        and not _first_phase_has_rules(subject.reading)
    )


def _first_phase_has_rules(reading: Reading) -> bool:
    return any(
        rule_kind(rule) == "phase"
        and any(fnmatchcase(Phase.INITIALIZING.name, pattern) for pattern in rule.where.patterns.get("phase", ("*",)))
        for rule in reading.rules
    )


def _phases(expected: object) -> list[str]:
    """The phases in which a restore may be that is in the phase that is *expected*; empty where that is not known."""
    if isinstance(expected, str):
        return [expected] if expected in _ALL else []
    if not isinstance(expected, Matcher) or expected.present is False:
        return []
    phases = [phase.name for phase in Phase]
    if expected.one_of is not None:
        if any(isinstance(value, str) and VARIABLE.search(value) for value in expected.one_of):
            return []
        phases = [phase for phase in phases if phase in expected.one_of]
    if expected.matches is not None:
        if VARIABLE.search(expected.matches):
            return []
        phases = [phase for phase in phases if matches_whole(expected.matches, phase)]
    return phases
