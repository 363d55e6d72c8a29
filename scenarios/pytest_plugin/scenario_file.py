"""Scenario files as tests of pytest: one for each case of a scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from scenarios.charts.heading import Heading
from scenarios.loading.errors import ScenarioError, problem_line
from scenarios.loading.loader import Scenario, load_cases
from scenarios.pytest_plugin.failure_report import draw, file_as_named, for_terminal, replay_line
from scenarios.pytest_plugin.marker_options import seed_for, warn_of_unheeded_seed
from scenarios.reports.failure_text import explained
from scenarios.running.outcomes import ScenarioOutcome, run_scenario


@dataclass(frozen=True)
class ScenarioTest:
    """A scenario, or a case of it, that can be run as a test."""

    scenario: Scenario

    @property
    def name(self) -> str:
        """Its name in pytest."""
        return self.scenario.title.replace("::", ":")  # pytest would take that for the name of something inside

    def failure(self, item: pytest.Item) -> str:
        """Run it for *item*, and return the report of its failure; empty if it passed."""
        warn_of_unheeded_seed(item, self.scenario)
        outcome = run_scenario(self.scenario, seed=seed_for(item.config, self.scenario))
        return "" if outcome.passed else _failure_text(item, outcome)


def tests_in(file: pytest.File) -> list[ScenarioTest]:
    """Load a test for each case.

    Raises:
        pytest.Collector.CollectError: the file has errors; lists all of them.
    """
    named = file_as_named(file)
    try:
        cases = load_cases(file.path)
    except ScenarioError as error:
        raise file.CollectError(for_terminal("\n".join(ScenarioError(named, error.problems).lines()))) from None
    for scenario in cases:
        if (problem := scenario.idleness()) is not None:
            raise file.CollectError(for_terminal(problem_line(named, problem)))
    return [ScenarioTest(scenario) for scenario in cases]


def _failure_text(item: pytest.Item, outcome: ScenarioOutcome) -> str:
    outcome = replace(outcome, file=file_as_named(item))
    lines = [line.text for line in explained(outcome)]
    lines.append(f"replay: {replay_line(item, outcome.seed)}")
    lines.append(f"or: {outcome.replay}")
    heading = Heading(outcome.title, outcome.description, outcome.seed)
    lines.append(draw(item, outcome.events, heading, calls=outcome.calls, failure="\n".join(lines)))
    return for_terminal("\n".join(lines))
