"""Runs a scenario: a real client makes its calls to a real server, and time passes as its steps say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from fakes.environment import MICROSECONDS
from fakes.timeline import Event
from scenarios.conversation import Conversation, StepFailed
from scenarios.errors import KeyPath
from scenarios.loader import Scenario
from scenarios.references import INDEX
from scenarios.step_documents import Step
from scenarios.verbs import VERBS, intention
from simulator.simulator import Simulator


@dataclass(frozen=True)
class StepResult:
    """What came of a step.

    Args:
        line: Where it stands in the file.
        at_seconds: When it was done, in virtual seconds from the start.
        summary: What was done and what came of it.
        complaints: What was not as expected; empty when the step passed.
        events: What happened meanwhile.
    """

    line: int
    at_seconds: float
    summary: str
    complaints: tuple[str, ...]
    events: tuple[Event, ...]

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not self.complaints


class ScenarioRun:
    """One run of a scenario, in a ``with`` statement.

    Args:
        scenario: What to run.
        seed: In place of the scenario's own.
        lenient: Whether to go on when something is not as expected.
    """

    def __init__(self, scenario: Scenario, *, seed: int | None = None, lenient: bool = False) -> None:
        self.scenario = scenario
        arguments = scenario.simulator_arguments()
        self.simulator = Simulator(**arguments if seed is None else arguments | {"seed": seed}, strict=False)
        self._lenient = lenient
        self._start_microseconds = 0

    def __enter__(self) -> Self:
        self.simulator.start()
        self._start_microseconds = self._now_microseconds()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.simulator.close()

    def steps(self) -> Iterator[StepResult]:
        """Do the steps one after the other, and tell what came of each; the first that fails is the last."""
        conversation = Conversation(self.scenario, self.simulator, start_microseconds=self._start_microseconds)
        for result in self._do_all(conversation, self.scenario.document.steps, ("steps",)):
            yield result
            if not result.passed and not self._lenient:
                return
        if self.scenario.document.strict and (complaints := self.simulator.rule_complaints()):
            line = self.scenario.source.line(("faults",))
            yield StepResult(line, self.elapsed_seconds, "rules", tuple(complaints), ())

    def offset_seconds(self, event: Event) -> float:
        """When *event* happened, in virtual seconds from the start."""
        return (event.at_microseconds - self._start_microseconds) / MICROSECONDS

    @property
    def start_microseconds(self) -> int:
        """When it started, in the time of the world."""
        return self._start_microseconds

    @property
    def elapsed_seconds(self) -> float:
        """Virtual seconds since the start."""
        return (self._now_microseconds() - self._start_microseconds) / MICROSECONDS

    def _do_all(self, conversation: Conversation, steps: Sequence[Step], path: KeyPath) -> Iterator[StepResult]:
        for index, step in enumerate(steps):
            if step.repeat is None:
                yield self._do(conversation, step, self.scenario.source.line((*path, index)))
                continue
            for round_number in range(1, step.repeat.times + 1):
                conversation.variables[INDEX] = str(round_number)
                yield from self._do_all(conversation, step.repeat.steps, (*path, index, "repeat", "steps"))

    def _do(self, conversation: Conversation, step: Step, line: int) -> StepResult:
        events_before = len(self.simulator.timeline)
        arguments: Any = getattr(step, step.verb)
        summary = step.verb
        complaints: tuple[str, ...] = ()
        try:
            arguments = conversation.with_variables(arguments)
            summary = intention(step.verb, arguments)
            outcome = VERBS[step.verb](conversation, arguments)
            summary += f" → {outcome}" if outcome else ""
        except StepFailed as failed:
            complaints = failed.args
        events = tuple(self.simulator.timeline[events_before:])
        return StepResult(line, self.elapsed_seconds, summary, complaints, events)

    def _now_microseconds(self) -> int:
        with self.simulator.session as world:
            return world.environment.now_microseconds
