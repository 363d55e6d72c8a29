"""Runs scenarios in several processes; whatever ends first, outcomes come in the order of the scenarios."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Any, Protocol, Self

from scenarios.loading.loader import Scenario
from scenarios.running.outcomes import ScenarioOutcome, failed_to_run, run_scenario


class Watcher(Protocol):
    """Is told which scenarios run, from any thread."""

    def begin(self, title: str) -> None:
        """A scenario begins."""
        ...

    def end(self, title: str, *, passed: bool) -> None:
        """It is over."""
        ...


def run_scenarios(
    scenarios: Sequence[Scenario], *, watcher: Watcher, seed: int | None = None, process_count: int = 1
) -> Generator[ScenarioOutcome, None, None]:
    """Run scenarios and tell what came of each, in their order; one process is this one.

    To stop before all are run, close the generator: what still runs in other processes is ended.

    Args:
        scenarios: What to run.
        watcher: Is told which scenarios run.
        seed: In place of the scenarios' own.
        process_count: How many run at the same time.
    """
    if min(process_count, len(scenarios)) > 1:
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
        watcher: Is told which scenarios run.
        environment: Variables of the environment that differ from those of this process.
    """

    def __init__(self, process_count: int, *, watcher: Watcher, environment: Mapping[str, str] | None = None) -> None:
        self._watcher = watcher
        # What is imported is what this process has imported, not what happens to lie in the current folder.
        self._environment = {**os.environ, "PYTHONSAFEPATH": "1", **(environment or {})}
        self._threads = ThreadPoolExecutor(process_count, thread_name_prefix="pds-simulator-worker")
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            self._closed = True
            for worker in self._all:
                worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.close()

    def outcomes(self, scenarios: Sequence[Scenario], *, seed: int | None) -> Iterator[ScenarioOutcome]:
        """Run *scenarios*, and tell what came of each in their order, as soon as that is known."""
        futures = [self._threads.submit(self._run, scenario, seed) for scenario in scenarios]
        for future in futures:
            yield future.result()

    def _run(self, scenario: Scenario, seed: int | None) -> ScenarioOutcome:
        worker = self._take()
        if worker is None:
            return failed_to_run(scenario, seed=seed, error="not run: everything was stopped")
        self._watcher.begin(scenario.title)
        outcome = self._ask(worker, scenario, seed)
        self._watcher.end(scenario.title, passed=outcome.passed)
        return outcome

    def _ask(self, worker: _Worker, scenario: Scenario, seed: int | None) -> ScenarioOutcome:
        answer = worker.ask({"file": scenario.source.file, "case": scenario.case, "seed": seed})
        if answer is None:
            return failed_to_run(scenario, seed=seed, error=worker.end_text())
        with self._lock:
            self._idle.append(worker)
        if "outcome" in answer:
            return ScenarioOutcome.from_plain(answer["outcome"])
        return failed_to_run(scenario, seed=seed, error=answer["error"])

    def _take(self) -> _Worker | None:
        """A worker that has nothing to do; None when the end has come."""
        with self._lock:
            if self._closed:
                return None
            if self._idle:
                return self._idle.pop()
            worker = _Worker(self._environment)
            self._all.add(worker)
            return worker


class _Worker:
    """One process; see `scenarios.running.workers.process` for what is said to it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(  # our own interpreter and module
            [sys.executable, "-c", "from pds_simulator_command import run_worker; run_worker()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            encoding="ascii",
            start_new_session=True,  # Ctrl-C is for this process, which ends the others
        )

    def ask(self, job: Mapping[str, Any]) -> dict[str, Any] | None:
        """Let a scenario be run and wait for what comes of it; None when the process has died of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(f"{json.dumps(job)}\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line.endswith("\n"):
            return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end_text(self) -> str:
        """Tell how the process ended."""
        code = self._process.wait()
        with suppress(ValueError):
            return f"the process that ran it was ended by {signal.Signals(-code).name}"
        return f"the process that ran it ended with exit code {code}"

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()

    def close(self) -> None:
        """Wait for the end of a process that was killed, and give back what belonged to it."""
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()
        self._process.wait()
