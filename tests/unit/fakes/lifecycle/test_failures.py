"""What goes wrong on a cluster ends a restore at the end of its phase, with the code and message that tell why."""

import pytest

from fakes import ANYBODY, Backup, BackupLocation, ErrorCode, Phase


@pytest.fixture
def create(living_world, spec_in):
    """Creates a restore of carts-backup into shop-staging: its download takes from 8 s to 18.24 s."""

    def make(name="carts-copy"):
        order = spec_in(living_world, name, backup="carts-backup", namespace="shop-staging", project="shop")
        return living_world.create_restore(order, ANYBODY)

    return make


def outcome(restore):
    return (restore.status.phase, restore.status.error_code, restore.status.error_message)


def test_lost_credentials_fail_a_restore_at_the_end_of_pending(living_world, create, advance, history):
    living_world.lose_credentials("vault")
    restore = create()
    advance(living_world, 1000)

    assert history(living_world, restore) == [(0, "INITIALIZING"), (1, "PENDING"), (3, "FAILED")]
    assert outcome(restore) == (
        Phase.FAILED,
        ErrorCode.FAILED_BACKUP_CREDENTIAL_SYNC,
        "credentials of backup location 'vault' did not sync to target cluster 'west'",
    )


def test_a_restore_that_failed_in_pending_never_started(living_world, create, advance):
    living_world.lose_credentials("vault")
    restore = create()
    advance(living_world, 1000)

    assert restore.status.started_at_microseconds is None
    assert restore.status.completed_at_microseconds == restore.created_at_microseconds + 3_000_000
    assert restore.status.reached_cluster


def test_credentials_that_are_back_before_pending_ends_do_no_harm(living_world, create, advance):
    living_world.lose_credentials("vault")
    restore = create()
    advance(living_world, 2)
    living_world.give_back_credentials("vault")
    advance(living_world, 1000)

    assert restore.status.phase is Phase.SUCCESSFUL


def test_credentials_that_are_lost_after_pending_do_no_harm(living_world, create, advance):
    restore = create()
    advance(living_world, 3)
    living_world.lose_credentials("vault")
    advance(living_world, 1000)

    assert restore.status.phase is Phase.SUCCESSFUL


@pytest.mark.parametrize("seconds", [0, 2, 5, 10, 18.239_999])
def test_a_backup_deleted_before_or_during_the_download_fails_the_restore_at_its_end(
    living_world, create, advance, history, seconds
):
    restore = create()
    advance(living_world, seconds)
    backup = living_world.delete_backup("carts-backup")
    advance(living_world, 1000)

    assert history(living_world, restore)[-2:] == [(3, "RESTORING_CLOUDSNAP"), (18.24, "FAILED")]
    assert outcome(restore) == (
        Phase.FAILED,
        ErrorCode.RESTORE_INTERNAL_ERROR,
        f"cloudsnap {backup.cloudsnap} of backup 'carts-backup' not found in the backup location",
    )


def test_a_backup_deleted_after_the_download_is_not_missed(living_world, create, advance):
    restore = create()
    advance(living_world, 18.24)
    living_world.delete_backup("carts-backup")
    advance(living_world, 1000)

    assert restore.status.phase is Phase.SUCCESSFUL


def test_another_backup_that_is_deleted_does_no_harm(living_world, create, advance):
    restore = create()
    living_world.delete_backup("orders-backup")
    advance(living_world, 1000)

    assert restore.status.phase is Phase.SUCCESSFUL


@pytest.fixture
def create_over_orders(living_world, spec_in):
    """Creates a restore named like the deployment orders, in the same namespace."""

    def make():
        order = spec_in(living_world, "orders", backup="carts-backup", namespace="shop-prod", project="shop")
        return living_world.create_restore(order, ANYBODY)

    return make


def test_a_deployment_of_that_name_fails_the_restore_when_its_manifest_is_there(
    living_world, create_over_orders, advance, history
):
    in_the_way = living_world.deployments["orders"].uid
    restore = create_over_orders()
    advance(living_world, 1000)

    assert history(living_world, restore)[-2:] == [
        (13.12, "RESTORING_DATA_SERVICE_DEPLOYMENT_CR"),
        (16.12, "FAILED"),
    ]
    assert outcome(restore) == (
        Phase.FAILED,
        ErrorCode.DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST,
        f"data service deployment 'orders' ({in_the_way}) already exists in namespace 'shop-prod'",
    )


def test_a_failed_restore_leaves_the_deployment_alone(living_world, create_over_orders, advance):
    before = living_world.deployments["orders"]
    restore = create_over_orders()
    advance(living_world, 1000)

    assert living_world.deployments.named("orders") == [before]
    assert restore.deployment not in living_world.deployments


def test_a_deployment_that_is_deleted_in_time_is_not_in_the_way(living_world, create_over_orders, advance):
    restore = create_over_orders()
    advance(living_world, 16)
    living_world.delete_deployment("orders")
    advance(living_world, 1000)

    assert restore.status.phase is Phase.SUCCESSFUL


def test_a_deployment_of_that_name_in_another_namespace_is_not_in_the_way(living_world, create, advance):
    restore = create("orders")
    advance(living_world, 1000)

    assert restore.status.phase is Phase.SUCCESSFUL


def test_a_second_restore_of_the_same_name_finds_the_deployment_of_the_first(living_world, create, advance):
    first = create()
    advance(living_world, 1000)
    second = create()
    advance(living_world, 1000)

    assert first.status.phase is Phase.SUCCESSFUL
    assert outcome(second)[:2] == (Phase.FAILED, ErrorCode.DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST)
    assert first.deployment in outcome(second)[2]


def test_what_fails_first_is_what_is_told(living_world, create, advance):
    living_world.lose_credentials("vault")
    restore = create()
    living_world.delete_backup("carts-backup")
    advance(living_world, 1000)

    assert restore.status.error_code is ErrorCode.FAILED_BACKUP_CREDENTIAL_SYNC


def test_the_credentials_of_another_location_are_not_needed(declare, set_going, spec_in, advance):
    world = set_going(
        declare(
            backup_locations=[BackupLocation("vault"), BackupLocation("cellar")],
            backups=[Backup("nightly", location="vault", size_bytes=0)],
        )
    )
    world.lose_credentials("cellar")
    restore = world.create_restore(spec_in(world), ANYBODY)
    advance(world, 1000)

    assert restore.status.phase is Phase.SUCCESSFUL


def test_a_location_can_be_declared_without_credentials(declare, set_going, spec_in, advance):
    world = set_going(declare(backup_locations=[BackupLocation("vault", credentials_valid=False)]))
    restore = world.create_restore(spec_in(world), ANYBODY)
    advance(world, 1000)

    assert restore.status.error_code is ErrorCode.FAILED_BACKUP_CREDENTIAL_SYNC
