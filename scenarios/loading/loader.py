"""From a file to a scenario that is known to make sense: its world, its names and its fields exist."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from fakes import InvalidWorld, World
from fakes.suggestions import suggest
from fakes.world import Problem as WorldProblem
from scenarios.format.parameters import Row
from scenarios.format.scenario import ScenarioDocument
from scenarios.loading.errors import Problem, ScenarioError
from scenarios.loading.parameters import Case, WrongTable, read_cases, unused_parameters, with_values
from scenarios.loading.references import check_references
from scenarios.loading.yaml_source import Source, read_source
from simulator.documents.model import Model, description_of, known_keys
from simulator.documents.problems import WRONG_KEY, KeyPath, shown
from simulator.documents.quantities import CLOCK
from simulator.simulator import Simulator


@dataclass(frozen=True)
class Scenario:
    """A scenario that was read from a file and makes sense.

    Args:
        source: The document as it stands in the file, with places.
        document: The document as a model.
        world: What there is at first.
        case: The name of the case, if the scenario is done in several.
        unused_parameters: The parameters of the table that stand nowhere else.
    """

    source: Source
    document: ScenarioDocument
    world: World
    case: str = ""
    unused_parameters: Sequence[str] = ()

    @cached_property
    def name(self) -> str:
        """The name that it gives itself, or that of its file."""
        return self.document.name or Path(self.source.file).name.removesuffix(".yaml").removesuffix(".pds")

    @property
    def title(self) -> str:
        """Its name, with that of the case in brackets, as pytest writes it."""
        return f"{self.name}[{self.case}]" if self.case else self.name

    def idleness(self) -> Problem | None:
        """What is wrong with running a scenario that has no steps, which may be served all the same."""
        if self.document.steps:
            return None
        return replace(self.source.problem(("steps",), "has no steps; there is nothing to run", at_key=True), path="")

    def simulator_arguments(self) -> dict[str, Any]:
        """What `simulator.Simulator` takes to start as the scenario says."""
        document = self.document
        return {
            "world": self.world,
            "seed": document.seed,
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
        return Simulator(**self.simulator_arguments(), address=address, listen=listen)


class SeveralCases(ScenarioError):
    """A scenario has several cases, and one has to be named."""


def load_scenario(file: str | Path, case: str | None = None) -> Scenario:
    """Read a scenario that is to be run in one way.

    Args:
        file: The file.
        case: Which of its cases, if it has several.

    Raises:
        ScenarioError: the file can't be read or is wrong; all that is wrong with it, with places. Or there is no such
            case.
        SeveralCases: there are several, and none is named.
    """
    scenarios = load_cases(file)
    if case is None and len(scenarios) == 1:
        return scenarios[0]
    names = [scenario.case for scenario in scenarios]
    if case in names:
        return scenarios[names.index(case)]
    named = list(filter(None, names))
    found = "has several cases" if case is None else f"has no case {case!r}"
    message = f"{found}; {suggest(case or '', named)}"
    kind = SeveralCases if case is None else ScenarioError
    raise kind(file, [scenarios[0].source.problem(("parameters",), message, at_key=True)])


def load_cases(file: str | Path) -> list[Scenario]:
    """Read a scenario in all its cases: one for each row of its parameters, one in all when it has none.

    Raises:
        ScenarioError: the file can't be read or is wrong; all that is wrong with it, with places.
    """
    source = read_source(file)
    cases = _cases(source)
    scenarios: list[Scenario] = []
    found: dict[Problem, list[str]] = {}
    for case in cases:
        try:
            scenarios.append(_load_case(source, case))
        except ScenarioError as error:
            for problem in error.problems:
                found.setdefault(problem, []).append(case.name)
    if found:
        raise ScenarioError(source.file, [_of_cases(problem, names, cases) for problem, names in found.items()])
    return scenarios


def _of_cases(problem: Problem, names: Sequence[str], cases: Sequence[Case]) -> Problem:
    """Say in which cases something is wrong, unless it is in all."""
    if len(names) == len(cases):
        return problem
    return replace(problem, message=f"{problem.message} (in the case {names[0]!r})")


def _cases(source: Source) -> list[Case]:
    data = source.data
    if not isinstance(data, dict) or "parameters" not in data:
        return [Case("", 0, None, {})]  # with which whatever asks for a parameter is told that there are none
    try:
        rows = _Table.model_validate({"parameters": data["parameters"]}).parameters
        return read_cases(rows, source)
    except ValidationError as error:
        raise ScenarioError(source.file, _problems(source, error)) from None
    except WrongTable as error:
        raise ScenarioError(source.file, error.problems) from None


class _Table(Model):
    """The part of a document that has to be read before the rest."""

    parameters: Annotated[Sequence[Row], Field(min_length=1)]


def _load_case(whole: Source, case: Case) -> Scenario:
    try:
        source = with_values(whole, case)
    except WrongTable as error:
        raise ScenarioError(whole.file, error.problems) from None
    try:
        document = ScenarioDocument.model_validate(source.data, context=_context(source.data))
    except ValidationError as error:
        raise ScenarioError(source.file, _problems(source, error)) from None
    try:
        world = document.world.to_world()
    except InvalidWorld as error:
        problems = [_world_problem(source, document, found) for found in error.problems]
        raise ScenarioError(source.file, problems) from None
    problems = [source.problem(path, message) for path, message in check_references(document, world)]
    if problems:
        raise ScenarioError(source.file, problems)
    return Scenario(source, document, world, case.name, unused_parameters(whole, case))


def _problems(source: Source, error: ValidationError) -> list[Problem]:
    return [_problem(source, dict(details)) for details in error.errors(include_url=False)]


def _context(data: Any) -> dict[str, Any]:
    """What the meaning of values depends on: whether the start is known from which times are counted."""
    return {CLOCK: data.get("clock")} if isinstance(data, dict) else {}


def _world_problem(source: Source, document: ScenarioDocument, found: WorldProblem) -> Problem:
    path = ("world", found.collection, found.name)
    if found.field in ("", "name"):
        return source.problem(path, found.message, at_key=True)
    return source.problem((*path, document.world.yaml_key(found.collection, found.field)), found.message)


_EXPECTED: Mapping[str, str] = {
    "model_type": "a mapping",
    "dict_type": "a mapping",
    "is_instance_of": "a list",
    "sequence_str": "a list",
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "too_short": "a list that is not empty",
    "tuple_type": "a list of two",
    "too_long": "fewer of them",
}
"""What pydantic expects, in the words of YAML, by its type of error."""


def _problem(source: Source, details: dict[str, Any]) -> Problem:
    path: KeyPath = details["loc"]
    if details["type"] == "extra_forbidden":
        return source.problem(
            path, f"is no key here; {suggest(str(path[-1]), known_keys(ScenarioDocument, path[:-1]))}", at_key=True
        )
    if details["type"] == "missing":
        what = description_of(ScenarioDocument, path)
        return source.problem(path, f"is missing{f'; expected {_in_a_sentence(what)}' if what else ''}")
    message = str(details["msg"])
    if details["type"] == WRONG_KEY:
        return source.problem(path + details["ctx"]["path"], message)
    if details["type"] == "value_error":
        is_key = path[-1:] == ("[key]",)  # so pydantic says that it is about the key itself
        return source.problem(path[:-1] if is_key else path, message.removeprefix("Value error, "), at_key=is_key)
    if details["type"] == "too_short" and details["ctx"]["min_length"] > 1:
        return source.problem(
            path, f"has {details['ctx']['actual_length']}; expected at least {details['ctx']['min_length']}"
        )
    expected = _EXPECTED.get(details["type"], re.sub("^(Input|String) should (be|have) ", "", message))
    found = shown(details["input"])
    if details["type"] == "string_type" and isinstance(details["input"], bool | int | float):
        expected += f'; in quotes, it is one: "{found}"'
    return source.problem(path, f"is {found}; expected {expected}")


def _in_a_sentence(description: str) -> str:
    """The beginning of what describes a key, as what is expected there."""
    what = re.split("; |[.]$", description)[0]
    article = "" if what.startswith(("What", "How", "The", "Its")) else "the "
    return f"{article}{what[0].lower()}{what[1:]}"
