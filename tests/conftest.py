"""What all tests use: a simulator with the default world, a client of it, and requests that it accepts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import grpc
import pytest

from simulator import Simulator
from simulator.api import RestoreServiceStub, restore_pb2

pytest_plugins = ["pytester"]

WAYS = ("in_process", "loopback")
CreateRequest = Callable[..., restore_pb2.CreateRestoreRequest]
OpenChannel = Callable[[Simulator], grpc.Channel]
OpenStub = Callable[[Simulator], RestoreServiceStub]


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(seed=7) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def transport() -> str:
    """How calls get to simulators; tests that care for all ways override it."""
    return "in_process"


@pytest.fixture(scope="session")
def open_channel(transport: str) -> OpenChannel:
    """Opens a channel to any simulator."""
    # A session of a server elsewhere has sockets only.
    return lambda simulator: simulator.channel(transport=transport if transport in WAYS else "loopback")


@pytest.fixture(scope="session")
def open_stub(open_channel: OpenChannel) -> OpenStub:
    """Makes a client of any simulator."""
    return lambda simulator: RestoreServiceStub(open_channel(simulator))


@pytest.fixture
def stub(sim: Simulator, open_stub: OpenStub) -> RestoreServiceStub:
    return open_stub(sim)


@pytest.fixture
def create_request(sim: Simulator, create_request_for: CreateRequest) -> CreateRequest:
    """Makes requests that are accepted: by default a restore of orders-backup into shop-staging.

    References are names of entities of the world; other keywords go into the metadata of the restore.
    """
    return partial(create_request_for, sim)


@pytest.fixture
def create_request_for() -> CreateRequest:
    """The same for any simulator, which comes first."""

    def make(
        sim: Simulator,
        name: str = "orders-copy",
        *,
        backup: str = "orders-backup",
        namespace: str = "shop-staging",
        project: str = "shop",
        **meta: object,
    ) -> restore_pb2.CreateRestoreRequest:
        return restore_pb2.CreateRestoreRequest(
            namespace_id=sim.world.namespaces[namespace].uid,
            project_id=sim.world.projects[project].uid,
            restore={
                "meta": {"name": name, **meta},
                "config": {"source_references": {"backup_id": sim.world.backups[backup].uid}},
            },
        )

    return make
