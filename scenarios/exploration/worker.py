"""A process that performs tasks of an exploration.

A question has the ``setup`` of the trials, the ``path`` on which the client's module is found, and a ``task``. The
answer has the ``result``, or says what is ``wrong`` with the question.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from traceback import format_exc
from typing import IO, Any

from fakes.faults.rule import Rule
from scenarios.clients.client_run import ClientRun
from scenarios.exploration.search import perform
from scenarios.exploration.trials import Client, FunctionClient, Trials, TrialSetting
from scenarios.worker_processes.answering import Answer, Question, answer_all, ending_after


def main() -> None:
    """Answer until there are no more questions."""
    answer_all(Answers)


class Answers:
    """Performs the tasks that it is asked to; trials are set up once.

    Args:
        answers: Where answers go.
    """

    def __init__(self, answers: IO[str]) -> None:
        self._answers = answers
        self._setup: Any = None

    def __call__(self, question: Question) -> Answer:
        """Perform a task."""
        try:
            if self._setup != question["setup"]:
                sys.path += [place for place in question["path"] if place not in sys.path]
                trials = Trials.from_plain(question["setup"])
                is_function = isinstance(trials.client, FunctionClient)
                client = Stoppable(trials.client, self._answers) if is_function else trials.client
                self._setup, self._trials = question["setup"], replace(trials, client=client)
            return {"result": perform(self._trials, question["task"])}
        except ValueError as error:
            return {"wrong": str(error)}
        except Exception:  # noqa: BLE001  # whatever it is, it is told where somebody reads it
            return {"wrong": format_exc()}


@dataclass(frozen=True)
class Stoppable:
    """A client that ends with this process at the latest.

    Args:
        client: The client, which may catch the exception that should stop it.
        answers: Where answers go.
    """

    client: Client
    answers: IO[str]

    def run(self, setting: TrialSetting, rules: Sequence[Rule], seed: int) -> ClientRun:
        with ending_after(setting.limits.real_seconds, self.answers):
            return self.client.run(setting, rules, seed)
