"""What a run shows of a scenario: steps that fail, and rules that never take effect."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from scenarios.loading.loader import Scenario
from scenarios.running.runner import ScenarioRun
from simulator.documents.problems import Finding
from simulator.sessions.clock import ClockMode

STEPS_MAX = 1_000
"""Steps that are done at most, so that checking ends soon whatever is to be repeated."""


def failing_steps(scenario: Scenario) -> Iterator[Finding]:
    """Run a scenario as ``pds-sim run`` would, and tell what fails; on the wall clock that would take its time."""
    if scenario.document.clock == ClockMode.WALL.value or not scenario.document.steps:
        return
    with ScenarioRun(scenario) as run:
        for result in islice(run.steps(), STEPS_MAX):
            for complaint in result.complaints:
                yield result.path, f"fails when it is run: {complaint}"
