"""While the agent of a cluster is gone nothing on it progresses, and afterwards exactly what remained is done."""

import math

import pytest

from fakes import MIB, Backup, Cluster
from fakes.faults.effects.outage import Outage
from fakes.faults.effects.stall import Stall
from fakes.faults.errors import InvalidRule


@pytest.fixture
def patient(stage_of):
    """A world like the smallest one, whose cluster has time until it gives its restores up."""
    return stage_of(clusters=[Cluster("east", heartbeat_limit_seconds=10_000)])


@pytest.mark.parametrize(
    ("begins", "frozen_in"),
    [
        (0.25, "INITIALIZING"),
        (1.5, "PENDING"),
        (7.999_999, "RESTORING_CLOUDSNAP"),
        (8.000_001, "RESTORING_DATA_SERVICE_DEPLOYMENT_CR"),
        (40, "RESTORING_DATA_SERVICE_DEPLOYMENT"),
        (55.999_999, "DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE"),
    ],
)
def test_all_that_was_to_come_comes_later_by_its_duration(patient, undisturbed, begins, frozen_in):
    patient.inject(Outage(123.456_789), cluster="east", at_seconds=begins)
    restore = patient.create()
    patient.advance(begins + 123)
    assert restore.status.phase.name == frozen_in
    patient.advance(1000)

    expected = undisturbed()
    arrived = [name for _, name in expected].index(frozen_in) + 1
    later = [(round(at + 123.456_789, 6), name) for at, name in expected[arrived:]]
    assert patient.history(restore) == expected[:arrived] + later


def test_downloads_that_share_the_bandwidth_go_on_with_the_bytes_that_were_missing(stage_of):
    cluster = Cluster("east", bandwidth_bytes_per_second=MIB)
    backups = [Backup("small", size_bytes=10 * MIB), Backup("large", size_bytes=20 * MIB)]
    stage = stage_of(clusters=[cluster], backups=backups)
    stage.inject(Outage(100), cluster="east", at_seconds=18)
    small, large = stage.create("one", backup="small"), stage.create("other", backup="large")
    stage.advance(1000)

    # Both download from 8 s on. Without the outage the small one has its 10 MiB at 28, and the large one then has the
    # link to itself for the 10 MiB that it still misses.
    assert stage.history(small)[3] == (128, "RESTORING_DATA_SERVICE_DEPLOYMENT_CR")
    assert stage.history(large)[3] == (138, "RESTORING_DATA_SERVICE_DEPLOYMENT_CR")


def test_the_queue_for_capacity_stands_still_and_keeps_its_order(stage_of):
    stage = stage_of(clusters=[Cluster("east", capacity=1)])
    stage.inject(Outage(100), cluster="east", at_seconds=10)
    restores = [stage.create(name) for name in ("first", "second", "third")]
    stage.advance(50)
    late = stage.create("late")
    stage.advance(1000)

    ends = [stage.history(restore)[-1] for restore in (*restores, late)]
    assert ends == [(156 + 55 * number, "SUCCESSFUL") for number in range(4)]


def test_a_restore_that_is_created_meanwhile_waits_and_then_begins(patient):
    patient.inject(Outage(100), cluster="east")
    patient.advance(40)
    restore = patient.create()
    patient.advance(59.999)
    assert restore.status.phase.name == "INITIALIZING"
    patient.advance(1000)

    assert patient.history(restore)[1:3] == [(101, "PENDING"), (103, "RESTORING_CLOUDSNAP")]
    assert patient.history(restore)[-1] == (156, "SUCCESSFUL")


@pytest.mark.parametrize(
    ("one", "other", "frozen"),
    [
        ((12, 30), (32, 40), (12, 72)),
        ((32, 40), (12, 30), (12, 72)),
        ((12, 60), (20, 10), (12, 72)),
        ((12, 60), (12, 60), (12, 72)),
        ((12, 10), (22, 20), (12, 42)),
    ],
    ids=["overlapping", "in the other order", "one within the other", "at once", "one right after the other"],
)
def test_two_outages_last_from_the_beginning_of_the_first_to_the_end_of_the_last(patient, one, other, frozen):
    for begins, lasts in (one, other):
        patient.inject(Outage(lasts), cluster="east", at_seconds=begins)
    restore = patient.create()
    patient.advance(1000)

    begins, ends = frozen
    assert patient.history(restore)[-1] == (56 + ends - begins, "SUCCESSFUL")
    told = patient.changes()
    assert told[0] == (begins, "cluster disconnected")
    assert (ends, "cluster reconnected") in told
    assert [change for _, change in told[:-1]] == ["cluster disconnected", "cluster reconnected"] * (len(told) // 2)


def test_two_outages_with_a_time_between_freeze_twice(patient):
    patient.inject(Outage(10), cluster="east", at_seconds=12)
    patient.inject(Outage(20), cluster="east", at_seconds=30)
    restore = patient.create()
    patient.advance(1000)

    assert patient.history(restore)[-1] == (56 + 30, "SUCCESSFUL")


@pytest.mark.parametrize(
    ("pattern", "hit"),
    [("east", ["east"]), ("w*", ["west"]), ("*", ["east", "west"]), (["west", "east"], ["east", "west"])],
)
def test_the_clusters_are_hit_that_match(default_stage, pattern, hit):
    default_stage.inject(Outage(100), cluster=pattern)
    restores = {
        "east": default_stage.create(namespace="shop-prod"),
        "west": default_stage.create(namespace="shop-staging"),
    }
    default_stage.advance(50)

    assert [name for _, _, name in default_stage.fired()] == hit
    assert [name for name, restore in restores.items() if restore.status.phase.name == "INITIALIZING"] == hit


def test_without_an_end_it_lasts_until_the_rule_is_removed(patient):
    active = patient.inject(Outage(), cluster="east", at_seconds=20)
    restore = patient.create()
    patient.advance(520)
    patient.remove(active)
    patient.advance(1000)

    assert patient.history(restore)[-1] == (56 + 500, "SUCCESSFUL")


def test_a_removed_rule_ends_an_outage_before_its_time_once(patient):
    active = patient.inject(Outage(500), cluster="east", at_seconds=20)
    other = patient.inject(Outage(100), cluster="east", at_seconds=25)
    restore = patient.create()
    patient.advance(30)
    patient.remove(active)
    patient.advance(2000)

    assert patient.history(restore)[-1] == (56 + 105, "SUCCESSFUL")
    assert other.fired_count == 1


def test_a_rule_that_is_removed_before_its_time_does_nothing(patient):
    active = patient.inject(Outage(500), cluster="east", at_seconds=20)
    restore = patient.create()
    patient.advance(10)
    patient.remove(active)
    patient.advance(1000)

    assert patient.history(restore)[-1] == (56, "SUCCESSFUL")
    assert patient.fired() == []


def test_a_time_that_has_passed_means_at_once(patient):
    restore = patient.create()
    patient.advance(20)
    patient.inject(Outage(100), cluster="east", at_seconds=5)
    patient.advance(1000)

    assert patient.history(restore)[-1] == (56 + 100, "SUCCESSFUL")


def test_a_restore_can_bring_it_about_by_coming_to_a_phase(patient):
    patient.inject(Outage(100), cluster="east", phase="RESTORING_CLOUDSNAP", restore="unlucky", times=1)
    restore, other = patient.create("unlucky"), patient.create("other")
    patient.advance(1000)

    assert patient.fired() == [(3, "outage", "east")]
    assert patient.history(restore)[3] == (3 + 100 + 5, "RESTORING_DATA_SERVICE_DEPLOYMENT_CR")
    assert patient.history(other)[-1] == (156, "SUCCESSFUL")


def test_what_goes_on_first_can_bring_the_next_one_about_before_others_go_on(patient):
    held = patient.inject(Stall(at=1), phase="RESTORING_CLOUDSNAP", restore="first")
    patient.inject(Outage(100), cluster="east", phase="RESTORING_DATA_SERVICE_DEPLOYMENT_CR", restore="first")
    patient.create("first")
    other = patient.create("other")
    patient.advance(20)
    patient.world.disconnect_cluster("east")
    patient.remove(held)
    patient.advance(50)
    patient.world.reconnect_cluster("east")
    patient.advance(1000)

    assert patient.history(other)[-1] == (56 + 50 + 100, "SUCCESSFUL")


def test_who_reconnects_the_cluster_by_hand_is_not_in_the_way_of_its_end(patient):
    patient.inject(Outage(100), cluster="east", at_seconds=20)
    restore = patient.create()
    patient.advance(30)
    patient.world.reconnect_cluster("east")
    patient.advance(1000)

    assert patient.history(restore)[-1] == (56 + 10, "SUCCESSFUL")


@pytest.mark.parametrize("duration", [0, -1, math.nan, math.inf, 1e305])
def test_a_duration_that_makes_no_sense_is_refused(duration):
    with pytest.raises(InvalidRule, match=r"^duration: is .*; expected a number of seconds above 0"):
        Outage(duration)
