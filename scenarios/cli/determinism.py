"""Runs scenarios a second time, in another process with another hash seed, and shows where histories differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from scenarios.loading.loader import Scenario
from scenarios.running.outcomes import ScenarioOutcome
from scenarios.running.workers.pool import Watcher, WorkerPool

OTHER_HASH_SEED = "4711"


def differences(
    scenarios: Sequence[Scenario],
    outcomes: Sequence[ScenarioOutcome],
    *,
    watcher: Watcher,
    seed: int | None = None,
    process_count: int = 1,
) -> dict[str, str]:
    """Run scenarios again and compare what happened.

    Args:
        scenarios: What was run.
        outcomes: The outcome of each.
        watcher: Is notified which scenarios run.
        seed: The seed of that run, if not the scenarios' own.
        process_count: How many run at the same time.

    Returns:
        For each scenario whose timeline is not the same, by its file and case, the first line that differs, as it was
        in both runs.
    """
    found = {}
    with WorkerPool(process_count, watcher=watcher, environment={"PYTHONHASHSEED": OTHER_HASH_SEED}) as pool:
        for first, second in zip(outcomes, pool.outcomes(scenarios, seed=seed), strict=True):
            if second.timeline != first.timeline:
                place = f"{first.file}[{first.case}]" if first.case else first.file
                found[place] = _first_difference(first.timeline, second.timeline) + _ending(first, second)
    return found


def _first_difference(first: str, second: str) -> str:
    for number, (before, after) in enumerate(zip_longest(first.splitlines(), second.splitlines()), start=1):
        if before != after:
            return f"event {number} was\n    {before or 'nothing'}\n  and is\n    {after or 'nothing'}"
    return "the line ends differ"


def _ending(first: ScenarioOutcome, second: ScenarioOutcome) -> str:
    """What made the second run differ from the first."""
    return f"\n  {second.error.strip()}" if second.error and not first.error else ""
