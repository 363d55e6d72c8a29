"""Scenario files as pytest collects them: a test for each case of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scenarios.charts.heading import Heading
from scenarios.loading.errors import ScenarioError, problem_line
from scenarios.loading.loader import Scenario, load_cases
from scenarios.pytest_plugin.failure_report import draw, file_as_named, replay_line
from scenarios.pytest_plugin.marker_options import seed_for
from scenarios.reports.failure_text import explained
from scenarios.running.outcomes import ScenarioOutcome, run_scenario


class ScenarioFailed(Exception):
    """A scenario did not go as it expects; the message tells all there is to tell."""


class ScenarioFile(pytest.File):
    """A file with a scenario."""

    def collect(self) -> Iterator[ScenarioItem]:
        """Give a test for each case, or tell all that is wrong with the file."""
        file = file_as_named(self)
        try:
            cases = load_cases(self.path)
        except ScenarioError as error:
            raise self.CollectError("\n".join(ScenarioError(file, error.problems).lines())) from None
        for scenario in cases:
            if (problem := scenario.idleness()) is not None:
                raise self.CollectError(problem_line(file, problem))
            name = scenario.title.replace("::", ":")  # which pytest takes for the name of something inside
            yield ScenarioItem.from_parent(self, name=name, scenario=scenario)


class ScenarioItem(pytest.Item):
    """A scenario, or a case of it, as a test.

    Args:
        scenario: What to run.
        others: What pytest needs.
    """

    def __init__(self, *, scenario: Scenario, **others: Any) -> None:
        super().__init__(**others)
        self._scenario = scenario

    def runtest(self) -> None:
        """Run the scenario.

        Raises:
            ScenarioFailed: something was not as expected.
        """
        outcome = run_scenario(self._scenario, seed=seed_for(self.config, self._scenario))
        if not outcome.passed:
            raise ScenarioFailed(self._failure_text(outcome))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any, **options: Any) -> Any:
        """Tell what was not as expected; of anything else, as pytest does."""
        if isinstance(excinfo.value, ScenarioFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *arguments, **options)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands, and what it is called."""
        return self.path, None, self.name

    def _failure_text(self, outcome: ScenarioOutcome) -> str:
        outcome = replace(outcome, file=file_as_named(self))
        lines = [line.text for line in explained(outcome)]
        lines.append(f"replay: {replay_line(self, outcome.seed)}")
        lines.append(f"or: {outcome.replay}")
        lines.append(draw(self, outcome.timeline, Heading(outcome.title, outcome.description, outcome.seed)))
        return "\n".join(lines)
