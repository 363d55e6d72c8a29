"""Pools: where the tasks of an exploration are performed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cached_property
from itertools import islice
from types import TracebackType
from typing import Any, Protocol, Self

from fakes.faults.rule import Rule
from scenarios.clients.client_run import Complaint
from scenarios.exploration.search import Result, Task, added_up, fatal, shrink_failure, split
from scenarios.exploration.trials import Trials
from scenarios.worker_processes.process import ProcessEnded
from scenarios.worker_processes.processes import WorkerProcesses

ATTEMPTS_MAX = 2
"""How many processes may die in a task before the client is blamed."""


DEATHS_MAX = 30
"""How many runs are spent on shrinking a schedule that kills processes, because each may take a new process."""


class Pool(Protocol):
    """Performs tasks."""

    def results(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Result]]:
        """Perform tasks, and yield the number of each, from 0, with its result, in any order.

        A task is taken when something is free to perform it. To stop early, close the iterator.

        Raises:
            ValueError: the setup or a task is invalid.
        """
        ...


class InProcess:
    """Performs tasks in this process, one after the other.

    Args:
        perform: Performs a task.
    """

    def __init__(self, perform: Callable[[Task], Result]) -> None:
        self._perform = perform

    def results(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Result]]:
        yield from enumerate(map(self._perform, tasks))


class TaskProcesses:
    """Processes that perform tasks, as many at a time as threads ask for it; they are started when they are needed.

    Args:
        setup: Of the trials, as for `scenarios.exploration.trials.Trials.from_plain`.
    """

    def __init__(self, setup: Mapping[str, Any]) -> None:
        self._setup = setup
        self._processes = WorkerProcesses("scenarios.exploration.worker")
        self.stop, self.close = self._processes.stop, self._processes.close

    def perform(self, task: Task, attempts: int = ATTEMPTS_MAX) -> Result:
        """Perform a task, once more where a process ends instead.

        Where process after process ends, it is the client that ends them: its runs are done one by one, and those of
        which processes end are failures like others.

        Args:
            task: The task.
            attempts: How many processes may end before that.

        Raises:
            ValueError: the setup or the task is invalid.
            Stopped: all processes are to end.
        """
        question = {"setup": self._setup, "path": sys.path, "task": task}
        for _ in range(attempts):
            try:
                answer = self._processes.ask(question)
            except ProcessEnded as error:
                end = error
                if end.was_stuck:  # and that took long enough
                    break
            else:
                if "wrong" in answer:
                    raise ValueError(answer["wrong"])
                result: Result = answer["result"]
                return result
        return self._without_what_dies(task, end)

    def _without_what_dies(self, task: Task, end: ProcessEnded) -> Result:
        """Perform a task that kills processes."""
        if "shrink" in task:
            return shrink_failure(self._trials, **task["shrink"] | {"runs_max": DEATHS_MAX}, run=self._run)
        parts = split(task)
        return added_up(map(self.perform, parts)) if parts else fatal(self._trials, task, end)

    def _run(self, rules: Sequence[Rule], seed: int) -> list[Complaint]:
        """Run the client once, in a process that may die."""
        replay = {"rules": [rule.to_plain() for rule in rules], "seed": seed}
        found = self.perform({"replay": replay}, attempts=1)["findings"]  # that it is the client is known by now
        return [Complaint(finding["oracle"], finding["cause"], finding["message"]) for finding in found]

    @cached_property
    def _trials(self) -> Trials:
        return Trials.from_plain(self._setup)


class Processes:
    """Performs tasks in processes of this machine, in a ``with`` statement.

    Args:
        count: How many there are.
        setup: Of the trials, as for `scenarios.exploration.trials.Trials.from_plain`.
    """

    def __init__(self, count: int, setup: Mapping[str, Any]) -> None:
        self._count = count
        self._processes = TaskProcesses(setup)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="pds-simulator-exploration")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._processes.stop()
        self._threads.shutdown(cancel_futures=True)
        self._processes.close()

    def results(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Result]]:
        numbered = enumerate(tasks)
        running: dict[Future[Result], int] = {}

        def begin(count: int) -> None:
            for number, task in islice(numbered, count):
                running[self._threads.submit(self._processes.perform, task)] = number

        begin(self._count)
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            begin(len(done))
            for future in done:
                yield running.pop(future), future.result()
