"""The plugin for pytest: simulators as fixtures, and ``*.pds.yaml`` files as tests.

pytest imports this module each time it starts, wherever the simulator is installed. So everything that takes time is
imported where it is used, and a package of another project that is called ``simulator`` does no harm to tests that
have no use for ours.

PYTEST_DONT_REWRITE: there are no assertions here, and pytest warns where it finds this module imported already.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import grpc

    from scenarios.pytest_plugin.monitored_simulator import Watch
    from scenarios.pytest_plugin.scenario_file import ScenarioFile
    from simulator.api import RestoreServiceStub
    from simulator.simulator import Simulator

MARKER = "pds_simulator"
SCENARIO_SUFFIX = ".pds.yaml"

_MARKER_LINE = (
    f"{MARKER}(scenario, case, world, seed, clock, speed, faults, strict): what the simulator of this test is like;"
    " see the README of pds-restore-simulator."
)

_watch_key: pytest.StashKey[Watch] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what can be said about all simulators at once."""
    parser.addini("pds_seed", "Seed of simulators whose test or scenario names none (default: 0).", default="0")
    parser.addini(
        "pds_strict", "Whether a test fails when a rule never took effect (default: true).", type="bool", default=True
    )
    parser.getgroup(MARKER, "PDS restore simulator").addoption(
        "--pds-seed", type=int, metavar="SEED", help="Seed of all simulators, whatever their tests say; for replaying."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and refuse defaults that are none."""
    config.addinivalue_line("markers", _MARKER_LINE)
    seed = config.getini("pds_seed")
    try:
        int(seed)
    except ValueError:
        raise pytest.UsageError(f"{config.inipath}: pds_seed is {seed!r}; expected a whole number") from None
    try:
        config.getini("pds_strict")
    except (TypeError, ValueError, pytest.UsageError) as error:
        raise pytest.UsageError(f"{config.inipath}: pds_strict: {error}; expected true or false") from None


@pytest.fixture
def pds_simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """Give a running `simulator.Simulator` to this test alone: in manual time, closed after it.

    ``@pytest.mark.pds_simulator(seed=7)`` says what it is like; parametrizing it indirectly with dictionaries of the
    same keywords does so as well.
    """
    _require_our_own(_failure)
    from scenarios.pytest_plugin.monitored_simulator import watched_simulator

    with watched_simulator(request.node, getattr(request, "param", {})) as watch:
        request.node.stash[_watch_key] = watch
        yield watch.simulator


@pytest.fixture
def pds_channel(pds_simulator: Simulator) -> grpc.Channel:
    """Give a channel to the simulator of this test, closed with it."""
    return pds_simulator.channel()


@pytest.fixture
def pds_stub(pds_channel: grpc.Channel) -> RestoreServiceStub:
    """Give a client of the simulator of this test."""
    from simulator.api import RestoreServiceStub

    return RestoreServiceStub(pds_channel)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name tests after what their simulators are like: ``test_x[seed=7]``."""
    if argname != MARKER or not isinstance(val, Mapping):
        return None
    return "-".join(f"{key}={value}" for key, value in val.items() if isinstance(value, str | int | float)) or None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse markers that make no sense, also on tests that do without the simulator: nobody writes them on purpose."""
    if next(item.iter_markers(MARKER), None) is not None:
        _require_our_own(_failure)
        from scenarios.pytest_plugin.marker_options import wishes_of

        wishes_of(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that went well by itself, but not in its simulator."""
    outcome = yield
    watch = item.stash.get(_watch_key, None)
    if watch is not None:
        watch.require_no_trouble()
    return outcome


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what happened in the simulator to the report of a failure."""
    report = yield
    watch = item.stash.get(_watch_key, None)
    if report.failed and watch is not None:
        from scenarios.pytest_plugin.failure_report import failure_text

        report.sections.append(("PDS simulator", failure_text(watch, item)))
    return report


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """Collect scenarios."""
    if not file_path.name.endswith(SCENARIO_SUFFIX):
        return None
    _require_our_own(parent.CollectError)
    from scenarios.pytest_plugin.scenario_file import ScenarioFile

    return ScenarioFile.from_parent(parent, path=file_path)


def _require_our_own(refusal: Callable[[str], BaseException]) -> None:
    """Raise a *refusal* with a message where an import would find packages of somebody else."""
    from scenarios.pytest_plugin.origin import require_our_own_packages

    try:
        require_our_own_packages()
    except ImportError as error:
        raise refusal(str(error)) from None


def _failure(message: str) -> BaseException:
    return pytest.fail.Exception(message, pytrace=False)
