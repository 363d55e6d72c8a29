"""What tests of the fakes share: declared worlds, worlds in motion, and orders that they accept."""

from dataclasses import replace
from typing import ClassVar

import pytest

from fakes import (
    Account,
    Backup,
    BackupLocation,
    Cluster,
    Deployment,
    InvalidWorld,
    LiveWorld,
    Namespace,
    Project,
    RestoreSpec,
    Tenant,
    World,
    default_world,
)
from fakes.environment import Environment, to_microseconds

START_MICROSECONDS = 1_735_689_600_000_000
METHODS = {name: f"RestoreService/{name}" for name in ("CreateRestore", "GetRestore", "ListRestores")}


class Caller:
    """Handles entries of one kind, whose subjects are called."""

    handlers: ClassVar = {"call": lambda _, subject: subject()}


@pytest.fixture
def environment():
    """A clock that starts at zero, on whose agenda stand functions that are called."""
    environment = Environment(0)
    environment.dispatcher = Caller()
    return environment


@pytest.fixture
def declare():
    """Declares a world with one entity of each kind, so that every reference may be left out.

    Nothing is downloaded unless a test says so; keywords replace whole collections.
    """

    def make(**changes):
        collections = {
            "accounts": [Account("acme")],
            "tenants": [Tenant("engineering")],
            "projects": [Project("shop")],
            "clusters": [Cluster("east")],
            "backup_locations": [BackupLocation("vault")],
            "namespaces": [Namespace("prod", projects=["shop"])],
            "deployments": [Deployment("orders", data_service="PostgreSQL", image="postgresql:16.4")],
            "backups": [Backup("nightly", size_bytes=0)],
        }
        return World(**(collections | changes))

    return make


@pytest.fixture
def problems_of(declare):
    """Tells what is wrong with a world: messages by collection, name and field."""

    def find(**changes):
        with pytest.raises(InvalidWorld) as caught:
            declare(**changes)
        return {(problem.collection, problem.name, problem.field): problem.message for problem in caught.value.problems}

    return find


@pytest.fixture
def set_going():
    """Sets a declared world going, on 2025-01-01."""

    def make(world, *, seed=7):
        return LiveWorld(world, seed=seed, start_microseconds=START_MICROSECONDS, methods=METHODS)

    return make


@pytest.fixture
def living_world(set_going):
    """The default world, going."""
    return set_going(default_world())


@pytest.fixture
def spec_in():
    """Makes orders for a living world; references are names, by default the first entity of their kind."""

    def make(world, name="copy", *, backup=None, namespace=None, project=None, **changes):
        def uid(registry, wanted):
            return registry[wanted or next(iter(registry))].uid

        return replace(
            RestoreSpec(
                name=name,
                namespace=uid(world.namespaces, namespace),
                project=uid(world.projects, project),
                backup=uid(world.backups, backup),
            ),
            **changes,
        )

    return make


@pytest.fixture
def advance():
    """Lets a living world go on for some seconds."""

    def go_on(world, seconds):
        world.environment.advance_to(world.environment.now_microseconds + to_microseconds(seconds))

    return go_on


@pytest.fixture
def seconds_since_start():
    """Tells how many seconds after the start of a living world a moment lies."""

    def measure(at_microseconds):
        return (at_microseconds - START_MICROSECONDS) / 1e6

    return measure


@pytest.fixture
def history(seconds_since_start):
    """Tells when a restore of a living world came to which phase."""

    def tell(world, restore):
        return [
            (seconds_since_start(event.at_microseconds), event.status.phase.name)
            for event in world.timeline.transitions(restore.uid)
        ]

    return tell
