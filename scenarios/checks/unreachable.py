"""Steps that no run comes to, because one before them can't pass: a run stops at the first that fails."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from scenarios.checks.impossible_expectations import hopeless_steps
from scenarios.checks.walk import Reading
from simulator.documents.problems import Finding, KeyPath


def unreachable_steps(reading: Reading) -> Iterator[Finding]:
    """The step after the first that can't pass."""
    first = next(hopeless_steps(reading), None)
    if first is None:
        return
    path, _ = first
    source = reading.scenario.source
    following = _following(path, source.value_places)
    if following is not None:
        yield following, f"can't be reached: a step before it, in line {source.line(path)}, can never pass"


def _following(path: KeyPath, known: Collection[KeyPath]) -> KeyPath | None:
    """The step that comes next after the one in which *path* is."""
    for length in range(len(path), 1, -1):
        index, parent = path[length - 1], path[length - 2]
        if isinstance(index, int) and parent == "steps" and (following := (*path[: length - 1], index + 1)) in known:
            return following
    return None
