"""What tests of the wire use: refusals with their details unpacked, and a watch over the world that must not change."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from scenarios.loading.setups import read_setup
from simulator import Simulator, faults
from simulator.api import RestoreServiceStub
from simulator.remote import RemoteSimulator
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup

DETAIL_TYPES = {
    detail.DESCRIPTOR.full_name: detail
    for detail in (
        error_details_pb2.BadRequest,
        error_details_pb2.ErrorInfo,
        error_details_pb2.PreconditionFailure,
        error_details_pb2.ResourceInfo,
    )
}


LOOPBACK = "loopback"
HERE = ("in_process", LOOPBACK)
REMOTE = "remote"
"""A session of a server in place of a simulator here."""

ONLY_LOOPBACK = ("test_connections", "test_many_open_calls", "test_simulator_lifetime", "test_watchers")
"""Modules about sockets and threads."""

ALSO_REMOTE = (
    "test_adding_entities",
    "test_call_gaps",
    "test_call_log_and_timeline",
    "test_create_restore",
    "test_faults_on_calls",
    "test_faults_on_restores",
    "test_get_restore",
    "test_held_restores",
    "test_list_restores",
    "test_manual_time",
    "test_one_line_descriptions",
    "test_recreate_restore",
    "test_requests_from_names",
    "test_rules_as_dictionaries",
    "test_rules_over_resets",
    "test_rules_while_running",
    "test_snapshots",
    "test_stale_answers",
    "test_unfired_rules",
    "test_waiting",
    "test_where_calls_fail",
)
"""Modules whose tests hold for sessions of a server as well."""

NOT_REMOTE: dict[str, str] = {
    "test_the_page_size_has_a_default_and_a_cap": "it fills the world behind the API",
    "test_a_call_with_bytes_that_are_no_message_is_logged_without_a_request": "requests are told as JSON, not as bytes",
    "test_an_error_brings_its_metadata": "objects in JSON have no order",
    "test_an_error_brings_its_metadata_to_channels_for_asyncio": "objects in JSON have no order",
    "test_time_passes_no_further_than_the_limit": "a server moves by whole events",
    "test_a_restore_of_before_a_reset_is_told_to_be_stuck": "only uids are sent, and this one is gone",
}
"""Tests of these modules that don't, and why."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let tests run over each way that they hold for."""
    if "transport" in metafunc.fixturenames:
        module, test = metafunc.module.__name__.rpartition(".")[2], metafunc.function.__name__
        also_remote = module in ALSO_REMOTE and test not in NOT_REMOTE
        ways = (LOOPBACK,) if module in ONLY_LOOPBACK else (*HERE, REMOTE) if also_remote else HERE
        metafunc.parametrize("transport", ways, indirect=True, scope="session")


@pytest.fixture(scope="session")
def transport(request: pytest.FixtureRequest) -> str:
    """Every way in which calls get to simulators: what holds for one holds for all."""
    way: str = request.param
    return way


@pytest.fixture(scope="session")
def server() -> Iterator[SimulatorServer]:
    """A server for the sessions of all tests."""
    with SimulatorServer(SessionSetup(), read_scenario=read_setup) as running:
        yield running


@pytest.fixture
def make_simulator(transport: str, server: SimulatorServer) -> Callable[..., Any]:
    """Makes a simulator, here or as a session of a server; its arguments are those of both."""
    return partial(RemoteSimulator, server.target) if transport == REMOTE else Simulator


@pytest.fixture
def sim(make_simulator: Callable[..., Any]) -> Iterator[Any]:
    with make_simulator(seed=7) as simulator:
        yield simulator


@pytest.fixture
def elapsed(sim: Any) -> Callable[[], float]:
    """Tells how many seconds have passed in the world."""
    start = sim.now

    def elapsed() -> float:
        seconds: float = (sim.now - start).total_seconds()
        return seconds

    return elapsed


@dataclass(frozen=True)
class Refusal:
    """How a call failed: its code, what the status says, and its one detail."""

    code: grpc.StatusCode
    message: str
    detail: Any

    @property
    def violations(self) -> dict[str, str]:
        """What is wrong with each field."""
        assert self.code is grpc.StatusCode.INVALID_ARGUMENT, self.message
        violations = self.detail.field_violations
        assert all(violation.description for violation in violations)
        return {violation.field: violation.description for violation in violations}

    @property
    def failed_preconditions(self) -> set[tuple[str, str]]:
        """Type and subject of each condition that does not hold."""
        assert self.code is grpc.StatusCode.FAILED_PRECONDITION, self.message
        violations = self.detail.violations
        assert all(violation.description for violation in violations)
        return {(violation.type, violation.subject) for violation in violations}


def read_refusal(error: grpc.RpcError) -> Refusal:
    status = rpc_status.from_call(error)
    assert status is not None, f"{error.code()} came without details: {error.details()}"
    (packed,) = status.details
    detail = DETAIL_TYPES[packed.TypeName()]()
    packed.Unpack(detail)
    return Refusal(error.code(), status.message, detail)


def state_of(simulator: Simulator) -> dict[str, object]:
    world = simulator.world
    return {
        "restores": [(restore.uid, restore.spec, restore.status) for restore in world.restores.values()],
        "transitions": world.timeline.transitions(),
        "deployments": list(world.deployments.values()),
        "backups": list(world.backups.values()),
        "time": simulator.now,
    }


class Tracing(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamStreamClientInterceptor):
    """Notes the calls that pass, and sends a header along."""

    def __init__(self) -> None:
        self.passed: list[str] = []

    def intercept_unary_unary(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        self.passed.append(details.method)
        details = details._replace(metadata=(("trace", "1"),))
        return continuation(details, request)

    intercept_unary_stream = intercept_stream_stream = intercept_unary_unary


@pytest.fixture
def tracing() -> Tracing:
    """An interceptor of everything."""
    return Tracing()


@pytest.fixture
def channel(sim: Simulator, open_channel: Callable[[Simulator], grpc.Channel]) -> grpc.Channel:
    return open_channel(sim)


@pytest.fixture
def silent() -> Iterator[None]:
    """Nothing of what gRPC logs about the mistakes of clients."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def failure_of() -> Callable[[Callable[[], object]], grpc.RpcError]:
    """Makes a call that has to fail, and gives its error."""

    def fail(call: Callable[[], object]) -> grpc.RpcError:
        with pytest.raises(grpc.RpcError) as caught:
            call()
        return caught.value

    return fail


@pytest.fixture
def watchers_gone() -> Callable[[], None]:
    """Waits until gRPC no longer watches channels: a watch that outlives its channel ends with a traceback."""

    def wait() -> None:
        for thread in threading.enumerate():
            if thread.name.endswith("(_run)"):
                thread.join(timeout=20)

    return wait


@pytest.fixture
def nothing_changes(sim: Simulator) -> Callable[..., AbstractContextManager[None]]:
    """Asserts that the world is afterwards as it was before: ``with nothing_changes(): ...``."""

    @contextmanager
    def watch(simulator: Simulator = sim) -> Iterator[None]:
        before = state_of(simulator)
        yield
        assert state_of(simulator) == before

    return watch


@pytest.fixture
def refusal_of(
    failure_of: Callable[[Callable[[], object]], grpc.RpcError],
) -> Callable[[Callable[[], object]], Refusal]:
    """Makes a call that has to fail, and tells how it did."""
    return lambda call: read_refusal(failure_of(call))


@pytest.fixture
def refusal(sim: Simulator, nothing_changes: Callable[..., AbstractContextManager[None]]) -> Callable[..., Refusal]:
    """Makes a call that has to fail without any effect, and tells how it did: ``refusal(stub.GetRestore, request)``."""

    def call(method: Callable[..., Message], request: object, simulator: Simulator = sim, **options: Any) -> Refusal:
        with nothing_changes(simulator), pytest.raises(grpc.RpcError) as caught:
            method(request, **options)
        return read_refusal(caught.value)

    return call


@pytest.fixture
def write_stuck_snapshot() -> Callable[[Path], None]:
    """Writes ``orders-stuck.json`` into a folder: the snapshot of which pages tell, with a restore at a gate."""

    def write(folder: Path) -> None:
        with Simulator(seed=7, listen=False, strict=False) as simulator:
            simulator.inject(faults.gate(), phase="PENDING", name="door")
            request = simulator.requests.create(
                name="orders-copy", backup="orders-backup", namespace="shop-staging", project="shop"
            )
            RestoreServiceStub(simulator.channel()).CreateRestore(request)
            simulator.advance(5)
            (folder / "orders-stuck.json").write_text(json.dumps(simulator.snapshot()), encoding="utf-8")

    return write
