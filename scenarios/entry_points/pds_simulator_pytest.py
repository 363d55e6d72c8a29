"""pytest's way into the PDS restore simulator: simulators as fixtures, and ``*.pds.yaml`` files as tests.

pytest imports this module each time it starts, wherever the simulator is installed. So it imports no package of ours,
and nothing that takes time, until a test asks for a simulator.

PYTEST_DONT_REWRITE: there are no assertions here, and pytest warns where it finds this module imported already.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from pds_simulator_packages import ForeignPackage, OursLast

if TYPE_CHECKING:
    import grpc

    from scenarios.pytest_plugin.marker_options import Start
    from scenarios.pytest_plugin.monitored_simulator import MonitoredSimulator
    from scenarios.pytest_plugin.scenario_file import ScenarioTest
    from simulator.api import RestoreServiceStub
    from simulator.remote import RemoteSimulator
    from simulator.simulator import Simulator

MARKER = "pds_simulator"
SCENARIO_SUFFIX = ".pds.yaml"

_MARKER_LINE = (
    f"{MARKER}(scenario, case, world, seed, clock, speed, faults, strict, allow_held):"
    " what the simulator of this test is like; see the README of pds-restore-simulator."
)

_packages_key: pytest.StashKey[OursLast] = pytest.StashKey()
_watch_key: pytest.StashKey[MonitoredSimulator] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what can be said about all simulators at once."""
    parser.addini("pds_seed", "Seed of simulators whose test or scenario names none (default: 0).", default="0")
    parser.addini(
        "pds_strict", "Whether a test fails when a rule never took effect (default: true).", type="bool", default=True
    )
    group = parser.getgroup(MARKER, "PDS restore simulator")
    group.addoption(
        "--pds-seed", type=int, metavar="SEED", help="Seed of all simulators, whatever their tests say; for replaying."
    )
    group.addoption(
        "--pds-server",
        metavar="ADDRESS",
        help="Make the simulators of tests as sessions of a running 'pds-sim serve', at its gRPC address (host:port).",
    )
    group.addoption(
        "--pds-control-token", metavar="TOKEN", default="", help="What that server was started with as --control-token."
    )
    group.addoption("--pds-server-ca", metavar="FILE", help="Certificate of who has signed that server's, for TLS.")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Let the packages of the tests win over ours, before any of the tests' own code is imported."""
    _packages(early_config)


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


def pytest_unconfigure(config: pytest.Config) -> None:
    """Find packages as before."""
    sys.meta_path.remove(_packages(config))


@pytest.fixture
def pds_simulator(request: pytest.FixtureRequest) -> Iterator[Simulator | RemoteSimulator]:
    """Give a running `simulator.Simulator` to this test alone: in manual time, closed after it.

    With ``--pds-server`` it is a `simulator.remote.RemoteSimulator`: a session of that server, ended after the test.

    ``@pytest.mark.pds_simulator(seed=7)`` says what it is like; parametrizing it indirectly with dictionaries of the
    same keywords does so as well.
    """
    with _our_packages(request.config):
        from scenarios.pytest_plugin.monitored_simulator import monitored_simulator

        start = _start(request.config)
        with monitored_simulator(request.node, getattr(request, "param", {}), start) as monitored:
            request.node.stash[_watch_key] = monitored
            yield monitored.simulator


def _start(config: pytest.Config) -> Start:
    """What starts simulators; what controls a server elsewhere is imported only where there is one."""
    if config.getoption("pds_server") is None:
        from scenarios.pytest_plugin.marker_options import start_here

        return start_here
    from scenarios.pytest_plugin.server_sessions import start_session

    return start_session


@pytest.fixture
def pds_channel(pds_simulator: Simulator | RemoteSimulator) -> grpc.Channel:
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
        with _our_packages(item.config):
            from scenarios.pytest_plugin.marker_options import marker_options_of

            marker_options_of(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that went well by itself, but not in its simulator."""
    outcome = yield
    monitored = item.stash.get(_watch_key, None)
    if monitored is not None:
        monitored.require_no_trouble()
    return outcome


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what happened in the simulator to the report of a failure."""
    report = yield
    monitored = item.stash.get(_watch_key, None)
    if report.failed and monitored is not None:
        from scenarios.pytest_plugin.failure_report import failure_text

        report.sections.append(("PDS simulator", failure_text(monitored, item)))
    return report


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """Collect scenarios."""
    return ScenarioFile.from_parent(parent, path=file_path) if file_path.name.endswith(SCENARIO_SUFFIX) else None


class ScenarioFile(pytest.File):
    """A file with a scenario."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.obj = ModuleType(self.path.name.removesuffix(SCENARIO_SUFFIX))
        self.obj.__file__ = str(self.path)

    def collect(self) -> Iterator[ScenarioItem]:
        """Give a test for each case, or tell all that is wrong with the file.

        Other files are still to be collected, and may import foreign packages of our names: they find no trace of ours.
        """
        try:
            with _packages(self.config).importable(only_meanwhile=True):
                from scenarios.pytest_plugin.scenario_file import tests_in

                tests = tests_in(self)
        except ForeignPackage as error:
            yield ScenarioItem.from_parent(self, name=self.obj.__name__, obstacle=str(error))
            return
        for test in tests:
            yield ScenarioItem.from_parent(self, name=test.name, test=test)


class ScenarioFailed(Exception):
    """A scenario did not go as it expects; the message tells all there is to tell."""


class ScenarioItem(pytest.Item):
    """A scenario, or a case of it, as a test.

    Args:
        test: What to run.
        obstacle: Why there is nothing to run.
        others: What pytest needs.
    """

    def __init__(self, *, test: ScenarioTest | None = None, obstacle: str = "", **others: Any) -> None:
        super().__init__(**others)
        self._test = test
        self._obstacle = obstacle
        self._look_like_a_function()

    def _look_like_a_function(self) -> None:
        """Have what other plugins and conftests read of every item, as a test function without fixtures has it."""

        def scenario() -> None:
            self.runtest()

        scenario.__name__ = scenario.__qualname__ = self.name
        self.obj = self.function = scenario
        self.originalname = self.name
        self.module = self.parent.obj if isinstance(self.parent, ScenarioFile) else None
        self.cls = self.instance = None
        self.fixturenames: list[str] = []
        self.funcargs: dict[str, object] = {}

    def setup(self) -> None:
        """Refuse to run where foreign packages are in the way."""
        if self._obstacle:
            pytest.fail(self._obstacle, pytrace=False)
        with _our_packages(self.config):
            super().setup()

    def runtest(self) -> None:
        """Run the scenario.

        Raises:
            ScenarioFailed: something was not as expected.
        """
        assert self._test is not None
        with _our_packages(self.config):
            failure = self._test.failure(self)
        if failure:
            raise ScenarioFailed(failure)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any, **options: Any) -> Any:
        """Tell what was not as expected; of anything else, as pytest does."""
        if isinstance(excinfo.value, ScenarioFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *arguments, **options)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands, and what it is called. pytest can't report a skipped test without a line."""
        return self.path, 0, self.name


def _packages(config: pytest.Config) -> OursLast:
    packages = config.stash.setdefault(_packages_key, OursLast())
    if packages not in sys.meta_path:
        sys.meta_path.insert(0, packages)
    return packages


@contextmanager
def _our_packages(config: pytest.Config) -> Iterator[None]:
    """Make our packages importable; where foreign ones are in the way, fail the test."""
    with ExitStack() as stack:
        try:
            stack.enter_context(_packages(config).importable())
        except ForeignPackage as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        yield
