"""What a test says about its simulator, in markers or parameters, and the simulator that is made by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fakes.faults.rule import Rule
from fakes.suggestions import suggest
from pds_simulator_pytest import MARKER
from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import Scenario, load_scenario
from scenarios.loading.shipped import shipped_files
from simulator.faults import rule
from simulator.simulator import Simulator

if TYPE_CHECKING:
    from simulator.remote import RemoteSimulator

MarkerOptions = Mapping[str, Any]


KNOWN = ("scenario", "case", "world", "seed", "clock", "speed", "faults", "strict", "allow_held")
"""What can be said; the rest of it is for `simulator.Simulator` to judge."""


def marker_options_of(item: pytest.Item, parameters: Any = None) -> MarkerOptions:
    """Gather what is said about the simulator of a test; the marker that is nearest to the test wins, key by key.

    A marker that makes no sense fails the test, with what would have been right.

    Args:
        item: The test.
        parameters: With what the fixture is parametrized, which wins over markers.
    """
    options: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers(MARKER))):
        if marker.args:
            raise refusal(item, f"takes keywords only; found {', '.join(map(repr, marker.args))}")
        options |= marker.kwargs
    if not isinstance(parameters or {}, Mapping):
        raise refusal(item, f"is parametrized with {parameters!r}; expected a dictionary such as {{'seed': 7}}")
    options |= parameters or {}
    unknown = [f"{key!r} is nothing that it takes; {suggest(str(key), KNOWN)}" for key in options if key not in KNOWN]
    if unknown:
        raise refusal(item, "; ".join(unknown))
    return options


def refusal(item: pytest.Item, message: str) -> BaseException:
    """What fails a test because of what it says about its simulator."""
    file, line, _ = item.location
    place = file if line is None else f"{file}:{line + 1}"
    return pytest.fail.Exception(f"{place}: {MARKER}: {message}", pytrace=False)


Start = Callable[[pytest.Config, Mapping[str, Any]], "Simulator | RemoteSimulator"]
"""Starts a simulator with arguments, here or on a server."""


def start_here(_: pytest.Config, arguments: Mapping[str, Any]) -> Simulator:
    """Start a simulator in this process."""
    return Simulator(**arguments).start()


def make_simulator(item: pytest.Item, options: MarkerOptions, start: Start) -> Simulator | RemoteSimulator:
    """Start the simulator that a test asks for, here or on the server of ``--pds-server``; it fails where it can't."""
    try:
        arguments = _simulator_arguments(item, options)
        return start(item.config, arguments)
    except ScenarioError as error:
        raise refusal(item, "\n".join(("the scenario is wrong", *error.lines()))) from None
    except (TypeError, ValueError) as error:
        raise refusal(item, str(error)) from None


def _simulator_arguments(item: pytest.Item, options: MarkerOptions) -> dict[str, Any]:
    scenario = _scenario(item, options)
    arguments: dict[str, Any] = scenario.simulator_arguments() if scenario is not None else {"rules": []}
    arguments |= {key: options[key] for key in ("world", "clock", "speed", "allow_held") if key in options}
    arguments["rules"] = [*arguments["rules"], *_rules(options.get("faults", ()))]
    arguments["seed"] = seed_for(item.config, scenario, asked=options.get("seed"))
    arguments["strict"] = options.get("strict", is_strict(item.config, scenario))
    return arguments


def _rules(faults: object) -> list[Rule]:
    if not isinstance(faults, Sequence):
        raise TypeError(f"faults is {faults!r}; expected a list of effects and rules")
    return [fault if isinstance(fault, Rule) else rule(fault) for fault in faults]


def seed_for(config: pytest.Config, scenario: Scenario | None, *, asked: int | None = None) -> int:
    """Decide on a seed: that of the command line, of the test, of the scenario, or of the configuration."""
    on_command_line: int | None = config.getoption("pds_seed")
    if on_command_line is not None:
        return on_command_line
    if asked is not None:
        return asked
    if scenario is not None and "seed" in scenario.document.model_fields_set:
        return scenario.document.seed
    return int(config.getini("pds_seed"))


def is_strict(config: pytest.Config, scenario: Scenario | None) -> bool:
    """Whether rules that never take effect let a test fail, which a scenario may say, and else the configuration."""
    if scenario is not None and "strict" in scenario.document.model_fields_set:
        return scenario.document.strict
    return bool(config.getini("pds_strict"))


def _scenario(item: pytest.Item, options: MarkerOptions) -> Scenario | None:
    if "scenario" in options:
        return load_scenario(_scenario_file(item, options["scenario"]), options.get("case"))
    if "case" in options:
        raise ValueError(f"case is {options['case']!r}, but there is no 'scenario' that it could be one of")
    return None


def _scenario_file(item: pytest.Item, name: object) -> Path:
    """Find a scenario beside the test, in the root folder, or in the library, there without its folder and ending."""
    if not isinstance(name, str | Path):
        raise TypeError(f"scenario is {name!r}; expected the path of a file, or a name from the library")
    candidates: Sequence[Path] = (item.path.parent / name, item.config.rootpath / name)
    for file in candidates:
        if file.is_file():
            return file
    try:
        shipped = shipped_files(str(name))
    except LookupError as error:
        close = f"; {error}" if str(error) else ""
        looked = " nor ".join(map(str, dict.fromkeys(candidates)))
        raise ValueError(
            f"scenario is {str(name)!r}, but there is neither {looked}, nor is it in the library{close}"
        ) from None
    if len(shipped) > 1:
        raise ValueError(f"scenario is {str(name)!r}, which is a folder of the library; expected one of its scenarios")
    return shipped[0]
