"""Rules that never take effect, because nothing that the steps do can match them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from fakes.faults.plan import kind_of, methods_of
from fakes.faults.rule import Rule
from fakes.faults.where import Where
from scenarios.checks.match_contexts import LIVE_PHASES, Meeting, Meetings, misses
from scenarios.checks.walk import Place, Reading, after
from scenarios.format.expectations import ExpectStep
from scenarios.format.steps import CallStep
from simulator.documents.problems import Finding, KeyPath
from simulator.sessions.clock import ClockMode

_MOVING = ("create", "recreate", "advance", "advance_until")
"""The steps with which a restore may come to another phase."""
_ROUNDING_SECONDS = 1e-6


@dataclass(frozen=True)
class _Use:
    """A rule, where it stands, and the steps while it is in force."""

    rule: Rule
    where: KeyPath
    steps: Sequence[Place]


def rules_that_never_match(reading: Reading) -> Iterator[Finding]:
    """Rules that can't take effect; none in a scenario without steps, which others do."""
    everywhere = reading.places
    if not everywhere:
        return
    meetings = Meetings(reading)
    is_countable = not any(rule.effect.name == "restart_phase" for rule in reading.rules)
    for use in _uses(reading, everywhere):
        late = _too_late(reading, use)
        if late is not None:
            yield late
        elif kind_of(use.rule) == "call":
            yield from _call_problems(use, meetings)
        elif kind_of(use.rule) == "phase":
            yield from _phase_problems(reading, use, meetings, is_countable=is_countable)


def _uses(reading: Reading, everywhere: Sequence[Place]) -> Iterator[_Use]:
    for index, fault in enumerate(reading.scenario.document.faults):
        yield _Use(fault.to_rule(), ("faults", index), everywhere)
    for place in everywhere:
        if place.step.inject is not None:
            yield _Use(place.step.inject.to_rule(), place.where, after(place, everywhere))


def _too_late(reading: Reading, use: _Use) -> Finding | None:
    """A rule for a time to which no step leads."""
    if reading.scenario.document.clock != ClockMode.MANUAL.value:
        return None
    end_seconds = sum(place.times * _seconds(place) for place in reading.places)
    start_seconds, key = use.rule.at_seconds, "at"
    if use.rule.between_seconds is not None:
        start_seconds, key = use.rule.between_seconds[0], "between"
    if start_seconds is None or start_seconds <= end_seconds + _ROUNDING_SECONDS:
        return None
    return (
        (*use.where, key),
        f"never comes: it is {start_seconds:g} s from the start, and the steps let at most {end_seconds:g} s pass",
    )


def _seconds(place: Place) -> float:
    """How much time a step may let pass."""
    step = place.step
    if step.advance_until is not None:
        return step.advance_until.limit
    return step.advance or 0.0


def _call_problems(use: _Use, meetings: Meetings) -> Iterator[Finding]:
    in_force = {place.path for place in use.steps}
    calls = [meeting for meeting in meetings.calls if meeting.place.path in in_force]
    possible = [call for call in calls if call.values["method"][0] in methods_of(use.rule)]
    if not possible:
        yield use.where, f"can't match: no step {_after_it(use)}makes a call to which {use.rule.effect.name} can happen"
        return
    yield from _matching_problems(use, possible, "call", "calls", [1] * len(possible))


def _phase_problems(reading: Reading, use: _Use, meetings: Meetings, *, is_countable: bool) -> Iterator[Finding]:
    if not any(_may_move(reading, place) for place in use.steps):
        yield use.where, f"can't match: no step {_after_it(use)}lets a restore come to another phase"
        return
    if not meetings.restores:
        yield use.where, "can't match: no step creates a restore"
        return
    patterns = use.rule.where.patterns.get("phase", ("*",))
    phases = tuple(phase for phase in LIVE_PHASES if any(fnmatchcase(phase, pattern) for pattern in patterns))
    restores = [
        Meeting({**restore.values, "phase": LIVE_PHASES}, restore.labels, restore.place, restore.times)
        for restore in meetings.restores
    ]
    counts = [len(phases) if is_countable else 10**9] * len(restores)
    yield from _matching_problems(use, restores, "restore", "phases of restores", counts)


def _matching_problems(
    use: _Use, meetings: Sequence[Meeting], one: str, many: str, counts: Sequence[int]
) -> Iterator[Finding]:
    """A rule that matches none of *meetings*, or lets all pass; *counts* says how often each counts."""
    left = [
        (meeting, meeting.times * count, dict(misses(use.rule.where, meeting)))
        for meeting, count in zip(meetings, counts, strict=True)
    ]
    for key in _keys(use.rule.where):
        meeting = [each for each in left if key not in each[2]]
        if not meeting:
            asked = f"{key[-1]} {left[0][2][key]}"
            there_is = _there_is(key, [each for each, _, _ in left])
            yield (*use.where, *key), f"can't match: no {one} {_after_it(use)}meets {asked}{there_is}"
            return
        left = meeting
    match_count = sum(count for _, count, _ in left)
    if use.rule.after >= match_count:
        yield (
            (*use.where, "after"),
            f"can't take effect: it lets {use.rule.after} matches pass, and at most {match_count} {many} can match",
        )


def _keys(where: Where) -> list[KeyPath]:
    """The keys under which a rule says where it applies."""
    keys: list[KeyPath] = [(key,) for key in where.patterns]
    return [*keys, *(("label", key) for key in where.labels), ("any_of",)]


def _there_is(key: KeyPath, meetings: Sequence[Meeting]) -> str:
    """What there is instead of what a rule asks for under *key*."""
    if len(key) != 1:
        return ""
    found = dict.fromkeys(text for meeting in meetings for text in meeting.values.get(str(key[0]), ()))
    names = [repr(text) for text in found if ":" not in text and "$" not in text]
    return f"; there is {', '.join(names)}" if names else ""


def _after_it(use: _Use) -> str:
    return "after it " if "inject" in use.where else ""


def _may_move(reading: Reading, place: Place) -> bool:
    """Whether a step may let a restore come to another phase."""
    clock = reading.scenario.document.clock
    if place.step.verb in _MOVING or clock == ClockMode.WALL.value:
        return True
    return clock == ClockMode.ON_POLL.value and isinstance(place.arguments, CallStep | ExpectStep)
