"""How a session of a server starts: as a scenario that ships, or one that comes as plain data, says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import Scenario, cases_of, load_scenario, only_case
from scenarios.loading.shipped import shipped_files
from scenarios.loading.yaml_source import Source
from simulator.services.control.host import SessionSetup


def read_setup(scenario: str | Mapping[str, Any]) -> SessionSetup:
    """Read how a session starts; steps are not run.

    Args:
        scenario: The name of a scenario that ships, or a scenario as plain data.

    Raises:
        ValueError: there is no such scenario, or it is wrong; the message says all that is.
    """
    try:
        return setup_of(_load(scenario))
    except ScenarioError as error:
        told = [": ".join(filter(None, (problem.path, problem.message))) for problem in error.problems]
        raise ValueError("; ".join(told)) from None


def setup_of(scenario: Scenario) -> SessionSetup:
    """Give how a session starts as a scenario says."""
    arguments = scenario.simulator_arguments()
    return SessionSetup(**arguments | {"rules": tuple(arguments["rules"])})


def _load(scenario: str | Mapping[str, Any]) -> Scenario:
    if not isinstance(scenario, str):
        return only_case(cases_of(Source("", {"version": 1, **scenario})), None)
    try:
        files = shipped_files(scenario)
    except LookupError as error:
        raise ValueError(f"no scenario that ships is called {scenario[:100]!r}; {error}".rstrip("; ")) from None
    if len(files) > 1:
        raise ValueError(f"{scenario!r} stands for {len(files)} scenarios; expected one")
    return load_scenario(files[0])
