"""Loads a scenario from a file, and checks that its world, its names and its fields exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from fakes import InvalidWorld, Restore, World
from fakes.suggestions import suggest
from fakes.world.declaration import Problem as WorldProblem
from scenarios.format.parameters import Row
from scenarios.format.scenario import ScenarioDocument
from scenarios.loading.errors import Problem, ScenarioError
from scenarios.loading.parameters import Case, read_cases, unused_parameters, with_values
from scenarios.loading.references import check_references
from scenarios.loading.snapshots import named_restores, read_start
from scenarios.loading.yaml_source import Source, read_source
from simulator.documents.entities import key_of
from simulator.documents.model import Model
from simulator.documents.problems import PROBLEMS_MAX
from simulator.documents.quantities import CLOCK
from simulator.documents.reading import InvalidDocument, read_document
from simulator.simulator import Simulator


@dataclass(frozen=True)
class Scenario:
    """A valid scenario that was read from a file.

    Args:
        source: The document as it stands in the file, with places.
        document: The document as a model.
        world: The world at the start.
        case: The name of the case, if the scenario has several.
        unused_parameters: The parameters of the table that are used nowhere.
        snapshot: The snapshot that it continues from, if any.
        restores: The restores at the start, by name if only one has it, else by uid.
        seed: The seed of random choices: its own, or that of the snapshot.
    """

    source: Source
    document: ScenarioDocument
    world: World
    case: str = ""
    unused_parameters: Sequence[str] = ()
    snapshot: object = None
    restores: Mapping[str, Restore] = field(default_factory=dict)
    seed: int = 0

    @cached_property
    def name(self) -> str:
        """The name that it gives itself, or that of its file."""
        return self.document.name or Path(self.source.file).name.removesuffix(".yaml").removesuffix(".pds")

    @property
    def title(self) -> str:
        """Its name, with that of the case in brackets, as pytest writes it."""
        return f"{self.name}[{self.case}]" if self.case else self.name

    def idleness(self) -> Problem | None:
        """The problem of running a scenario without steps; it may still be served."""
        if self.document.steps:
            return None
        return replace(self.source.problem(("steps",), "has no steps; there is nothing to run", at_key=True), path="")

    def seed_of_run(self, asked: int | None) -> int:
        """The seed of a run, where another may have been asked for; a snapshot keeps its own."""
        return self.seed if asked is None or self.snapshot is not None else asked

    def unheeded_seed(self, option: str, asked: int | None) -> str:
        """Why the seed of an option has no effect; empty if it has one."""
        kept = self.seed_of_run(asked)
        if asked is None or kept == asked:
            return ""
        return f"{self.source.file}: {option} {asked} has no effect: the snapshot has its own seed, {kept}"

    def simulator_arguments(self) -> dict[str, Any]:
        """The arguments of `simulator_of` that start the scenario."""
        document = self.document
        if self.snapshot is not None:
            return {
                "snapshot": self.snapshot,
                "rules": [fault.to_rule() for fault in document.faults],
                "strict": document.strict,
                "allow_held": document.allow_held,
            }
        return {
            "world": self.world,
            "seed": self.seed,
            "clock": document.clock,
            "speed": document.speed,
            "rules": [fault.to_rule() for fault in document.faults],
            "strict": document.strict,
            "allow_held": document.allow_held,
        }

    def simulator(self, *, address: str = "127.0.0.1:0", listen: bool = True) -> Simulator:
        """Make a simulator with the world, the seed, the clock and the rules of the scenario. No step is run.

        Args:
            address: Where to listen, ``host:port``; port 0 takes a free one.
            listen: Whether to listen at all.
        """
        return simulator_of(self.simulator_arguments(), address=address, listen=listen)


def simulator_of(arguments: Mapping[str, Any], **options: Any) -> Simulator:
    """Make a simulator, possibly from a snapshot.

    Args:
        arguments: The arguments of `simulator.Simulator`, or of its ``from_snapshot``.
        options: Further arguments.
    """
    make = Simulator.from_snapshot if "snapshot" in arguments else Simulator
    return make(**arguments, **options)


class SeveralCases(ScenarioError):
    """A scenario has several cases, and one has to be named."""


def load_scenario(file: str | Path, case: str | None = None) -> Scenario:
    """Read one case of a scenario.

    Args:
        file: The file.
        case: Which of its cases, if it has several.

    Raises:
        ScenarioError: the file can't be read or is wrong; all that is wrong with it, with places. Or there is no such
            case.
        SeveralCases: there are several, and none is named.
    """
    return only_case(load_cases(file), case)


def only_case(scenarios: Sequence[Scenario], case: str | None) -> Scenario:
    """Return the case of that name; without a name, the only one.

    Raises:
        ScenarioError: there is no such case.
        SeveralCases: there are several, and none is named.
    """
    if case is None and len(scenarios) == 1:
        return scenarios[0]
    names = [scenario.case for scenario in scenarios]
    if case in names:
        return scenarios[names.index(case)]
    named = list(filter(None, names))
    found = "has several cases" if case is None else f"has no case {case!r}"
    message = f"{found}; {suggest(case or '', named)}"
    kind = SeveralCases if case is None else ScenarioError
    source = scenarios[0].source
    raise kind(source.file, [source.problem(("parameters",), message, at_key=True)])


def load_cases(file: str | Path) -> list[Scenario]:
    """Read a scenario in all its cases: one for each row of its parameters, one in all when it has none.

    Raises:
        ScenarioError: the file can't be read or is wrong; all that is wrong with it, with places.
    """
    return cases_of(read_source(file))


def cases_of(source: Source) -> list[Scenario]:
    """Make a scenario of a document, in all its cases.

    Raises:
        ScenarioError: the document is wrong; all that is wrong with it.
    """
    cases = _cases(source)
    scenarios: list[Scenario] = []
    tried: list[Case] = []
    found: dict[Problem, list[Case]] = {}
    for case in cases:
        tried.append(case)
        try:
            scenarios.append(_load_case(source, case))
        except ScenarioError as error:
            for problem in error.problems:
                found.setdefault(problem, []).append(case)
        if sum(map(len, found.values())) > PROBLEMS_MAX:
            break  # problems of further cases would hardly be shown
    if found:
        raise ScenarioError(source.file, [_of_cases(problem, wrong, tried) for problem, wrong in found.items()])
    return scenarios


def _of_cases(problem: Problem, wrong: Sequence[Case], tried: Sequence[Case]) -> Problem:
    """Say which case has a problem, unless all that were tried have it."""
    if len(wrong) == len(tried):
        return problem
    return replace(problem, message=f"{problem.message} (in the case {wrong[0].name!r})")


def _cases(source: Source) -> list[Case]:
    data = source.data
    if not isinstance(data, dict) or "parameters" not in data:
        return [Case("", 0, None, {}, {})]  # with which whatever asks for a parameter is told that there are none
    try:
        read_document(_Table, {"parameters": data["parameters"]})
    except InvalidDocument as error:
        raise ScenarioError(source.file, _problems(source, error)) from None
    return read_cases(data["parameters"], source)


class _Table(Model):
    """The part of a document that has to be read before the rest."""

    parameters: Annotated[Sequence[Row], Field(min_length=1)]


def _load_case(whole: Source, case: Case) -> Scenario:
    source = with_values(whole, case)
    try:
        document = read_document(ScenarioDocument, source.data, context=_context(source.data))
    except InvalidDocument as error:
        raise ScenarioError(source.file, _problems(source, error)) from None
    snapshot, session = read_start(source, document.snapshot)
    try:
        world = document.world.to_world() if session is None else session.declared
    except InvalidWorld as error:
        problems = [_world_problem(source, found) for found in error.problems]
        raise ScenarioError(source.file, problems) from None
    problems = [source.problem(path, message) for path, message in check_references(document, world, session)]
    if problems:
        raise ScenarioError(source.file, problems)
    unused = unused_parameters(whole, case)
    if session is None:
        return Scenario(source, document, world, case.name, unused, seed=document.seed)
    restores = named_restores(session)
    return Scenario(source, document, world, case.name, unused, snapshot, restores, session.seed)


def _problems(source: Source, error: InvalidDocument) -> list[Problem]:
    return [source.problem(found.path, found.message, at_key=found.at_key) for found in error.problems]


def _context(data: Any) -> dict[str, Any]:
    """The context for the meaning of values: whether the start that times are counted from is known."""
    return {CLOCK: data.get("clock")} if isinstance(data, dict) else {}


def _world_problem(source: Source, found: WorldProblem) -> Problem:
    path = ("world", found.collection, found.name)
    if found.field in ("", "name"):
        return source.problem(path, found.message, at_key=True)
    return source.problem((*path, key_of(found.field)), found.message)
