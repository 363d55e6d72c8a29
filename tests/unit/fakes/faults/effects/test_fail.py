"""A restore fails in the phase, at the place and with the code and message that the rule says."""

import math

import pytest

from fakes import MIB, Backup, Cluster, ErrorCode, Phase
from fakes.faults.effects.fail import Fail
from fakes.faults.errors import InvalidRule


@pytest.mark.parametrize(("at", "seconds"), [(0, 11), (0.1, 14), (0.5, 26), (1, 41)])
def test_it_fails_as_far_into_the_phase_as_asked_for(stage, at, seconds):
    stage.inject(Fail(at=at), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore)[-2:] == [(11, "RESTORING_DATA_SERVICE_DEPLOYMENT"), (seconds, "FAILED")]
    assert stage.fired() == [(seconds, "fail", "copy")]


@pytest.mark.parametrize("phase", [phase.name for phase in Phase if not phase.is_final])
def test_it_can_fail_in_every_live_phase(stage, phase):
    stage.inject(Fail(), phase=phase)
    restore = stage.create()
    stage.advance(1000)

    assert [name for _, name in stage.history(restore)][-2:] == [phase, "FAILED"]


@pytest.mark.parametrize("code", list(ErrorCode))
def test_it_fails_with_the_code_and_the_message_of_the_rule(stage, code):
    stage.inject(Fail(code.name, "disk full"), phase="PENDING")
    restore = stage.create()
    stage.advance(1000)

    assert (restore.status.error_code, restore.status.error_message) == (code, "disk full")


def test_without_a_message_it_names_the_rule(stage):
    stage.inject(Fail(), phase="PENDING", name="broken volume")
    restore = stage.create()
    stage.advance(1000)

    assert restore.status.error_message == "injected by the rule 'broken volume'"
    assert restore.status.error_code is ErrorCode.RESTORE_INTERNAL_ERROR


def test_half_of_a_download_counts_like_half_of_a_time(stage_of):
    cluster = Cluster("east", bandwidth_bytes_per_second=MIB)
    stage = stage_of(clusters=[cluster], backups=[Backup("nightly", size_bytes=15 * MIB)])
    stage.inject(Fail(at=0.5), phase="RESTORING_CLOUDSNAP")
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore)[-1] == (3 + (5 + 15) / 2, "FAILED")


def test_who_waits_in_the_queue_has_not_got_half_way(stage_of):
    stage = stage_of(clusters=[Cluster("east", capacity=1)])
    stage.inject(Fail(at=0.5), phase="PENDING", restore="second")
    stage.inject(Fail(at=0), phase="PENDING", restore="third")
    stage.create("first")
    second, third = stage.create("second"), stage.create("third")
    stage.advance(1000)

    assert stage.history(second)[-1] == (56 + 1, "FAILED")
    assert stage.history(third)[-1] == (1, "FAILED")


def test_what_it_held_of_the_cluster_is_free_at_once(stage_of):
    cluster = Cluster("east", capacity=1, bandwidth_bytes_per_second=MIB)
    stage = stage_of(clusters=[cluster], backups=[Backup("nightly", size_bytes=15 * MIB)])
    stage.inject(Fail(at=0.75), phase="RESTORING_CLOUDSNAP", restore="first")
    stage.create("first")
    second = stage.create("second")
    stage.advance(1000)

    failed_at = 3 + 15
    assert stage.history(second)[2:4] == [
        (failed_at + 2, "RESTORING_CLOUDSNAP"),
        (failed_at + 2 + 20, "RESTORING_DATA_SERVICE_DEPLOYMENT_CR"),
    ]


def test_at_the_end_of_a_phase_it_comes_before_a_natural_failure(stage):
    stage.world.lose_credentials("vault")
    stage.inject(Fail("RESTORE_INTERNAL_ERROR", "first come", at=1), phase="PENDING")
    restore = stage.create()
    stage.advance(1000)

    assert restore.status.error_message == "first come"


def test_of_two_failures_of_one_phase_the_earlier_place_wins(stage):
    stage.inject(Fail(message="late", at=0.9), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    stage.inject(Fail(message="early", at=0.5), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    stage.inject(Fail(message="later", at=0.6), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(1000)

    assert restore.status.error_message == "early"
    assert stage.history(restore)[-1] == (26, "FAILED")


def test_of_two_failures_at_one_place_the_first_rule_wins(stage):
    stage.inject(Fail(message="first"), phase="PENDING")
    stage.inject(Fail(message="second"), phase="PENDING")
    restore = stage.create()
    stage.advance(1000)

    assert restore.status.error_message == "first"


def test_an_unknown_error_code_is_refused_with_what_comes_close():
    with pytest.raises(InvalidRule) as caught:
        Fail("RESTORE_INTERNAL_EROR")

    assert caught.value.key == "error_code"
    assert caught.value.message == "'RESTORE_INTERNAL_EROR' is no error code; did you mean 'RESTORE_INTERNAL_ERROR'?"


def test_the_number_of_an_error_code_is_refused_with_the_names():
    with pytest.raises(InvalidRule, match="expected one of 'DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST'"):
        Fail(ErrorCode.RESTORE_INTERNAL_ERROR)


@pytest.mark.parametrize("at", [-0.01, 1.01, math.nan, math.inf])
def test_a_place_outside_the_phase_is_refused(at):
    with pytest.raises(InvalidRule) as caught:
        Fail(at=at)

    assert caught.value.key == "at"
