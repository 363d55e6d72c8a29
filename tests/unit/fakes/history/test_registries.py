"""A restore that is over takes little room, and nobody can tell."""

import gc

import pytest

from fakes import ANYBODY, GIB, Phase, UnknownEntity
from fakes.history.registries import HELD_MIN, RestoreRegistry
from fakes.lifecycle.restores import Restore


@pytest.fixture
def finished(living_world, spec_in, advance):
    """Makes a finished restore and gives its uid; nobody holds the object."""

    def make(name="copy", **changes):
        uid = living_world.create_restore(spec_in(living_world, name, **changes), ANYBODY).uid
        advance(living_world, 1000)
        return uid

    return make


def told(restore):
    order = restore.spec
    return (
        (restore.ordinal, restore.uid, restore.name, restore.deployment, restore.custom_resource_name),
        (restore.tenant, restore.cluster, restore.source_deployment, restore.backup_location, restore.cloudsnap),
        (order.namespace, order.project, order.backup, order.description, order.unknown_fields),
        (dict(order.labels), dict(order.annotations), dict(restore.resource_names)),
        (restore.status, restore.statuses, restore.version, restore.is_live, restore.created_at_microseconds),
    )


@pytest.mark.parametrize("deleted", [False, True])
def test_what_is_over_tells_what_it_told_before(living_world, spec_in, advance, deleted):
    order = spec_in(
        living_world,
        description="to look at",
        labels={"team": "a"},
        annotations={"note": "b", "c": ""},
        unknown_fields=b"\x01",
    )
    restore = living_world.create_restore(order, ANYBODY)
    if deleted:
        living_world.delete_backup("orders-backup")
    advance(living_world, 1000)
    before, uid = told(restore), restore.uid
    del restore
    gc.collect()

    assert told(living_world.restores[uid]) == before
    assert living_world.restores[uid].status.phase is (Phase.FAILED if deleted else Phase.SUCCESSFUL)
    assert bool(living_world.restores[uid].status.error_message) is deleted


def test_who_holds_a_restore_finds_the_same_object(living_world, spec_in, advance):
    restore = living_world.create_restore(spec_in(living_world), ANYBODY)
    advance(living_world, 1000)

    assert living_world.restores["copy"] is restore
    assert next(iter(living_world.timeline.transitions())).restore is restore
    assert living_world.restores.numbered(1) is restore


def test_who_asks_twice_finds_the_same_object(living_world, finished):
    uid = finished()

    assert living_world.restores[uid] is living_world.restores["copy"]


def test_what_is_over_is_no_work_for_the_garbage_collector(living_world, finished):
    for number in range(30):
        finished(f"copy-{number}")
    gc.collect()

    assert [one for one in gc.get_objects() if isinstance(one, Restore) and one.uid in living_world.restores] == []


def test_what_nobody_holds_is_forgotten(living_world, finished):
    for number in range(20):
        finished(f"copy-{number}")
    registry = living_world.restores
    registry._held_max = 10
    held = registry["copy-3"]
    finished("one-more")

    assert held.uid in registry._held
    assert len(registry._held) < 10
    assert registry._held_max == HELD_MIN


def test_a_registry_without_restores_finds_none():
    with pytest.raises(UnknownEntity, match="no restore 'copy'; there are none"):
        RestoreRegistry()["copy"]


def test_the_deployment_of_a_restore_is_like_its_source_at_that_time(living_world, finished):
    finished()
    living_world.upgrade_deployment("orders", image="postgresql:17.0")
    finished("later")
    source, copy, later = (living_world.deployments[name] for name in ("orders", "copy", "later"))

    assert copy.image != source.image
    assert later.image == source.image == "postgresql:17.0"
    assert copy.data_service == source.data_service
    assert copy.image_capabilities == source.image_capabilities
    assert living_world.restores["copy"].deployment == copy.uid


def test_a_restored_deployment_can_be_backed_up_upgraded_and_deleted(living_world, finished):
    finished()
    backup = living_world.create_backup("second-hand", "copy", size_bytes=GIB, location="vault")
    upgraded = living_world.upgrade_deployment("copy", image="postgresql:17.0")
    deleted = living_world.delete_deployment("copy")

    assert backup.deployment == upgraded.uid == deleted.uid
    assert "copy" not in living_world.deployments
    assert living_world.deployments.recall(deleted.uid).image == "postgresql:17.0"
