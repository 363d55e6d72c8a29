"""``python -m scenarios.workers.process``: runs the scenarios that stdin names, and writes their outcomes to stdout.

A line of stdin is a JSON object with ``file``, ``case`` and ``seed``; the line of stdout for it is the outcome. The end
of stdin ends the process at once, whatever runs: whoever asked has gone or wants no more.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import IO

from scenarios.errors import ScenarioError
from scenarios.loader import Scenario, load_scenario
from scenarios.outcomes import run_scenario


def main() -> None:
    """Answer every line of stdin until there are no more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anybody prints is no answer
    questions: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin, questions), daemon=True).start()
    while True:
        answers.write(answer(questions.get()))
        answers.flush()


def answer(question: str) -> str:
    """Run what a line asks for, and tell what came of it as another."""
    job = json.loads(question)
    try:
        scenario = load_scenario(job["file"], case=job["case"] or None)
    except ScenarioError as error:
        return f"{json.dumps({'error': str(error)})}\n"
    return f"{json.dumps({'outcome': _run(scenario, job['seed'])})}\n"


def _run(scenario: Scenario, seed: int | None) -> dict[str, object]:
    return run_scenario(scenario, seed=seed).to_plain()


def _read(stream: IO[str], questions: queue.SimpleQueue[str]) -> None:
    for line in stream:
        questions.put(line)
    os._exit(0)


if __name__ == "__main__":
    main()
