"""Rows of an expected timeline that no event can be like."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase

from fakes import Phase
from fakes.suggestions import suggest
from scenarios.checks.walk import Reading
from scenarios.format.expectations import ExpectStep
from scenarios.format.history_expectations import EventDocument
from simulator import faults
from simulator.documents.problems import Finding, KeyPath

CHANGES = (
    "backup begun",
    "backup completed",
    "backup deleted",
    "deployment created",
    "deployment upgraded",
    "deployment deleted",
    "credentials lost",
    "credentials given back",
    "cluster disconnected",
    "cluster reconnected",
)
"""How a world may change."""

_KEYS: Mapping[str, Collection[str]] = {
    "transition": ("name", "restore", "from", "to", "error_code"),
    "fault": ("name", "rule", "effect"),
    "world": ("name", "change"),
    "rpc": ("method", "code", "caller"),
}
"""What events of each kind have."""

_EFFECTS = tuple(effect.name for effect in faults.EFFECTS)
_NUMBER_BEHIND = re.compile(" #.*")
"""What stands behind the name of a rule of which there are several in force."""


def rows_that_never_match(reading: Reading) -> Iterator[Finding]:
    """Rows that ask for what no event has; also where none are expected, which says nothing then."""
    for place in reading.places:
        if isinstance(place.arguments, ExpectStep):
            for index, row in enumerate(place.arguments.timeline or ()):
                where = (*place.where, "timeline", index)
                yield from ((where + key, f"can't match: {why}") for key, why in _problems(reading, row))


def _problems(reading: Reading, row: EventDocument) -> Iterator[tuple[KeyPath, str]]:
    asked = row.model_dump(by_alias=True, exclude_none=True, exclude={"event", "at", "count"})
    kinds = [kind for kind, keys in _KEYS.items() if row.event in (None, kind) and set(keys).issuperset(asked)]
    if not kinds and row.event is not None:
        other = next(key for key in asked if key not in _KEYS[row.event])
        yield (other,), f"an event {row.event!r} has no {other!r}; it has {', '.join(_KEYS[row.event])}"
    elif not kinds:
        yield (), f"no event has {' and '.join(map(repr, asked))}; they are of different kinds"
    else:
        yield from _transition_problems(row)
        names = [rule.name for rule in reading.rules]
        if not any("${" in name for name in names):
            yield from _unknown("rule", _NUMBER_BEHIND.sub("", row.rule or ""), names)
        yield from _unknown("effect", row.effect, _EFFECTS)
        yield from _unknown("change", row.change, CHANGES)


def _unknown(key: str, pattern: str | None, known: Collection[str]) -> Iterator[tuple[KeyPath, str]]:
    if pattern and "${" not in pattern and not any(fnmatchcase(name, pattern) for name in known):
        yield (key,), f"there is no {key} {pattern!r}; {suggest(pattern, known)}"


def _transition_problems(row: EventDocument) -> Iterator[tuple[KeyPath, str]]:
    """A transition goes on to the next phase, or to FAILED, and only that has an error code."""
    if row.error_code is not None and row.to not in (None, Phase.FAILED.name):
        yield ("error_code",), f"only a transition to FAILED has one, not one to {row.to}"
    if row.previous is None:
        return
    before = Phase[row.previous]
    if before.is_final:
        yield ("from",), f"a restore that is {before.name} stays so"
    elif row.to is not None and row.to not in (Phase(before + 1).name, Phase.FAILED.name):
        yield ("to",), f"{before.name} is followed by {Phase(before + 1).name}, or by FAILED, not by {row.to}"
