"""What a run shows of a scenario: steps that fail, and rules that never take effect."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from scenarios.format.client_step import ClientStep
from scenarios.format.steps import walk
from scenarios.loading.loader import Scenario
from scenarios.running.runner import ScenarioRun
from simulator.documents.problems import Finding
from simulator.sessions.clock import ClockMode

STEPS_MAX = 1_000
"""Steps that are done at most, so that checking ends soon whatever is to be repeated."""


def failing_steps(scenario: Scenario) -> Iterator[Finding]:
    """Run a scenario as ``pds-sim run`` would, and tell what fails.

    Not where the wall clock would take its time, or where a client would be run: who checks a file runs no program.
    """
    steps = scenario.document.steps
    runs_client = any(isinstance(arguments, ClientStep) for _, arguments in walk(steps))
    if scenario.document.clock == ClockMode.WALL.value or not steps or runs_client:
        return
    with ScenarioRun(scenario) as run:
        for result in islice(run.steps(), STEPS_MAX):
            for complaint in result.complaints:
                yield result.path, f"fails when it is run: {complaint}"
