"""Setups of sessions of a server, from scenarios that ship or that come as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import Scenario, cases_of, load_scenario, only_case
from scenarios.loading.shipped import shipped_files
from scenarios.loading.yaml_source import Source
from simulator.documents.reading import DocumentProblem, InvalidDocument
from simulator.services.control.host import SessionSetup


def read_setup(scenario: str | Mapping[str, Any]) -> SessionSetup:
    """Read how a session starts; steps are not run.

    Args:
        scenario: The name of a scenario that ships, or a scenario as plain data.

    Raises:
        InvalidDocument: it is wrong; lists all problems, with paths.
        ValueError: there is no such scenario.
    """
    try:
        return setup_of(_load(scenario))
    except ScenarioError as error:
        raise InvalidDocument([DocumentProblem((one.path,), one.message) for one in error.problems]) from None


def setup_of(scenario: Scenario) -> SessionSetup:
    """Return the setup of a scenario."""
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
