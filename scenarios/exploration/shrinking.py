"""Shrinking: the smallest schedule with the same cause, with fewer rules first, then with simpler ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scenarios.exploration.space import RuleChoice, Schedule

Trial = tuple[Schedule, int]
"""A schedule, and the seed of its run."""


def shrink(trial: Trial, still_fails: Callable[[Trial], bool], runs_max: int) -> Trial:
    """Return the smallest trial that still fails: no rule can be left out, and no value can be made simpler.

    Args:
        trial: A trial that fails.
        still_fails: Runs another trial.
        runs_max: How many runs to stop after, with the smallest trial so far.
    """
    runs = 0
    again = True
    while again:
        again = False
        for candidate in _simpler(trial):
            if runs == runs_max:
                return trial
            runs += 1
            if still_fails(candidate):
                trial, again = candidate, True
                break
    return trial


def _simpler(trial: Trial) -> Iterator[Trial]:
    """Yield all trials that are simpler by one step, the greatest steps first."""
    schedule, seed = trial
    for index in range(len(schedule)):
        yield (*schedule[:index], *schedule[index + 1 :]), seed
    if seed:
        yield schedule, 0
    for index, choice in enumerate(schedule):
        for simpler in _simpler_choices(choice):
            yield (*schedule[:index], simpler, *schedule[index + 1 :]), seed


def _simpler_choices(choice: RuleChoice) -> Iterator[RuleChoice]:
    rule, indices = choice
    for place, index in enumerate(indices):
        for smaller in range(index):
            yield rule, (*indices[:place], smaller, *indices[place + 1 :])
