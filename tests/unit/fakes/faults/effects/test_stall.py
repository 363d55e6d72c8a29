"""A restore makes no progress for a time or until the rule is removed; it loses nothing and keeps its place."""

import random

import pytest

from fakes import Cluster, Constant, LogNormal, Uniform
from fakes.faults.effects.stall import Stall
from fakes.faults.errors import InvalidRule


@pytest.mark.parametrize(("at", "stalled_at"), [(0, 11), (0.5, 26), (1, 41)])
def test_all_that_follows_comes_later_by_its_time(stage, undisturbed, at, stalled_at):
    stage.inject(Stall(Constant(20), at), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore) == undisturbed(
        from_phase="DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE", later_seconds=20
    )
    assert stage.fired() == [(stalled_at, "stall", "copy")]


def test_without_an_end_it_lasts_until_the_rule_is_removed(stage, undisturbed):
    active = stage.inject(Stall(at=0.5), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(100_026)
    assert restore.status.phase.name == "RESTORING_DATA_SERVICE_DEPLOYMENT"

    stage.remove(active)
    stage.advance(100)

    assert stage.history(restore) == undisturbed(
        from_phase="DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE", later_seconds=100_000
    )


def test_a_removed_rule_lets_a_stall_with_an_end_come_to_it(stage):
    active = stage.inject(Stall(Constant(20)), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(15)
    stage.remove(active)
    stage.advance(1000)

    assert stage.history(restore)[-1] == (76, "SUCCESSFUL")


def test_a_stalled_restore_keeps_its_place_on_the_cluster(stage_of):
    stage = stage_of(clusters=[Cluster("east", capacity=1)])
    stage.inject(Stall(Constant(20)), phase="RESTORING_CLOUDSNAP", restore="first")
    stage.create("first")
    second = stage.create("second")
    stage.advance(1000)

    assert stage.history(second)[2] == (56 + 20 + 2, "RESTORING_CLOUDSNAP")


def test_who_is_stalled_before_the_queue_lets_others_pass(stage_of):
    stage = stage_of(clusters=[Cluster("east", capacity=1)])
    stage.inject(Stall(Constant(20)), phase="PENDING", restore="first")
    first, second = stage.create("first"), stage.create("second")
    stage.advance(1000)

    assert stage.history(second)[-1] == (56, "SUCCESSFUL")
    assert stage.history(first)[-1] == (56 + 55, "SUCCESSFUL")


def test_two_stalls_of_one_phase_add_up(stage):
    stage.inject(Stall(Constant(20), 0.5), phase="RESTORING_DATA_SERVICE_DEPLOYMENT", name="one")
    stage.inject(Stall(Constant(7), 0.5), phase="RESTORING_DATA_SERVICE_DEPLOYMENT", name="other")
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore)[-1] == (56 + 27, "SUCCESSFUL")
    assert [at for at, _, _ in stage.fired()] == [26, 46]


def test_a_drawn_time_is_the_same_in_every_run_with_the_seed(stage_of):
    def ends(seed):
        stage = stage_of(seed=seed)
        stage.inject(Stall(Uniform(0, 100)), phase="PENDING")
        restores = [stage.create(f"copy-{number}") for number in range(4)]
        stage.advance(1000)
        return [stage.history(restore)[-1][0] for restore in restores]

    assert ends(7) == ends(7)
    assert len({*ends(7), *ends(8)}) == 8
    assert all(56 <= end <= 156 for end in ends(7))


def test_a_drawn_time_beyond_all_measure_is_cut_to_a_hundred_years(stage):
    endless = LogNormal(1e300, 100)
    assert endless.sample_seconds(lambda: random.Random(3)) > 1e200
    stage.inject(Stall(endless), phase="PENDING")
    stage.create()
    stage.advance(1000)

    assert stage.world.environment.peek() < 200 * 365.25 * 24 * 3600 * 1e6


@pytest.mark.parametrize("duration", [-1, "5s", True])
def test_what_is_no_duration_is_refused(duration):
    with pytest.raises(InvalidRule, match=r"^duration: is .*; expected a number of seconds from 0, or a duration such"):
        Stall(duration)


@pytest.mark.parametrize("at", [-0.01, 1.01])
def test_a_place_outside_the_phase_is_refused(at):
    with pytest.raises(InvalidRule) as caught:
        Stall(at=at)

    assert caught.value.key == "at"
