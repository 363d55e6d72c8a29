"""The course of an exploration: the corpus and a run without faults first, then a search, then shrinking."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenarios.exploration.coverage import CALLS, Coverage
from scenarios.exploration.findings import Exploration, Finding
from scenarios.exploration.pools import Pool
from scenarios.exploration.search import Result, Task, smallest
from scenarios.exploration.space import RESTORE_METHODS, Space

SCOUTS_MAX = 200
"""How many runs find out which methods the client calls, at most; later runs have rules for these only."""
BATCH_MIN, BATCH_MAX = 20, 200
"""How many schedules a task has."""
SHRUNK_MAX = 100
"""How many findings are shrunk at most; with more, fix some first."""

Cause = tuple[str, str]
"""Oracle and cause."""


@dataclass(frozen=True)
class Progress:
    """The progress of an exploration.

    Args:
        runs: How many schedules were run.
        seconds: How long it has run, in real time.
        causes: The causes that were found.
        reached: How many cells of the coverage tables are reached.
    """

    runs: int
    seconds: float
    causes: Sequence[Cause]
    reached: int


Watcher = Callable[[Progress], None]
"""Called with the progress after each task."""


@dataclass(frozen=True)
class Budget:
    """How much to explore.

    Args:
        examples: Random schedules, at most.
        time_seconds: In real time, at most; None means without limit.
        shrink_runs: Runs that may be spent on making one finding smaller.
    """

    examples: int = 1000
    time_seconds: float | None = None
    shrink_runs: int = 500


@dataclass
class Explorer:
    """Explores once.

    Args:
        pool: Performs the tasks.
        space: The possible schedules.
        budget: How many of them are run.
        methods: The methods whose calls go wrong; None means those that the client turns out to call.
        corpus: Rules and seeds of earlier findings, which are run first.
        watcher: Called with the progress.
    """

    pool: Pool
    space: Space
    budget: Budget
    methods: Sequence[str] | None
    corpus: Sequence[Task] = ()
    watcher: Watcher = lambda _progress: None
    _coverage: Coverage = field(default_factory=Coverage)
    _failures: dict[Cause, Result] = field(default_factory=dict)
    _findings: dict[Cause, Finding] = field(default_factory=dict)
    _runs: int = 0
    _started_seconds: float = field(default_factory=time.monotonic)

    def explore(self) -> Exploration:
        """Explore; Ctrl-C ends it with what was found so far."""
        is_interrupted = False
        try:
            self._perform([*self.corpus, {"rules": [], "seed": 0}])
        except KeyboardInterrupt:
            is_interrupted = True
        return self._result(is_interrupted=is_interrupted)

    def _perform(self, replays: Sequence[Task]) -> None:
        self._fold(self.pool.results({"replay": replay} for replay in replays))
        scouts = 0 if self.methods is not None else min(SCOUTS_MAX, self.budget.examples // 10)
        if scouts:
            self._fold(self.pool.results(self._searches(0, scouts, sorted({*RESTORE_METHODS, *self._called()}))))
        methods = self._called() if self.methods is None else self.methods
        self._fold(self.pool.results(self._searches(scouts, self.budget.examples, sorted(methods))))
        first = sorted(self._failures.values(), key=_size)[:SHRUNK_MAX]
        shrinks = [{"failure": failure, "runs_max": self.budget.shrink_runs} for failure in first]
        for _, result in self.pool.results({"shrink": shrink} for shrink in shrinks):
            finding = Finding(**result)
            del self._failures[finding.oracle, finding.cause]
            self._add(finding)
            self.watcher(self._progress())

    def _searches(self, first: int, end: int, methods: Sequence[str]) -> Iterator[Task]:
        """Yield tasks for the schedules with numbers from *first* up to *end*, as long as there is time."""
        for task in searches(first, end, methods):
            if self.budget.time_seconds is not None and self._seconds() >= self.budget.time_seconds:
                return
            yield task

    def _fold(self, results: Iterator[tuple[int, Result]]) -> None:
        """Add up results; the sum does not depend on their order."""
        for _, result in results:
            self._runs += result["runs"]
            self._coverage.merge(result["coverage"])
            for finding in result.get("findings", ()):
                self._add(Finding(**finding))
            for failure in smallest([*self._failures.values(), *result.get("failures", ())]):
                self._failures[failure["oracle"], failure["cause"]] = failure
            self.watcher(self._progress())

    def _add(self, finding: Finding) -> None:
        cause = (finding.oracle, finding.cause)
        self._findings[cause] = self._findings[cause].or_smaller(finding) if cause in self._findings else finding

    def _called(self) -> list[str]:
        return sorted(self._coverage.tables[CALLS])

    def _seconds(self) -> float:
        return time.monotonic() - self._started_seconds

    def _progress(self) -> Progress:
        cells = sum(len(columns) for table in self._coverage.tables.values() for columns in table.values())
        return Progress(self._runs, self._seconds(), sorted({*self._findings, *self._failures}), cells)

    def _result(self, *, is_interrupted: bool) -> Exploration:
        for failure in self._failures.values():  # those that were not shrunk
            self._add(_unshrunk(self.space, failure))
        findings = [self._findings[cause] for cause in sorted(self._findings)]
        space = self.space.narrowed(self._called() if self.methods is None else self.methods)
        never_reached = self._coverage.never_reached(space)
        return Exploration(self._runs, findings, self._coverage, never_reached, self._seconds(), is_interrupted)


def searches(first: int, end: int, methods: Sequence[str]) -> Iterator[Task]:
    """Yield the tasks that run the schedules with numbers from *first* up to *end*.

    They grow with the exploration: each task costs some time of its own, and few large ones cost less than many small.
    """
    while first < end:
        count = min(max(BATCH_MIN, first // 50), BATCH_MAX, end - first)
        yield {"search": {"first": first, "count": count, "methods": methods}}
        first += count


def _size(failure: Result) -> tuple[int, int]:
    return len(failure["schedule"]), failure["number"]


def _unshrunk(space: Space, failure: Mapping[str, Any]) -> Finding:
    rules = space.narrowed(failure["methods"]).rules_of(failure["schedule"])
    return Finding(
        failure["oracle"],
        failure["cause"],
        failure["message"],
        [rule.to_plain() for rule in rules],
        failure["seed"],
        failure["count"],
    )
