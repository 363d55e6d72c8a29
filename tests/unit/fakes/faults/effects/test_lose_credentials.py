"""Restores from a backup location fail as PENDING ends, as long as its credentials are lost."""

import pytest

from fakes import Backup, BackupLocation, ErrorCode
from fakes.faults.effects.lose_credentials import LoseCredentials
from fakes.faults.errors import InvalidRule

PENDING_ENDS = 3


def outcomes(stage):
    return {
        restore.name: restore.status.error_code.name if restore.status.error_code else restore.status.phase.name
        for restore in stage.world.restores.values()
    }


def test_those_fail_whose_pending_ends_while_they_are_lost(stage):
    stage.inject(LoseCredentials(10), backup_location="vault", at_seconds=20)
    pending_ends_at = {"before": 19, "just after the loss": 21, "just before the end": 29, "after": 31}
    for name, at_seconds in pending_ends_at.items():
        stage.advance_to(at_seconds - PENDING_ENDS)
        stage.create(name)
    stage.advance(1000)

    assert outcomes(stage) == {
        "before": "SUCCESSFUL",
        "just after the loss": "FAILED_BACKUP_CREDENTIAL_SYNC",
        "just before the end": "FAILED_BACKUP_CREDENTIAL_SYNC",
        "after": "SUCCESSFUL",
    }


def test_the_world_tells_of_the_loss_and_of_its_end(stage):
    stage.inject(LoseCredentials(10), backup_location="vault", at_seconds=20)
    stage.advance(100)

    assert stage.fired() == [(20, "lose_credentials", "vault")]
    assert stage.changes() == [(20, "credentials lost"), (30, "credentials given back")]
    assert [event.kind for event in stage.world.timeline] == ["fault", "world", "world"]


def test_without_an_end_they_are_lost_until_the_rule_is_removed(stage):
    active = stage.inject(LoseCredentials(), backup_location="vault")
    stage.advance_to(5000)
    stage.create("one")
    stage.advance(10)
    stage.remove(active)
    stage.create("other")
    stage.advance(1000)

    assert outcomes(stage) == {"one": "FAILED_BACKUP_CREDENTIAL_SYNC", "other": "SUCCESSFUL"}


def test_two_losses_last_until_the_last_one_ends(stage):
    stage.inject(LoseCredentials(10), backup_location="vault", at_seconds=0)
    stage.inject(LoseCredentials(95), backup_location="vault", at_seconds=5)
    stage.advance_to(50)
    stage.create("during the second")
    stage.advance_to(100)
    stage.create("after both")
    stage.advance(1000)

    assert outcomes(stage) == {"during the second": "FAILED_BACKUP_CREDENTIAL_SYNC", "after both": "SUCCESSFUL"}
    assert stage.changes()[:2] == [(0, "credentials lost"), (100, "credentials given back")]


def test_its_end_does_not_give_back_what_was_declared_without(stage_of):
    stage = stage_of(backup_locations=[BackupLocation("vault", credentials_valid=False)])
    stage.inject(LoseCredentials(10), backup_location="vault")
    stage.advance_to(50)
    stage.create()
    stage.advance(1000)

    assert outcomes(stage) == {"copy": "FAILED_BACKUP_CREDENTIAL_SYNC"}


def test_only_its_location_is_hit(stage_of):
    locations = [BackupLocation("vault"), BackupLocation("cellar")]
    backups = [Backup(name, location=name, size_bytes=0) for name in ("vault", "cellar")]
    stage = stage_of(backup_locations=locations, backups=backups)
    stage.inject(LoseCredentials(), backup_location="vault")
    for name in ("vault", "cellar"):
        stage.create(name, backup=name)
    stage.advance(1000)

    assert outcomes(stage) == {"vault": "FAILED_BACKUP_CREDENTIAL_SYNC", "cellar": "SUCCESSFUL"}


def test_a_restore_can_bring_it_about_by_coming_to_a_phase(stage):
    stage.inject(LoseCredentials(10), phase="PENDING", restore="unlucky")
    restore = stage.create("unlucky")
    stage.advance(1000)

    assert stage.fired() == [(1, "lose_credentials", "vault")]
    assert stage.history(restore)[-1] == (PENDING_ENDS, "FAILED")
    assert restore.status.error_code is ErrorCode.FAILED_BACKUP_CREDENTIAL_SYNC


@pytest.mark.parametrize("duration", [0, -1, float("nan"), float("inf")])
def test_a_duration_that_makes_no_sense_is_refused(duration):
    with pytest.raises(InvalidRule) as caught:
        LoseCredentials(duration)

    assert caught.value.key == "duration"
