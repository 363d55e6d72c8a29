"""Runs a scenario: a client of the API makes its calls, and time passes as its steps say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from fakes.environment import MICROSECONDS
from fakes.faults.report import missed_rules
from fakes.history.events import Event
from scenarios.format.steps import Step
from scenarios.loading.loader import Scenario, simulator_of
from scenarios.loading.references import INDEX
from scenarios.running.lanes import Lane, Wait, side_by_side
from scenarios.running.scenario_client import ScenarioClient, StepFailed
from scenarios.running.verbs import CALLS, LASTING_VERBS, VERBS, Outcome, intention
from simulator.documents.problems import KeyPath


@dataclass(frozen=True)
class StepResult:
    """The outcome of a step.

    Args:
        path: Its path in the document.
        line: Its line in the file.
        at_seconds: When it was done, in virtual seconds from the start.
        summary: What was done, and the result.
        complaints: What was not as expected; empty when the step passed.
        events: What happened meanwhile.
    """

    path: KeyPath
    line: int
    at_seconds: float
    summary: str
    complaints: tuple[str, ...]
    events: tuple[Event, ...]

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not self.complaints


@dataclass(frozen=True)
class _Place:
    """Where in a scenario the run is.

    Args:
        path: The path of that place in the document.
        variables: The variables of the steps there, beside the answers.
        lane: Which lane it is; None outside of all.
    """

    path: KeyPath
    variables: Mapping[str, str] = field(default_factory=dict)
    lane: str | None = None

    def inside(self, *path: str | int, variables: Mapping[str, str] | None = None, lane: str | None = None) -> _Place:
        """A place further in."""
        known = self.variables if variables is None else {**self.variables, **variables}
        return _Place((*self.path, *path), known, self.lane if lane is None else lane)


class ScenarioRun:
    """One run of a scenario, in a ``with`` statement.

    Args:
        scenario: What to run.
        seed: In place of the scenario's own, unless it goes on from a snapshot, which keeps its seed.
        lenient: Whether to go on when something is not as expected.
    """

    def __init__(self, scenario: Scenario, *, seed: int | None = None, lenient: bool = False) -> None:
        self.scenario = scenario
        arguments = scenario.simulator_arguments() | {"strict": False}
        if scenario.snapshot is None:
            arguments["seed"] = scenario.seed_of_run(seed)
        self.simulator = simulator_of(arguments, listen=False)
        self._lenient = lenient
        self._start_microseconds = 0
        self._told_count = 0

    def __enter__(self) -> Self:
        self.simulator.start()
        self._start_microseconds = self._now_microseconds()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.simulator.close()

    def steps(self) -> Iterator[StepResult]:
        """Do the steps in order, and yield the outcome of each; the first that fails is the last."""
        client = ScenarioClient(self.scenario, self.simulator, start_microseconds=self._start_microseconds)
        for result in self._do_all(client, self.scenario.document.steps, _Place(("steps",))):
            if isinstance(result, Wait):
                with self.simulator.session as world:
                    world.environment.advance_to(result.until_microseconds)
                continue
            yield result
            if not result.passed and not self._lenient:
                # Often, the cause is a rule that has missed its target.
                with self.simulator.session as world:
                    missed = missed_rules(world.rules)
                yield from self._rule_results("rules", missed)
                return
        if self.scenario.document.strict:
            yield from self._rule_results("rules", self.simulator.unfired_rules())
            yield from self._rule_results("held restores", self.simulator.held_restores())

    def _rule_results(self, summary: str, complaints: Sequence[str]) -> Iterator[StepResult]:
        path = ("faults",)
        if complaints:
            line = self.scenario.source.line(path)
            yield StepResult(path, line, self.elapsed_seconds, summary, tuple(complaints), ())

    @property
    def start_microseconds(self) -> int:
        """When it started, in the time of the world."""
        return self._start_microseconds

    @property
    def elapsed_seconds(self) -> float:
        """Virtual seconds since the start."""
        return (self._now_microseconds() - self._start_microseconds) / MICROSECONDS

    def _do_all(self, client: ScenarioClient, steps: Sequence[Step], place: _Place) -> Lane[StepResult]:
        for index, step in enumerate(steps):
            here = place.inside(index)
            if step.repeat is not None:
                for round_number in range(1, step.repeat.times + 1):
                    again = here.inside("repeat", "steps", variables={INDEX: str(round_number)})
                    yield from self._do_all(client, step.repeat.steps, again)
            elif step.parallel is not None:
                lanes = [
                    self._do_all(
                        client,
                        lane.steps,
                        here.inside("parallel", number, "steps", lane=lane.name or f"lane {number + 1}"),
                    )
                    for number, lane in enumerate(step.parallel)
                ]
                yield from side_by_side(lanes)
            else:
                yield from self._do(client, step, here)

    def _do(self, client: ScenarioClient, step: Step, place: _Place) -> Lane[StepResult]:
        arguments: Any = getattr(step, step.verb)
        summary = step.verb
        complaints: tuple[str, ...] = ()
        try:
            arguments = client.with_variables(arguments, place.variables)
            summary = intention(step.verb, arguments)
            outcome = yield from _outcome(client, step.verb, arguments, alone=place.lane is None)
            summary += f" → {outcome}" if outcome else ""
        except StepFailed as failed:
            complaints = failed.args
        summary = summary if place.lane is None else f"{place.lane}: {summary}"
        line = self.scenario.source.line(place.path)
        yield StepResult(place.path, line, self.elapsed_seconds, summary, complaints, self._events_since_last_step())

    def _events_since_last_step(self) -> tuple[Event, ...]:
        events = tuple(self.simulator.timeline[self._told_count :])
        self._told_count += len(events)
        return events

    def _now_microseconds(self) -> int:
        with self.simulator.session as world:
            return world.environment.now_microseconds


def _outcome(client: ScenarioClient, verb: str, arguments: Any, *, alone: bool) -> Outcome:
    if verb in LASTING_VERBS:
        yield from LASTING_VERBS[verb](client, arguments, alone=alone)
        return ""
    if verb in CALLS:
        return (yield from CALLS[verb](client, arguments))
    return VERBS[verb](client, arguments)
