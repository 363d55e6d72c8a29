"""Warnings: what is allowed in a scenario and yet can't be meant.

Each warning is a function that goes through a scenario, and a row of `WARNINGS`. It only speaks up when it is sure:
what depends on a draw, on a variable or on the wall clock is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scenarios.checks.aliases import unused_aliases
from scenarios.checks.empty import empty_expectations
from scenarios.checks.impossible_expectations import hopeless_steps
from scenarios.checks.rules import rules_that_never_match
from scenarios.checks.table import unused_parameters
from scenarios.checks.timelines import rows_that_never_match
from scenarios.checks.unclosed import unclosed_texts
from scenarios.checks.unreachable import unreachable_steps
from scenarios.checks.walk import Reading
from scenarios.loading.errors import Problem
from scenarios.loading.loader import Scenario
from simulator.documents.problems import Finding

WARNINGS: tuple[Callable[[Reading], Iterable[Finding]], ...] = (
    hopeless_steps,
    unreachable_steps,
    unused_aliases,
    rules_that_never_match,
    rows_that_never_match,
    empty_expectations,
    unused_parameters,
    unclosed_texts,
)
"""Every kind of warning."""


SIZE_MAX = 1_000
"""Steps and rules of a scenario that is looked through; people don't write more, and looking takes time."""


def warnings_of(scenario: Scenario) -> list[Problem]:
    """All warnings about *scenario*, in the order of their places."""
    reading = Reading(scenario)
    if len(reading.places) + len(reading.rules) > SIZE_MAX:
        message = f"has more than {SIZE_MAX} steps and rules; only errors are looked for"
        return [scenario.source.problem((), message)]
    found = [scenario.source.problem(path, message) for warn in WARNINGS for path, message in warn(reading)]
    return sorted(found, key=lambda problem: (problem.line, problem.column, problem.message))
