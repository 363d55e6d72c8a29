"""Warnings: what is allowed in a scenario, but is probably a mistake.

Each warning is a function that goes through a scenario, and a row of `WARNINGS`. What the world would make of the steps
is not worked out here: `scenarios.checks.dry_run` runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from scenarios.checks.aliases import unused_aliases
from scenarios.checks.dry_run import failing_steps
from scenarios.checks.empty import empty_expectations
from scenarios.checks.unclosed import unclosed_texts
from scenarios.loading.errors import Problem
from scenarios.loading.loader import Scenario
from simulator.documents.problems import Finding, worth_telling


def unused_parameters(scenario: Scenario) -> Iterator[Finding]:
    """Parameters that stand in the table and nowhere else."""
    for key in scenario.unused_parameters:
        yield ("parameters", 0, key), f"nothing uses the parameter {key!r}; expected ${{parameters.{key}}} somewhere"


WARNINGS: tuple[Callable[[Scenario], Iterable[Finding]], ...] = (
    failing_steps,
    unused_aliases,
    empty_expectations,
    unused_parameters,
    unclosed_texts,
)
"""Every kind of warning."""


def warnings_of(scenario: Scenario) -> list[Problem]:
    """The warnings about *scenario* in the order of their places, at most the first 1,000."""
    found = [scenario.source.problem(path, message) for warn in WARNINGS for path, message in warn(scenario)]
    return list(worth_telling(sorted(found, key=lambda problem: (problem.line, problem.column, problem.message))))
