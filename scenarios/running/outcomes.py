"""What came of a scenario, as plain values that reports are made of and that can be sent to another process."""

from __future__ import annotations

import re
import shlex
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fakes.history.description import describe
from fakes.history.events import RecordedEvent, RemoteCall, to_json_lines
from fakes.printable import printable
from scenarios.format.steps import count_steps
from scenarios.loading.loader import Scenario
from scenarios.loading.source_excerpts import SourceLine, excerpt
from scenarios.running.runner import ScenarioRun, StepResult


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """Something that happened during a step.

    Args:
        at_seconds: When, in virtual seconds from the start.
        text: What, for people.
        is_call: Whether it is a call, of which the step tells too.
    """

    at_seconds: float
    text: str
    is_call: bool


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What came of a step.

    Args:
        line: Where it stands in the file.
        at_seconds: When it was done, in virtual seconds from the start.
        summary: What was done and what came of it.
        complaints: What was not as expected; empty when the step passed.
        events: What happened meanwhile.
        subjects: Uids of what its calls were about.
        source: The step as it stands in the file; empty when it passed.
    """

    line: int
    at_seconds: float
    summary: str
    complaints: tuple[str, ...]
    events: tuple[EventOutcome, ...]
    subjects: tuple[str, ...]
    source: tuple[SourceLine, ...]

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not self.complaints


@dataclass(frozen=True, slots=True)
class ScenarioOutcome:
    """What came of a scenario, or of one case of it.

    Args:
        file: Where it stands.
        name: Its name.
        case: Name of the case; empty in a scenario without parameters.
        description: What it shows; may be empty.
        seed: What was drawn was drawn by this.
        steps: What came of the steps that were done, in their order.
        step_count: How many there are to do.
        start_microseconds: When it started, in the time of the world, in microseconds since 1970.
        virtual_seconds: How long it took in the time of the world.
        wall_seconds: How long it took.
        events: What happened.
        error: The traceback of what kept it from being run to its end, which is no fault of the scenario; or empty.
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
    error: str

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

    @property
    def passed_count(self) -> int:
        """How many steps passed."""
        return sum(step.passed for step in self.steps)

    @property
    def replay(self) -> str:
        """The command that does the same again, for a shell."""
        selection = ["-k", _exactly(self.case)] if self.case else []
        return shlex.join(["pds-sim", "run", "--seed", str(self.seed), self.file, *selection])

    def to_plain(self) -> dict[str, Any]:
        """As JSON knows it; `from_plain` makes an outcome of it again."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> ScenarioOutcome:
        """Make an outcome of what `to_plain` has told, also after that was JSON in between."""
        steps = tuple(
            StepOutcome(
                **step
                | {
                    "complaints": tuple(step["complaints"]),
                    "events": tuple(EventOutcome(**event) for event in step["events"]),
                    "subjects": tuple(step["subjects"]),
                    "source": tuple(SourceLine(**line) for line in step["source"]),
                }
            )
            for step in plain["steps"]
        )
        events = tuple(RecordedEvent(**event) for event in plain["events"])
        return cls(**{**plain, "steps": steps, "events": events})


def _exactly(case: str) -> str:
    """An expression that selects a case of that name and no other of which the name is a part."""
    quote = "" if re.fullmatch(r"[\w.-]+", case) else "'" if '"' in case else '"'
    return f"{quote}[{case}]{quote}"


@dataclass(frozen=True, slots=True)
class _Ending:
    """How things stand when a run is over."""

    seed: int
    start_microseconds: int = 0
    virtual_seconds: float = 0.0
    events: tuple[RecordedEvent, ...] = ()


def run_scenario(scenario: Scenario, *, seed: int | None = None) -> ScenarioOutcome:
    """Run a scenario, with *seed* instead of its own where that is given.

    An exception other than a step that fails is a fault of the simulator, also where it was answered to a call with
    INTERNAL; it is part of the outcome.
    """
    started_seconds = time.perf_counter()
    ending = _Ending(scenario.document.seed if seed is None else seed)
    steps: list[StepOutcome] = []
    error = ""
    try:
        with ScenarioRun(scenario, seed=seed) as run:
            try:
                steps.extend(_step(run, result) for result in run.steps())
                error = "\n".join("".join(traceback.format_exception(error)) for error in run.simulator.errors)
            finally:
                ending = _ending(run)
    except Exception:  # noqa: BLE001  # whatever it is, the other scenarios go on
        error = traceback.format_exc()
    return _outcome(scenario, ending, steps, wall_seconds=time.perf_counter() - started_seconds, error=error)


def failed_to_run(scenario: Scenario, *, seed: int | None, error: str) -> ScenarioOutcome:
    """The outcome of a scenario of which nothing is known but that *error* kept it from being run."""
    ending = _Ending(scenario.document.seed if seed is None else seed)
    return _outcome(scenario, ending, [], wall_seconds=0.0, error=error)


def _outcome(
    scenario: Scenario, ending: _Ending, steps: list[StepOutcome], *, wall_seconds: float, error: str
) -> ScenarioOutcome:
    return ScenarioOutcome(
        file=scenario.source.file,
        name=scenario.name,
        case=scenario.case,
        description=scenario.document.description,
        seed=ending.seed,
        steps=tuple(steps),
        step_count=count_steps(scenario.document.steps),
        start_microseconds=ending.start_microseconds,
        virtual_seconds=ending.virtual_seconds,
        wall_seconds=wall_seconds,
        events=ending.events,
        error=error,
    )


def _ending(run: ScenarioRun) -> _Ending:
    simulator = run.simulator
    events = tuple(simulator.timeline.recorded())
    return _Ending(simulator.seed, run.start_microseconds, run.elapsed_seconds, events)


def _step(run: ScenarioRun, result: StepResult) -> StepOutcome:
    calls = [event for event in result.events if isinstance(event, RemoteCall)]
    return StepOutcome(
        line=result.line,
        at_seconds=result.at_seconds,
        summary=printable(result.summary),
        complaints=result.complaints,
        events=tuple(
            EventOutcome(run.offset_seconds(event), describe(event), isinstance(event, RemoteCall))
            for event in result.events
        ),
        subjects=tuple(dict.fromkeys(call.subject for call in calls if call.subject)),
        source=() if result.passed else excerpt(run.scenario.source.file, result.line),
    )
