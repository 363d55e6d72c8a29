"""Runs scenarios in several processes; outcomes always come in the order of the scenarios."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Protocol, Self

from scenarios.loading.loader import Scenario
from scenarios.running.outcomes import ScenarioOutcome, failed_to_run, run_scenario
from scenarios.worker_processes.process import ProcessEnded
from scenarios.worker_processes.processes import Stopped, WorkerProcesses


class Watcher(Protocol):
    """Notified which scenarios run, from any thread."""

    def begin(self, title: str) -> None:
        """A scenario begins."""
        ...

    def end(self, title: str, *, passed: bool) -> None:
        """It is over."""
        ...


def run_scenarios(
    scenarios: Sequence[Scenario], *, watcher: Watcher, seed: int | None = None, process_count: int = 1
) -> Generator[ScenarioOutcome, None, None]:
    """Run scenarios and yield the outcome of each, in their order.

    With one process, this one is used, unless a scenario runs a foreign function, which may end the process.

    To stop before all are run, close the generator: what still runs in other processes is ended.

    Args:
        scenarios: The scenarios to run.
        watcher: Notified which scenarios run.
        seed: The seed to use in place of the scenarios' own.
        process_count: How many run at the same time.
    """
    if process_count > 1 or any(
        step.client and step.client.check for each in scenarios for step in each.document.steps
    ):
        with WorkerPool(process_count, watcher=watcher) as pool:
            yield from pool.outcomes(scenarios, seed=seed)
        return
    for scenario in scenarios:
        watcher.begin(scenario.title)
        outcome = run_scenario(scenario, seed=seed)
        watcher.end(scenario.title, passed=outcome.passed)
        yield outcome


class WorkerPool:
    """Processes that run scenarios, in a ``with`` statement, at whose end there are none any more.

    Args:
        process_count: How many there are at most.
        watcher: Notified which scenarios run.
        environment: Variables of the environment that differ from those of this process.
    """

    def __init__(self, process_count: int, *, watcher: Watcher, environment: Mapping[str, str] | None = None) -> None:
        self._watcher = watcher
        self._threads = ThreadPoolExecutor(process_count, thread_name_prefix="pds-simulator-worker")
        self._processes = WorkerProcesses("scenarios.running.workers.process", environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._processes.stop()
        self._threads.shutdown(cancel_futures=True)
        self._processes.close()

    def outcomes(self, scenarios: Sequence[Scenario], *, seed: int | None) -> Iterator[ScenarioOutcome]:
        """Run *scenarios*, and yield the outcome of each in their order, as soon as it is known."""
        futures = [self._threads.submit(self._run, scenario, seed) for scenario in scenarios]
        for future in futures:
            yield future.result()

    def _run(self, scenario: Scenario, seed: int | None) -> ScenarioOutcome:
        self._watcher.begin(scenario.title)
        outcome = self._ask(scenario, seed)
        self._watcher.end(scenario.title, passed=outcome.passed)
        return outcome

    def _ask(self, scenario: Scenario, seed: int | None) -> ScenarioOutcome:
        seconds = _real_seconds(scenario)
        question = {"file": scenario.source.file, "case": scenario.case, "seed": seed, "path": sys.path}
        try:
            answer = self._processes.ask({**question, "real_seconds": seconds})
        except ProcessEnded as end:
            stuck = (
                f"no end after {seconds} s of real time; it did not let itself be stopped, so its process was killed"
            )
            return failed_to_run(scenario, seed=seed, error=stuck if end.was_stuck else str(end))
        except Stopped as error:
            return failed_to_run(scenario, seed=seed, error=str(error))
        if "outcome" in answer:
            return ScenarioOutcome.from_plain(answer["outcome"])
        return failed_to_run(scenario, seed=seed, error=answer["error"])


def _real_seconds(scenario: Scenario) -> float | None:
    """How long a scenario may take whose steps all run functions, which have limits; another may take any time."""
    clients = [step.client for step in scenario.document.steps]
    seconds = [client.timeout for client in clients if client is not None and client.check is not None]
    return sum(seconds) if seconds and len(seconds) == len(clients) else None
