"""Backups begin and complete, deployments are upgraded, credentials come and go, and the timeline tells of each."""

import pytest

from fakes import ANYBODY, GIB, BackupLocation, BackupState, InvalidWorld, UnknownEntity
from fakes.world.errors import PreconditionsFailed


def changes(world):
    return [(event.change, event.name) for event in world.timeline if event.kind == "world"]


def test_a_backup_is_in_progress_until_it_is_completed(living_world, spec_in):
    begun = living_world.create_backup("nightly", "orders")
    assert begun.state is BackupState.IN_PROGRESS
    with pytest.raises(PreconditionsFailed):
        living_world.create_restore(spec_in(living_world, backup="nightly"), ANYBODY)

    completed = living_world.complete_backup("nightly")

    assert completed.uid == begun.uid
    assert living_world.backups["nightly"].state is BackupState.COMPLETED
    assert living_world.create_restore(spec_in(living_world, backup="nightly"), ANYBODY).is_live
    assert changes(living_world) == [("backup begun", "nightly"), ("backup completed", "nightly")]


def test_a_new_backup_is_like_the_latest_of_its_deployment(living_world):
    latest = living_world.backups["orders-legacy-backup"]

    begun = living_world.create_backup("nightly", "orders")

    assert (begun.size_bytes, begun.location) == (10 * GIB, latest.location)
    assert begun.cloudsnap not in {backup.cloudsnap for backup in living_world.backups.values() if backup is not begun}


def test_size_location_and_capabilities_of_a_backup_can_be_told(declare, set_going):
    world = set_going(declare(backup_locations=[BackupLocation("vault"), BackupLocation("cellar")], backups=[]))

    begun = world.create_backup("nightly", "orders", size_bytes=5, location="cellar", capabilities={"backup": "v3"})

    assert (begun.size_bytes, begun.location) == (5, world.backup_locations["cellar"].uid)
    assert begun.capabilities == {"backup": "v3"}


def test_the_first_backup_goes_to_the_only_location(declare, set_going):
    world = set_going(declare(backups=[]))

    assert world.create_backup("nightly", "orders").location == world.backup_locations["vault"].uid


def test_the_first_backup_needs_a_location_where_there_are_several(declare, set_going):
    world = set_going(declare(backup_locations=[BackupLocation("vault"), BackupLocation("cellar")], backups=[]))

    with pytest.raises(ValueError, match="there are 2 backup locations; say which"):
        world.create_backup("nightly", "orders")
    assert "nightly" not in world.backups


def test_a_name_can_be_had_by_one_backup_only(living_world):
    with pytest.raises(ValueError, match="orders-backup"):
        living_world.create_backup("orders-backup", "orders")

    assert changes(living_world) == []


@pytest.mark.parametrize(("backup", "state"), [("orders-backup", "completed"), ("events-failed-backup", "failed")])
def test_only_a_backup_in_progress_can_be_completed(living_world, backup, state):
    with pytest.raises(ValueError, match=f"'{backup}' is {state}; only one in progress"):
        living_world.complete_backup(backup)


def test_what_does_not_exist_is_told_with_what_comes_close(living_world):
    with pytest.raises(UnknownEntity, match="did you mean 'orders'"):
        living_world.create_backup("nightly", "order")
    with pytest.raises(UnknownEntity, match="did you mean 'orders-backup'"):
        living_world.complete_backup("orders-bakup")
    with pytest.raises(UnknownEntity, match="did you mean 'carts'"):
        living_world.upgrade_deployment("cart", image="redis:8")


def test_an_upgraded_deployment_runs_from_the_new_image(living_world):
    before = living_world.deployments["orders"]

    upgraded = living_world.upgrade_deployment("orders", image="postgresql:17.0")

    assert living_world.deployments["orders"] is upgraded
    assert (upgraded.uid, upgraded.image) == (before.uid, "postgresql:17.0")
    assert upgraded.image_capabilities == before.image_capabilities
    assert changes(living_world) == [("deployment upgraded", "orders")]


def test_the_capabilities_of_the_new_image_decide_what_can_be_restored(living_world, spec_in):
    living_world.upgrade_deployment("orders", image="postgresql:9.6", image_capabilities={"pds_restore": "v0"})

    with pytest.raises(PreconditionsFailed):
        living_world.create_restore(spec_in(living_world, backup="orders-backup"), ANYBODY)


def test_a_restore_of_before_the_upgrade_keeps_its_way(living_world, spec_in, advance):
    restore = living_world.create_restore(spec_in(living_world), ANYBODY)
    living_world.upgrade_deployment("orders", image="postgresql:17.0")
    advance(living_world, 1000)

    assert restore.status.phase.name == "SUCCESSFUL"


def test_credentials_that_were_lost_twice_have_to_be_given_back_twice(living_world):
    def valid():
        return living_world.backup_locations["vault"].credentials_valid

    living_world.lose_credentials("vault")
    living_world.lose_credentials("vault")
    living_world.give_back_credentials("vault")
    assert not valid()

    living_world.give_back_credentials("vault")
    assert valid()
    assert changes(living_world) == [("credentials lost", "vault"), ("credentials given back", "vault")]


def test_giving_back_what_was_not_lost_is_refused_and_does_not_make_up_for_a_later_loss(living_world):
    with pytest.raises(ValueError, match="'vault' are not lost"):
        living_world.give_back_credentials("vault")
    assert changes(living_world) == []
    living_world.lose_credentials("vault")

    assert not living_world.backup_locations["vault"].credentials_valid


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda world: world.create_backup(5, "orders"), "backups.name: is 5; expected 1 to 255 printable"),
        (lambda world: world.create_backup("a\nb", "orders"), "backups.a\\nb.name: expected 1 to 255 printable"),
        (
            lambda world: world.create_backup("new", "orders", size_bytes=-1),
            "backups.new.size_bytes: is -1; expected a whole number of at least 0",
        ),
        (
            lambda world: world.create_backup("new", "orders", capabilities={"backup": 2}),
            "backups.new.capabilities: is {'backup': 2}; expected versions by name",
        ),
        (lambda world: world.upgrade_deployment("orders", image=16), "deployments.orders.image: is 16; expected up to"),
        (
            lambda world: world.upgrade_deployment("orders", image="16", image_capabilities=["v1"]),
            "deployments.orders.image_capabilities: is ['v1']; expected versions by name",
        ),
    ],
)
def test_a_change_to_values_that_make_no_sense_is_refused_and_changes_nothing(living_world, change, problem):
    before = (dict(living_world.backups), dict(living_world.deployments), len(living_world.timeline))

    with pytest.raises(InvalidWorld) as caught:
        change(living_world)

    assert str(caught.value).startswith(problem)
    assert (dict(living_world.backups), dict(living_world.deployments), len(living_world.timeline)) == before
