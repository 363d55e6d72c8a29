"""Outcomes of scenarios, as plain values for reports that can be sent to another process."""

from __future__ import annotations

import re
import shlex
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from fakes.environment import MICROSECONDS
from fakes.history.description import describe
from fakes.history.events import RecordedEvent, RemoteCall, to_json_lines
from fakes.printable import printable
from scenarios.charts.calls import ShownCalls, shown_calls
from scenarios.format.steps import count_steps
from scenarios.loading.loader import Scenario
from scenarios.loading.source_excerpts import SourceLine, excerpt
from scenarios.running.runner import ScenarioRun, StepResult


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """The outcome of a step.

    Args:
        line: Its line in the file.
        at_seconds: When it was done, in virtual seconds from the start.
        summary: What was done, and the result.
        complaints: What was not as expected; empty when the step passed.
        event_count: How many of the scenario's events happened meanwhile, after those of the steps before.
        subjects: Uids of the resources that its calls concerned.
        source: The step as it stands in the file; empty when it passed.
    """

    line: int
    at_seconds: float
    summary: str
    complaints: tuple[str, ...]
    event_count: int
    subjects: tuple[str, ...]
    source: tuple[SourceLine, ...]

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not self.complaints


@dataclass(frozen=True, slots=True)
class ScenarioOutcome:
    """The outcome of a scenario, or of one case of it.

    Args:
        file: Where it stands.
        name: Its name.
        case: Name of the case; empty in a scenario without parameters.
        description: What it shows; may be empty.
        seed: The seed of random choices.
        steps: The outcomes of the steps that were done, in their order.
        step_count: How many steps it has.
        start_microseconds: When it started, in the time of the world, in microseconds since 1970.
        virtual_seconds: How long it took in the time of the world.
        wall_seconds: How long it took.
        events: What happened.
        calls: What a page shows of the calls.
        error: The traceback of an error that is not the scenario's and ended the run; may be empty.
        keeps_seed: Whether its snapshot has the seed, so that no option changes it.
    """

    file: str
    name: str
    case: str
    description: str
    seed: int
    steps: tuple[StepOutcome, ...]
    step_count: int
    start_microseconds: int
    virtual_seconds: float
    wall_seconds: float
    events: tuple[RecordedEvent, ...]
    calls: ShownCalls
    error: str
    keeps_seed: bool

    @property
    def title(self) -> str:
        """Its name and, in brackets, that of its case, as pytest writes parametrised tests."""
        return f"{self.name}[{self.case}]" if self.case else self.name

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not self.error and all(step.passed for step in self.steps)

    @property
    def timeline(self) -> str:
        """What happened, as JSON lines."""
        return to_json_lines(self.events)

    def event_line(self, event: RecordedEvent, names: Mapping[str, str], *, mark: str = "") -> str:
        """Say when and what happened, with *names* in place of uids, and *mark* before what happened."""
        at_seconds = (event.at_microseconds - self.start_microseconds) / MICROSECONDS
        return f"{at_seconds:>10.3f} s  {mark}{describe(event, names)}"

    @property
    def passed_count(self) -> int:
        """How many steps passed."""
        return sum(step.passed for step in self.steps)

    @property
    def replay(self) -> str:
        """The command that does the same again, for a shell."""
        selection = ["-k", _exactly(self.case)] if self.case else []
        seed = [] if self.keeps_seed else ["--seed", str(self.seed)]
        return shlex.join(["pds-sim", "run", *seed, self.file, *selection])

    def to_plain(self) -> dict[str, Any]:
        """As JSON knows it; `from_plain` makes an outcome of it again."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> ScenarioOutcome:
        """Make an outcome from what `to_plain` returned, also after a trip through JSON."""
        steps = tuple(
            StepOutcome(
                **step
                | {
                    "complaints": tuple(step["complaints"]),
                    "subjects": tuple(step["subjects"]),
                    "source": tuple(SourceLine(**line) for line in step["source"]),
                }
            )
            for step in plain["steps"]
        )
        events = tuple(RecordedEvent(**event) for event in plain["events"])
        return cls(**{**plain, "steps": steps, "events": events})


def _exactly(case: str) -> str:
    """An expression that selects the case of exactly that name."""
    quote = "" if re.fullmatch(r"[\w.-]+", case) else "'" if '"' in case else '"'
    return f"{quote}[{case}]{quote}"


def run_scenario(scenario: Scenario, *, seed: int | None = None) -> ScenarioOutcome:
    """Run a scenario, with *seed* instead of its own where that is given.

    An exception other than a step that fails is a fault of the simulator, also where it was answered to a call with
    INTERNAL; it is part of the outcome.
    """
    started_seconds = time.perf_counter()
    outcome = failed_to_run(scenario, seed=seed, error="")
    steps: list[StepOutcome] = []
    error = ""
    try:
        with ScenarioRun(scenario, seed=seed) as run:
            try:
                steps.extend(_step(run, result) for result in run.steps())
                error = "\n".join("".join(traceback.format_exception(error)) for error in run.simulator.errors)
            finally:
                outcome = replace(
                    outcome,
                    start_microseconds=run.start_microseconds,
                    virtual_seconds=run.elapsed_seconds,
                    events=tuple(run.simulator.timeline.recorded()),
                    calls=shown_calls(run.simulator.calls),
                )
    except Exception:  # noqa: BLE001  # whatever it is, the other scenarios go on
        error = traceback.format_exc()
    return replace(outcome, steps=tuple(steps), wall_seconds=time.perf_counter() - started_seconds, error=error)


def failed_to_run(scenario: Scenario, *, seed: int | None, error: str) -> ScenarioOutcome:
    """The outcome of a scenario that *error* kept from running."""
    return ScenarioOutcome(
        file=scenario.source.file,
        name=scenario.name,
        case=scenario.case,
        description=scenario.document.description,
        seed=scenario.seed_of_run(seed),
        steps=(),
        step_count=count_steps(scenario.document.steps),
        start_microseconds=0,
        virtual_seconds=0.0,
        wall_seconds=0.0,
        events=(),
        calls={},
        error=error,
        keeps_seed=scenario.snapshot is not None,
    )


def _step(run: ScenarioRun, result: StepResult) -> StepOutcome:
    calls = [event for event in result.events if isinstance(event, RemoteCall)]
    return StepOutcome(
        line=result.line,
        at_seconds=result.at_seconds,
        summary=printable(result.summary),
        complaints=result.complaints,
        event_count=len(result.events),
        subjects=tuple(dict.fromkeys(call.subject for call in calls if call.subject)),
        source=() if result.passed else excerpt(run.scenario.source.file, result.line),
    )
