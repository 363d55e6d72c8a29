"""Outcomes of scenarios for programs: one JSON object, of a stable form.

=====================  ==============================================================================================
``version``            1; more keys may come without a new version
``passed, failed``     how many scenarios did
``not_run``            how many were left out because one before them failed, or somebody stopped the run
``scenarios``          for each one that was run, in the order of the files:
``  file, name, case`` where it stands, its name, the name of its case or ``""``
``  seed``             what was drawn was drawn by this
``  passed``           true or false
``  steps``            each step that was done: ``line``, ``at_seconds``, ``summary``, ``passed``, ``complaints``
``  step_count``       how many there are to do
``  virtual_seconds``  how long it took in the time of the world
``  wall_seconds``     how long it took
``  replay``           the command that does the same again
``  error``            the traceback of a fault of the simulator, or null
``  failure``          the text that tells why it failed, line by line; empty when it passed
``  timeline``         the events, as ``pds-sim run --timeline`` writes them; empty when it passed
=====================  ==============================================================================================
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from scenarios.loading.loader import Scenario
from scenarios.reports.failure_text import failure_lines
from scenarios.reports.files import check_file, write_whole
from scenarios.running.outcomes import ScenarioOutcome

VERSION = 1
STANDARD_OUTPUT = "-"


class JsonFile:
    """The file, or stdout for ``-``, as `scenarios.reports.report.Report` says."""

    def __init__(self, target: Path, scenarios: Sequence[Scenario]) -> None:
        self._to_standard_output = str(target) == STANDARD_OUTPUT
        if not self._to_standard_output:
            check_file(target)
        self._target = target
        self._scenario_count = len(scenarios)

    def write(self, outcomes: Sequence[ScenarioOutcome]) -> None:
        text = json_text(outcomes, not_run_count=self._scenario_count - len(outcomes))
        if self._to_standard_output:
            click.echo(text, nl=False)
        else:
            write_whole(self._target, text)


def json_text(outcomes: Sequence[ScenarioOutcome], *, not_run_count: int = 0) -> str:
    """The whole document, in ASCII, so that no code page changes it."""
    passed_count = sum(outcome.passed for outcome in outcomes)
    document = {
        "version": VERSION,
        "passed": passed_count,
        "failed": len(outcomes) - passed_count,
        "not_run": not_run_count,
        "scenarios": [_scenario(outcome) for outcome in outcomes],
    }
    return f"{json.dumps(document, indent=2)}\n"


def _scenario(outcome: ScenarioOutcome) -> dict[str, Any]:
    timeline = [] if outcome.passed else [event.to_plain() for event in outcome.events]
    return {
        "file": outcome.file,
        "name": outcome.name,
        "case": outcome.case,
        "seed": outcome.seed,
        "passed": outcome.passed,
        "steps": [
            {
                "line": step.line,
                "at_seconds": step.at_seconds,
                "summary": step.summary,
                "passed": step.passed,
                "complaints": list(step.complaints),
            }
            for step in outcome.steps
        ],
        "step_count": outcome.step_count,
        "virtual_seconds": outcome.virtual_seconds,
        "wall_seconds": round(outcome.wall_seconds, 6),
        "replay": outcome.replay,
        "error": outcome.error or None,
        "failure": failure_lines(outcome),
        "timeline": timeline,
    }
