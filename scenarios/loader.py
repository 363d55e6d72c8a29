"""From a file to a scenario that is known to make sense: its world, its names and its fields exist."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fakes import InvalidWorld, World
from fakes.suggestions import suggest
from fakes.world import Problem as WorldProblem
from scenarios.document import ScenarioDocument
from scenarios.errors import KeyPath, Problem, ScenarioError, shown
from scenarios.model import known_keys
from scenarios.references import check_references
from scenarios.yaml_source import Source, read_source


@dataclass(frozen=True)
class Scenario:
    """A scenario that was read from a file and makes sense.

    Args:
        source: The document as it stands in the file, with places.
        document: The document as a model.
        world: What there is at first.
    """

    source: Source
    document: ScenarioDocument
    world: World

    @cached_property
    def name(self) -> str:
        """The name that it gives itself, or that of its file."""
        return self.document.name or Path(self.source.file).name.removesuffix(".yaml")

    def simulator_arguments(self) -> dict[str, Any]:
        """What `simulator.Simulator` takes to start as the scenario says."""
        document = self.document
        return {
            "world": self.world,
            "seed": document.seed,
            "clock": document.clock,
            "speed": document.speed,
            "rules": [fault.to_rule() for fault in document.faults],
        }


def load_scenario(file: str | Path) -> Scenario:
    """Read a scenario.

    Raises:
        ScenarioError: the file can't be read or is wrong; all that is wrong with it, with places.
    """
    source = read_source(file)
    document = _validated(source)
    try:
        world = document.world.to_world()
    except InvalidWorld as error:
        problems = [_world_problem(source, document, found) for found in error.problems]
        raise ScenarioError(source.file, problems) from None
    problems = [source.problem(path, message) for path, message in check_references(document, world)]
    if problems:
        raise ScenarioError(source.file, problems)
    return Scenario(source, document, world)


def _validated(source: Source) -> ScenarioDocument:
    try:
        return ScenarioDocument.model_validate(source.data)
    except ValidationError as error:
        problems = [_problem(source, dict(details)) for details in error.errors(include_url=False)]
        raise ScenarioError(source.file, problems) from None


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
        return source.problem(path, "is missing")
    message = str(details["msg"])
    if details["type"] == "value_error":
        path = path[:-1] if path[-1:] == ("[key]",) else path  # so pydantic says that it is about the key itself
        return source.problem(path, message.removeprefix("Value error, "))
    expected = _EXPECTED.get(details["type"], re.sub("^(Input|String) should (be|have) ", "", message))
    return source.problem(path, f"is {shown(details['input'])}; expected {expected}")
