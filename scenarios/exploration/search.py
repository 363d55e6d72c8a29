"""The search: tasks in plain JSON that each run a client against some schedules, in any process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fakes.faults.rule import Rule
from scenarios.clients.client_run import Complaint
from scenarios.clients.failures import CLIENT, NO_REAL_END
from scenarios.clients.limits import HANG
from scenarios.exploration.coverage import Coverage
from scenarios.exploration.shrinking import Trial, shrink
from scenarios.exploration.trials import Trials
from scenarios.worker_processes.process import ProcessEnded
from simulator.faults import EFFECTS

Task = Mapping[str, Any]
"""What to do: ``{"search": {"first": 0, "count": 50, "methods": […]}}``,
``{"shrink": {"failure": {…}, "runs_max": 500}}`` or ``{"replay": {"rules": […], "seed": 0}}``."""
Result = dict[str, Any]
"""The result of a task."""
Run = Callable[[Sequence[Rule], int], list[Complaint]]
"""Runs a client with rules and a seed, and returns the failures."""


def perform(trials: Trials, task: Task) -> Result:
    """Perform a task."""
    [(verb, arguments)] = task.items()
    return _VERBS[verb](trials, **arguments)


def _search(trials: Trials, first: int, count: int, methods: Sequence[str] | None = None) -> Result:
    """Run the schedules with those numbers; return the smallest schedule for each cause, and their count."""
    narrowed = trials.narrowed(methods)
    coverage = Coverage()
    failures: list[Result] = []
    for number in range(first, first + count):
        schedule, seed = narrowed.schedule(number)
        complaints = narrowed.run(narrowed.space.rules_of(schedule), seed, coverage)
        failures += (_failure(trials, number, methods, complaint) for complaint in complaints)
    return {"runs": count, "coverage": coverage.to_plain(), "failures": smallest(failures)}


def _failure(trials: Trials, number: int, methods: Sequence[str] | None, complaint: Complaint) -> Result:
    schedule, seed = trials.narrowed(methods).schedule(number)
    place = {"schedule": schedule, "seed": seed, "number": number, "methods": methods}
    return {**complaint._asdict(), **place, "count": 1}


def smallest(failures: Iterable[Result]) -> list[Result]:
    """Return the smallest failure for each cause, with the count of all."""
    found: dict[tuple[str, str], Result] = {}
    for failure in failures:
        cause = (failure["oracle"], failure["cause"])
        found[cause] = _smaller(found[cause], failure) if cause in found else failure
    return [*found.values()]


def _smaller(one: Result, other: Result) -> Result:
    """Return the smaller of two failures with the same cause, with both counts."""
    smaller = min(one, other, key=lambda failure: (len(failure["schedule"]), failure["number"]))
    return {**smaller, "count": one["count"] + other["count"]}


def _shrink(trials: Trials, failure: Mapping[str, Any], runs_max: int = 500) -> Result:
    return shrink_failure(trials, failure, runs_max, trials.run)


LONG_RUNS_MAX = 50
"""How many runs shrinking may take if a limit ends them, such as that of calls."""
SLOW_RUNS_MAX = 10
"""The same for the limit of real time."""


def shrink_failure(trials: Trials, failure: Mapping[str, Any], runs_max: int, run: Run) -> Result:
    """Return the smallest rules with the same cause; ``is_flaky`` where the same run did not fail again.

    Args:
        trials: The trials.
        failure: A failure, as a search returns it.
        runs_max: How many runs to stop after.
        run: Runs the client with rules and a seed.
    """
    trials = trials.narrowed(failure["methods"])
    given: Trial = (tuple((rule, tuple(indices)) for rule, indices in failure["schedule"]), failure["seed"])
    messages: dict[Trial, str] = {}
    ended_by_limits: set[str] = set()

    def still_fails(trial: Trial) -> bool:
        schedule, seed = trial
        for complaint in run(trials.space.rules_of(schedule), seed):
            if (complaint.oracle, complaint.cause) == (failure["oracle"], failure["cause"]):
                messages[trial] = complaint.message
            if complaint.oracle == HANG:
                ended_by_limits.add(complaint.cause)
        return trial in messages

    is_flaky = not still_fails(given)
    if ended_by_limits:
        runs_max = min(runs_max, SLOW_RUNS_MAX if NO_REAL_END in ended_by_limits else LONG_RUNS_MAX)
    schedule, seed = given if is_flaky else shrink(given, still_fails, runs_max)
    return {
        **{key: failure[key] for key in ("oracle", "cause", "count")},
        "message": messages.get((schedule, seed), failure["message"]),
        "rules": [rule.to_plain() for rule in trials.space.rules_of(schedule)],
        "seed": seed,
        "is_flaky": is_flaky,
    }


def _replay(trials: Trials, rules: Any, seed: int) -> Result:
    """Run once with those rules."""
    coverage = Coverage()
    complaints = trials.run([Rule.from_plain(rule, EFFECTS) for rule in rules], seed, coverage)
    findings = [_finding(complaint, rules, seed) for complaint in complaints]
    return {"runs": 1, "coverage": coverage.to_plain(), "findings": findings}


def _finding(complaint: Complaint, rules: Any, seed: int) -> Result:
    return {**complaint._asdict(), "rules": rules, "seed": seed, "count": 1, "is_flaky": False}


_VERBS: Mapping[str, Callable[..., Result]] = {"search": _search, "shrink": _shrink, "replay": _replay}


def split(task: Task) -> list[Task]:
    """Split a search of several schedules into searches of one; empty if it can't be split."""
    search = task.get("search", {"count": 1})
    numbers = range(search["first"], search["first"] + search["count"]) if search["count"] > 1 else ()
    return [{"search": {**search, "first": number, "count": 1}} for number in numbers]


def added_up(results: Iterable[Result]) -> Result:
    """Merge the results of searches into one."""
    coverage = Coverage()
    runs, failures = 0, []
    for result in results:
        runs += result["runs"]
        coverage.merge(result["coverage"])
        failures += result["failures"]
    return {"runs": runs, "coverage": coverage.to_plain(), "failures": smallest(failures)}


def fatal(trials: Trials, task: Task, end: ProcessEnded) -> Result:
    """The result of one run that has ended its process, or that was ended with its process.

    Args:
        trials: The trials.
        task: A search of one schedule, or a replay.
        end: How the process ended.
    """
    oracle, cause = (HANG, NO_REAL_END) if end.was_stuck else (CLIENT, "the process dies")
    complaint = Complaint(oracle, cause, end.told(trials.setting.limits.real_seconds))
    complaints = [complaint] if complaint.oracle in trials.oracles else []
    nothing: Result = {"runs": 1, "coverage": Coverage().to_plain()}
    if "replay" in task:
        return nothing | {"findings": [_finding(complaint, **task["replay"]) for complaint in complaints]}
    first, methods = task["search"]["first"], task["search"].get("methods")
    return nothing | {"failures": [_failure(trials, first, methods, complaint) for complaint in complaints]}
