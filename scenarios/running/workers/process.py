"""The other side of `scenarios.running.workers.pool`: runs scenarios in a process of its own.

A line of stdin is a JSON object with ``file``, ``case`` and ``seed``; the line of stdout for it is the outcome. The end
of stdin ends the process at once, whatever runs: the parent process is gone or wants no more.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import IO

from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import Scenario, load_cases, load_scenario
from scenarios.running.outcomes import run_scenario


def main() -> None:
    """Answer every line of stdin until there are no more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anybody prints is no answer
    questions: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin, questions), daemon=True).start()
    runner = Answers()
    while True:
        answers.write(runner.to(questions.get()))
        answers.flush()


class Answers:
    """Runs what it is asked to; a file with many cases is read once."""

    def __init__(self) -> None:
        self._cases: dict[str, dict[str, Scenario]] = {}

    def to(self, question: str) -> str:
        """Run what a line asks for, and tell what came of it as another."""
        job = json.loads(question)
        try:
            scenario = self._scenario(job["file"], job["case"])
        except ScenarioError as error:
            return f"{json.dumps({'error': str(error)})}\n"
        return f"{json.dumps({'outcome': run_scenario(scenario, seed=job['seed']).to_plain()})}\n"

    def _scenario(self, file: str, case: str) -> Scenario:
        if file not in self._cases:
            self._cases[file] = {scenario.case: scenario for scenario in load_cases(file)}
        known = self._cases[file]
        return known[case] if case in known else load_scenario(file, case)  # which tells what cases there are


def _read(stream: IO[str], questions: queue.SimpleQueue[str]) -> None:
    for line in stream:
        questions.put(line)
    os._exit(0)
