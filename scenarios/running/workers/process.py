"""The other side of `scenarios.running.workers.pool`: runs scenarios in a process of its own.

A question has ``file``, ``case`` and ``seed``, the ``path`` on which modules of clients are found, and how many
``real_seconds`` the scenario may take; the answer has the ``outcome``, or the ``error`` that there is no such scenario.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import IO

from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import Scenario, load_cases, load_scenario
from scenarios.running.outcomes import run_scenario
from scenarios.worker_processes.answering import Answer, Question, answer_all, ending_after


def main() -> None:
    """Answer until there are no more questions."""
    answer_all(Answers)


class Answers:
    """Runs the scenarios that it is asked to; a file with many cases is read once.

    Args:
        answers: Where answers go.
    """

    def __init__(self, answers: IO[str]) -> None:
        self._answers = answers
        self._cases: dict[str, dict[str, Scenario]] = {}

    def __call__(self, question: Question) -> Answer:
        """Run the scenario of a question."""
        sys.path += [place for place in question["path"] if place not in sys.path]
        try:
            scenario = self._scenario(question["file"], question["case"])
        except ScenarioError as error:
            return {"error": str(error)}
        seconds = question["real_seconds"]
        with nullcontext() if seconds is None else ending_after(seconds, self._answers):
            return {"outcome": run_scenario(scenario, seed=question["seed"]).to_plain()}

    def _scenario(self, file: str, case: str) -> Scenario:
        if file not in self._cases:
            self._cases[file] = {scenario.case: scenario for scenario in load_cases(file)}
        known = self._cases[file]
        return known[case] if case in known else load_scenario(file, case)  # which tells what cases there are
