"""Steps that no run comes to, because one before them can't pass: a run stops at the first that fails."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from scenarios.errors import KeyPath
from scenarios.lint.hopeless import hopeless_steps
from scenarios.lint.walk import Finding
from scenarios.loader import Scenario


def unreachable_steps(scenario: Scenario) -> Iterator[Finding]:
    """The step after the first that can't pass."""
    first = next(hopeless_steps(scenario), None)
    if first is None:
        return
    path, _ = first
    following = _following(path, scenario.source.key_places.keys() | scenario.source.value_places.keys())
    if following is not None:
        yield following, f"can't be reached: a step before it, in line {scenario.source.line(path)}, can never pass"


def _following(path: KeyPath, known: Collection[KeyPath]) -> KeyPath | None:
    """The step that comes next after the one in which *path* is."""
    for length in range(len(path), 1, -1):
        index, parent = path[length - 1], path[length - 2]
        if isinstance(index, int) and parent == "steps" and (following := (*path[: length - 1], index + 1)) in known:
            return following
    return None
