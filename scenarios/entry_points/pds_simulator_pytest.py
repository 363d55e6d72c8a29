"""pytest's way into the PDS restore simulator: simulators as fixtures, and ``*.pds.yaml`` files as tests.

pytest imports this module each time it starts, wherever the simulator is installed. So it imports no package of ours,
and nothing that takes time, until a test asks for a simulator.

PYTEST_DONT_REWRITE: there are no assertions here, and pytest warns where it finds this module imported already.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from pds_simulator_packages import ForeignPackage, OursLast

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    import grpc
    import grpc.aio

    from fakes.faults.rule import Rule
    from scenarios.pytest_plugin.marker_options import Start
    from scenarios.pytest_plugin.monitored_simulator import MonitoredSimulator, SharedSimulator
    from scenarios.pytest_plugin.scenario_file import ScenarioTest
    from simulator.api import RestoreServiceStub
    from simulator.remote import RemoteSimulator
    from simulator.simulator import Simulator

MARKER = "pds_simulator"
SCENARIO_SUFFIX = ".pds.yaml"

_MARKER_LINE = (
    f"{MARKER}(scenario, case, world, seed, clock, speed, faults, strict, allow_held, virtual_time, limit):"
    " what the simulator of this test is like; see the README of pds-restore-simulator."
)

_packages_key: pytest.StashKey[OursLast] = pytest.StashKey()
_watch_key: pytest.StashKey[MonitoredSimulator] = pytest.StashKey()
_shared_key: pytest.StashKey[dict[str, SharedSimulator]] = pytest.StashKey()
"""The running simulators that tests share, by the names of their fixtures."""
_item_key: pytest.StashKey[pytest.Item] = pytest.StashKey()
"""The running test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add options for all simulators."""
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
    group.addoption(
        "--pds-transport",
        choices=("in_process", "loopback"),
        default="in_process",
        help="What pds_channel, pds_aio_channel and the stubs use: no socket, or one of the loopback interface"
        " (default: in_process).",
    )
    group.addoption("--pds-server-ca", metavar="FILE", help="Certificate of who has signed that server's, for TLS.")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Let the packages of the tests win over ours, before any of the tests' own code is imported."""
    _packages(early_config)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and refuse invalid defaults."""
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
    """Restore the way in which packages are found."""
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
            with _virtual_threads(request.node, monitored):
                yield monitored.simulator


def _virtual_threads(item: pytest.Item, monitored: MonitoredSimulator) -> AbstractContextManager[None]:
    if not isinstance(item, pytest.Function) or not _wants_virtual_time(item):
        return nullcontext()
    from scenarios.pytest_plugin.virtual_tests import in_virtual_time

    return in_virtual_time(item, monitored.simulator)


@pytest.fixture(scope="module")
def pds_simulator_module(request: pytest.FixtureRequest) -> Iterator[Simulator | RemoteSimulator]:
    """Give one running simulator to all tests of a module, on one port; each of them finds it as newly started.

    It is reset before each test that uses it. ``pytestmark = pytest.mark.pds_simulator(seed=7)`` says what it is like;
    a test alone can say *strict* only. Rules of the marker have all tests to take effect, others the test that injects
    them.
    """
    yield from _shared_simulator(request)


@pytest.fixture(scope="session")
def pds_simulator_session(request: pytest.FixtureRequest) -> Iterator[Simulator | RemoteSimulator]:
    """Give one running simulator to all tests, as `pds_simulator_module` does to those of a module.

    Parametrizing it indirectly says what it is like.
    """
    yield from _shared_simulator(request)


def _shared_simulator(request: pytest.FixtureRequest) -> Iterator[Simulator | RemoteSimulator]:
    with _our_packages(request.config):
        from scenarios.pytest_plugin.monitored_simulator import shared_simulator

        parameters = getattr(request, "param", {})
        with shared_simulator(request.node, parameters, _start(request.config)) as shared:
            running = request.config.stash.setdefault(_shared_key, {})
            running[str(request.fixturename)] = shared
            _begin_test(request.config.stash[_item_key], shared)
            try:
                yield shared.simulator
            finally:
                del running[str(request.fixturename)]


def _begin_test(item: pytest.Item, shared: SharedSimulator) -> None:
    """Begin to use a shared simulator in a test."""
    from scenarios.pytest_plugin.monitored_simulator import strictness

    shared.begin_test(is_strict=strictness(item, shared))
    item.stash[_watch_key] = shared


@pytest.fixture(scope="session")
def pds_simulator_with(request: pytest.FixtureRequest) -> SimulatorWith:
    """Make simulators within a test, as many as it likes.

    Use it as ``with pds_simulator_with(rules) as sim``. It is for tests that hypothesis runs again and again, each time
    with a world of its own. Markers say what the simulators are like, as for `pds_simulator`, and keywords win over
    them. Rules that never take effect are fine, unless *strict* is set. The report of a failure tells what happened in
    the last of them.
    """
    return SimulatorWith(request.config)


class SimulatorWith:
    """Makes simulators for the running test.

    Args:
        config: Has the running test.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @contextmanager
    def __call__(self, rules: Iterable[Rule] = (), **options: Any) -> Iterator[Simulator | RemoteSimulator]:
        """Run a simulator with *rules* behind those of the markers; *options* are as for the marker."""
        item = self._config.stash[_item_key]
        with _our_packages(self._config):
            from scenarios.pytest_plugin.monitored_simulator import simulator_within

            with simulator_within(item, rules, options, _start(self._config)) as monitored:
                item.stash[_watch_key] = monitored
                yield monitored.simulator


def _start(config: pytest.Config) -> Start:
    """What starts simulators; code for a remote server is imported only if there is one."""
    if config.getoption("pds_server") is None:
        from scenarios.pytest_plugin.marker_options import start_here

        return start_here
    from scenarios.pytest_plugin.server_sessions import start_session

    return start_session


@pytest.fixture
def pds_channel(request: pytest.FixtureRequest, pds_simulator: Simulator | RemoteSimulator) -> grpc.Channel:
    """Give a channel to the simulator of this test, closed with it."""
    return pds_simulator.channel(transport=request.config.getoption("pds_transport"))


@pytest.fixture
def pds_stub(pds_channel: grpc.Channel) -> RestoreServiceStub:
    """Give a client of the simulator of this test."""
    from simulator.api import RestoreServiceStub

    return RestoreServiceStub(pds_channel)


@pytest.fixture
def pds_aio_channel(request: pytest.FixtureRequest, pds_simulator: Simulator | RemoteSimulator) -> grpc.aio.Channel:
    """Give a channel for asyncio to the simulator of this test, for whichever event loop uses it."""
    return pds_simulator.aio_channel(transport=request.config.getoption("pds_transport"))


@pytest.fixture
def pds_aio_stub(pds_aio_channel: grpc.aio.Channel) -> RestoreServiceStub:
    """Give a client for asyncio of the simulator of this test; its calls are awaited."""
    from simulator.api import RestoreServiceStub

    return RestoreServiceStub(pds_aio_channel)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name tests after what their simulators are like: ``test_x[seed=7]``."""
    if argname != MARKER or not isinstance(val, Mapping):
        return None
    return "-".join(f"{key}={value}" for key, value in val.items() if isinstance(value, str | int | float)) or None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse invalid markers, also on tests without a simulator, because nobody writes them on purpose."""
    item.config.stash[_item_key] = item
    for name, shared in item.config.stash.get(_shared_key, {}).items():
        if name in getattr(item, "fixturenames", ()):
            with _our_packages(item.config):
                _begin_test(item, shared)
    if next(item.iter_markers(MARKER), None) is not None:
        with _our_packages(item.config):
            from scenarios.pytest_plugin.marker_options import marker_options_of

            wants_virtual_time = marker_options_of(item).get("virtual_time", False)
        if wants_virtual_time and isinstance(item, pytest.Function):
            # First of all: the event loop needs it, and other fixtures need the event loop.
            others = [name for name in item.fixturenames if name != pds_simulator.__name__]
            item.fixturenames = [pds_simulator.__name__, *others]


@pytest.hookimpl(wrapper=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> Generator[None, Any, Any]:
    """Have pytest-asyncio run a test that asks for virtual time in an event loop of its simulator."""
    if not _wants_virtual_time(metafunc.definition):
        return (yield)
    loops = _EventLoops(metafunc.config)
    metafunc.config.pluginmanager.register(loops)
    try:
        return (yield)
    finally:
        metafunc.config.pluginmanager.unregister(loops)


class _EventLoops:
    """Makes the event loops of tests in virtual time.

    Args:
        config: Has the running test.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_asyncio_loop_factories(self) -> Mapping[str, Any]:
        """Tell pytest-asyncio what makes event loops."""
        return {"virtual_time": self._event_loop}

    def _event_loop(self) -> AbstractEventLoop:
        from scenarios.pytest_plugin.virtual_tests import limit_of

        item = self._config.stash[_item_key]
        simulator: Any = item.stash[_watch_key].simulator
        loop: AbstractEventLoop = simulator.event_loop(limit=limit_of(item))
        return loop


def _wants_virtual_time(item: pytest.Item) -> bool:
    said = (marker.kwargs["virtual_time"] for marker in item.iter_markers(MARKER) if "virtual_time" in marker.kwargs)
    return next(said, False) is True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that has passed, but whose simulator has not."""
    monitored = item.stash.get(_watch_key, None)
    with _waiting(item, monitored):
        outcome = yield
    if monitored is not None:
        monitored.require_no_trouble()
    return outcome


def _waiting(item: pytest.Item, monitored: MonitoredSimulator | None) -> AbstractContextManager[None]:
    if monitored is None or not isinstance(item, pytest.Function) or not _wants_virtual_time(item):
        return nullcontext()
    from scenarios.pytest_plugin.virtual_tests import waiting_in_virtual_time

    return waiting_in_virtual_time(item, monitored.simulator)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    """Run a coroutine function in virtual time if no plugin for asyncio does."""
    monitored = pyfuncitem.stash.get(_watch_key, None)
    if monitored is not None and _wants_virtual_time(pyfuncitem):
        from scenarios.pytest_plugin.virtual_tests import run_where_nobody_does

        run_where_nobody_does(pyfuncitem, monitored.simulator)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what happened in the simulator to the report of a failure."""
    report = yield
    monitored = item.stash.get(_watch_key, None)
    if report.failed and monitored is not None:
        from scenarios.pytest_plugin.failure_report import failure_text

        report.sections.append(("PDS simulator", failure_text(monitored, item, report.longreprtext)))
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
    """A scenario has failed; the message is the whole report."""


class ScenarioItem(pytest.Item):
    """A scenario, or a case of it, as a test.

    Args:
        test: The test to run.
        obstacle: Why the test can't be run; empty if it can.
        others: Arguments of pytest.
    """

    def __init__(self, *, test: ScenarioTest | None = None, obstacle: str = "", **others: Any) -> None:
        super().__init__(**others)
        self._test = test
        self._obstacle = obstacle
        self._look_like_a_function()

    def _look_like_a_function(self) -> None:
        """Set the attributes that other plugins and conftests read, as on a test function without fixtures."""

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
        """Refuse to run if foreign packages are in the way."""
        if self._obstacle:
            pytest.fail(self._obstacle, pytrace=False)
        with _our_packages(self.config):
            super().setup()

    def runtest(self) -> None:
        """Run the scenario.

        Raises:
            ScenarioFailed: it did not go as expected.
        """
        assert self._test is not None
        with _our_packages(self.config):
            failure = self._test.failure(self)
        if failure:
            raise ScenarioFailed(failure)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any, **options: Any) -> Any:
        """Report what was not as expected; report other errors as pytest does."""
        if isinstance(excinfo.value, ScenarioFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *arguments, **options)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, a line and the name; pytest can't report a skipped test without a line."""
        return self.path, 0, self.name


def _packages(config: pytest.Config) -> OursLast:
    packages = config.stash.setdefault(_packages_key, OursLast())
    if packages not in sys.meta_path:
        sys.meta_path.insert(0, packages)
    return packages


@contextmanager
def _our_packages(config: pytest.Config) -> Iterator[None]:
    """Make our packages importable; fail the test if foreign ones are in the way."""
    with ExitStack() as stack:
        try:
            stack.enter_context(_packages(config).importable())
        except ForeignPackage as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        yield
