"""Entities are added by their fields: to a world that runs, and to a declared one before it does."""

import inspect

import pytest

from fakes import LiveWorld
from simulator import InvalidWorld, World, default_world

KINDS = ("account", "tenant", "project", "cluster", "backup_location", "namespace", "deployment", "backup")


def test_what_is_added_to_a_world_that_runs_can_be_used_at_once(sim, stub):
    sim.world.add_cluster("north", capacity=1)
    sim.world.add_namespace("north-prod", cluster="north", projects=["shop"])
    sim.world.add_deployment("invoices", namespace="north-prod", data_service="PostgreSQL")
    backup = sim.world.add_backup("invoices-backup", deployment="invoices", size_bytes=0)

    stub.CreateRestore(sim.requests.create("invoices-copy", backup="invoices-backup", namespace="north-prod"))

    assert sim.world.backups["invoices-backup"] == backup
    assert backup.deployment == sim.uid("invoices")
    assert sim.advance_until("invoices-copy", "SUCCESSFUL").cluster == sim.uid("north")


def test_what_does_not_fit_into_the_world_is_not_added(sim):
    with pytest.raises(ValueError, match="no cluster 'nroth'; "):
        sim.world.add_namespace("new", cluster="nroth")
    with pytest.raises(TypeError, match=r"add_backup\(\) takes no 'siez_bytes'; did you mean 'size_bytes'"):
        sim.world.add_backup("new", deployment="orders", siez_bytes=3)
    with pytest.raises(TypeError, match=r"add_backup\(\): missing a required argument: 'name'"):
        sim.world.add_backup(size_bytes=1)

    assert "new" not in sim.world.namespaces
    assert "new" not in sim.world.backups


def test_a_declared_world_gets_more_entities_and_other_fields_of_those_it_has():
    before, ci = default_world(), "s3cret"

    world = (
        before.with_cluster("north", capacity=8)
        .with_cluster("west", capacity=1)
        .with_namespace("north-prod", cluster="north", projects=["shop"])
        .with_token("ci", secret=ci, projects=["shop"])
    )

    assert {cluster.name: cluster.capacity for cluster in world.clusters} == {"east": 4, "west": 1, "north": 8}
    assert world.clusters[1].bandwidth_bytes_per_second == before.clusters[1].bandwidth_bytes_per_second
    assert world.namespaces[-1].cluster == world.clusters[-1].uid
    assert [token.name for token in world.tokens] == ["ci"]
    assert before == default_world()


def test_a_declared_world_that_makes_no_sense_is_refused():
    with pytest.raises(InvalidWorld, match=r"namespaces\.new\.cluster: no cluster 'nroth'"):
        default_world().with_namespace("new", cluster="nroth")
    with pytest.raises(TypeError, match=r"with_cluster\(\) takes no 'capacty'; did you mean 'capacity'"):
        default_world().with_cluster("east", capacty=8)


@pytest.mark.parametrize("kind", [*KINDS, "token"])
def test_each_kind_can_be_declared_with_the_fields_it_has(kind):
    method = getattr(World, f"with_{kind}")

    assert next(iter(inspect.signature(method).parameters.values())).name == "self"
    assert {"self", "name"} < inspect.signature(method).parameters.keys()
    assert kind.replace("_", " ") in method.__doc__


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_can_be_added_here_and_to_a_session_of_a_server(sim, kind):
    here, there = (inspect.signature(getattr(world, f"add_{kind}")).parameters for world in (LiveWorld, sim.world))

    assert {"name", "uid"} <= there.keys()
    assert here.keys() == {"self", *there.keys()}
