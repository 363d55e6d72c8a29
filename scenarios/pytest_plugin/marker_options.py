"""The options of a test for its simulator, in markers or parameters, and the simulator made from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fakes.suggestions import suggest
from pds_simulator_pytest import MARKER
from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import Scenario, load_scenario, simulator_of
from scenarios.loading.shipped import shipped_files
from simulator.documents.given_rules import to_rules
from simulator.sessions.clock import ClockMode
from simulator.simulator import Simulator
from simulator.virtual_time.report import Limit

if TYPE_CHECKING:
    from simulator.remote import RemoteSimulator

MarkerOptions = Mapping[str, Any]
Node = pytest.Item | pytest.Collector
"""A test, or the module or session whose tests share a simulator."""


KNOWN = (
    "scenario",
    "case",
    "world",
    "seed",
    "clock",
    "speed",
    "faults",
    "strict",
    "allow_held",
    "virtual_time",
    "limit",
)
"""The options; their values are checked by `simulator.Simulator`."""


def marker_options_of(item: Node, parameters: Any = None) -> MarkerOptions:
    """Collect the options for the simulator of a test; for each key, the marker nearest to the test wins.

    An invalid marker fails the test, with what would have been right.

    Args:
        item: The test.
        parameters: The parameters of the fixture, which win over markers.
    """
    options: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers(MARKER))):
        if marker.args:
            raise refusal(item, f"takes keywords only; found {', '.join(map(repr, marker.args))}")
        options |= marker.kwargs
    if not isinstance(parameters or {}, Mapping):
        raise refusal(item, f"is parametrized with {parameters!r}; expected a dictionary such as {{'seed': 7}}")
    options |= parameters or {}
    _require_sensible_virtual_time(item, options, parameters or {})
    unknown = [f"{key!r} is nothing that it takes; {suggest(str(key), KNOWN)}" for key in options if key not in KNOWN]
    if unknown:
        raise refusal(item, "; ".join(unknown))
    return options


def _require_sensible_virtual_time(item: Node, options: MarkerOptions, parameters: MarkerOptions) -> None:
    if "virtual_time" in parameters:
        raise refusal(item, "virtual_time is for markers: the event loop is chosen before the simulator is there")
    if not isinstance(options.get("virtual_time", False), bool):
        raise refusal(item, f"virtual_time is {options['virtual_time']!r}; expected True or False")
    if "limit" in options:
        if not options.get("virtual_time"):
            raise refusal(item, "limit is for tests that wait in virtual time; add virtual_time=True")
        try:
            Limit(options["limit"], now_microseconds=0)
        except (TypeError, ValueError) as error:
            raise refusal(item, str(error)) from None


def refusal(item: Node, message: str) -> BaseException:
    """The failure of a test with invalid options for its simulator."""
    file, line, _ = getattr(item, "location", (item.nodeid, None, ""))  # a module has none
    place = file if line is None else f"{file}:{line + 1}"
    return pytest.fail.Exception(f"{place}: {MARKER}: {message}", pytrace=False)


Start = Callable[[pytest.Config, Mapping[str, Any]], "Simulator | RemoteSimulator"]
"""Starts a simulator with arguments, here or on a server."""


def start_here(_: pytest.Config, arguments: Mapping[str, Any]) -> Simulator:
    """Start a simulator in this process."""
    return simulator_of(arguments).start()


def make_simulator(item: Node, options: MarkerOptions, start: Start) -> Simulator | RemoteSimulator:
    """Start the simulator of a test, here or on the server of ``--pds-server``; fail the test if that is impossible."""
    try:
        arguments = _simulator_arguments(item, options)
        if options.get("virtual_time"):
            _require_virtual_clock(item.config, arguments)
        return start(item.config, arguments)
    except ScenarioError as error:
        raise refusal(item, "\n".join(("the scenario is wrong", *error.lines()))) from None
    except (TypeError, ValueError) as error:
        raise refusal(item, str(error)) from None


def _require_virtual_clock(config: pytest.Config, arguments: Mapping[str, Any]) -> None:
    if config.getoption("pds_server") is not None:
        raise ValueError("virtual_time=True needs a simulator in the process of the test; found --pds-server")
    if arguments.get("clock") in (ClockMode.WALL, ClockMode.WALL.value):
        raise ValueError("virtual_time=True needs virtual time; found clock='wall'")


def _simulator_arguments(item: Node, options: MarkerOptions) -> dict[str, Any]:
    scenario = _scenario(item, options)
    arguments: dict[str, Any] = scenario.simulator_arguments() if scenario is not None else {"rules": []}
    arguments |= {key: options[key] for key in ("world", "clock", "speed", "allow_held") if key in options}
    arguments["rules"] = [*arguments["rules"], *to_rules("faults", options.get("faults", ()))]
    if "snapshot" in arguments:
        said = [key for key in ("world", "clock", "speed", "seed") if key in options]
        if said:
            raise ValueError(f"{said[0]} is what the snapshot of the scenario says; leave out {' and '.join(said)}")
    else:
        arguments["seed"] = seed_for(item.config, scenario, asked=options.get("seed"))
    warn_of_unheeded_seed(item, scenario)
    arguments["strict"] = options.get("strict", is_strict(item.config, scenario))
    return arguments


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


def warn_of_unheeded_seed(item: Node, scenario: Scenario | None) -> None:
    """Warn if the seed of the command line has no effect, because the scenario continues from a snapshot."""
    if scenario is not None and (told := scenario.unheeded_seed("--pds-seed", item.config.getoption("pds_seed"))):
        item.warn(pytest.PytestWarning(told))


def is_strict(config: pytest.Config, scenario: Scenario | None) -> bool:
    """Whether rules that never take effect fail a test, by the scenario, or else by the configuration."""
    if scenario is not None and "strict" in scenario.document.model_fields_set:
        return scenario.document.strict
    return bool(config.getini("pds_strict"))


def _scenario(item: Node, options: MarkerOptions) -> Scenario | None:
    if "scenario" in options:
        return load_scenario(_scenario_file(item, options["scenario"]), options.get("case"))
    if "case" in options:
        raise ValueError(f"case is {options['case']!r}, but there is no 'scenario' that it could be one of")
    return None


def _scenario_file(item: Node, name: object) -> Path:
    """Find a scenario beside the test, in the root folder, or by name in the library."""
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
