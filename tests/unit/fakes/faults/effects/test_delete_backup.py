"""A backup is deleted at a time or when a restore comes to a phase; who still needs its cloudsnap fails."""

import pytest

from fakes import ErrorCode
from fakes.faults.effects.delete_backup import DeleteBackup

CLOUDSNAP_ENDS = 8


@pytest.mark.parametrize(
    ("at_seconds", "end"),
    [
        (0.5, (CLOUDSNAP_ENDS, "FAILED")),
        (CLOUDSNAP_ENDS - 0.001, (CLOUDSNAP_ENDS, "FAILED")),
        (CLOUDSNAP_ENDS + 0.001, (56, "SUCCESSFUL")),
    ],
)
def test_restores_that_still_need_it_fail(stage, at_seconds, end):
    stage.inject(DeleteBackup(), backup="nightly", at_seconds=at_seconds)
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore)[-1] == end
    assert stage.fired() == [(at_seconds, "delete_backup", "nightly")]
    assert "nightly" not in stage.world.backups


def test_who_fails_is_told_that_the_cloudsnap_is_gone(stage):
    stage.inject(DeleteBackup(), backup="nightly", at_seconds=5)
    restore = stage.create()
    stage.advance(1000)

    assert restore.status.error_code is ErrorCode.RESTORE_INTERNAL_ERROR
    assert f"cloudsnap {restore.cloudsnap} of backup 'nightly' not found" in restore.status.error_message


def test_a_restore_can_bring_it_about_by_coming_to_a_phase(stage):
    stage.inject(DeleteBackup(), phase="RESTORING_CLOUDSNAP", restore="unlucky")
    restore = stage.create("unlucky")
    stage.advance(1000)

    assert stage.history(restore)[-1] == (CLOUDSNAP_ENDS, "FAILED")


def test_deleting_twice_does_no_harm(stage):
    for name in ("first", "second"):
        stage.inject(DeleteBackup(), phase="RESTORING_CLOUDSNAP", restore=name)
        stage.create(name)
    stage.advance(1000)

    assert [restore.status.phase.name for restore in stage.world.restores.values()] == ["FAILED", "FAILED"]
    assert stage.fired() == [(3, "delete_backup", "nightly")] * 2
    assert [event.change for event in stage.world.timeline if event.kind == "world"] == ["backup deleted"]


def test_a_backup_that_somebody_has_deleted_is_left_alone(stage):
    stage.inject(DeleteBackup(), backup="nightly", at_seconds=5)
    stage.world.delete_backup("nightly")
    stage.advance(10)

    assert stage.fired() == []


def test_removing_the_rule_does_not_bring_the_backup_back(stage):
    active = stage.inject(DeleteBackup(), backup="nightly")
    stage.remove(active)

    assert "nightly" not in stage.world.backups
