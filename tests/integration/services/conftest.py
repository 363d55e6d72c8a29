"""What tests of the services around a restore use: calls by the name of the method."""

from collections.abc import Callable
from operator import methodcaller
from typing import Any

import pytest

from simulator import Simulator
from simulator.api import METHODS

TENANT = "acme-engineering"


@pytest.fixture
def ask_of(open_channel: Callable[[Simulator], Any]) -> Callable[..., Callable[..., Any]]:
    """Gives what makes calls of a simulator: ``ask("GetBackup", id=…)`` gives the response."""

    def ask_of(simulator: Simulator, token: str = "") -> Callable[..., Any]:
        channel = open_channel(simulator)
        metadata = (("authorization", f"Bearer {token}"),) if token else ()

        def ask(name: str, **fields: Any) -> Any:
            method = METHODS[name]
            call = channel.unary_unary(
                method.path,
                request_serializer=methodcaller("SerializeToString"),
                response_deserializer=method.response.FromString,
            )
            return call(method.request(**fields), metadata=metadata)

        return ask

    return ask_of


@pytest.fixture
def ask(ask_of: Callable[..., Any], sim: Simulator) -> Any:
    """Makes calls of the simulator of the test."""
    return ask_of(sim)


@pytest.fixture
def uid(sim: Simulator) -> Callable[[str, str], str]:
    """Gives the uid of an entity of the world."""

    def uid(collection: str, name: str) -> str:
        found: str = getattr(sim.world, collection)[name].uid
        return found

    return uid


@pytest.fixture
def tenant(uid: Callable[[str, str], str]) -> str:
    return uid("tenants", TENANT)


@pytest.fixture
def restore(ask: Any, uid: Callable[[str, str], str]) -> Callable[..., Any]:
    """Creates a restore of the orders into shop-staging."""

    def create(name: str = "orders-copy", backup: str = "orders-backup") -> Any:
        return ask(
            "CreateRestore",
            namespace_id=uid("namespaces", "shop-staging"),
            project_id=uid("projects", "shop"),
            restore={
                "meta": {"name": name},
                "config": {"source_references": {"backup_id": uid("backups", backup)}},
            },
        )

    return create
