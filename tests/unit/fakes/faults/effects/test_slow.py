"""Work takes a factor longer or shorter, downloads too; waiting does not."""

import math

import pytest

from fakes import MIB, Backup, Cluster, Constant
from fakes.faults.effects.slow import Slow
from fakes.faults.effects.stall import Stall
from fakes.faults.errors import InvalidRule


@pytest.mark.parametrize(("factor", "later"), [(3, 60), (1.1, 3), (0.5, -15), (1e-9, -30), (1, 0)])
def test_a_phase_takes_so_many_times_as_long(stage, undisturbed, factor, later):
    stage.inject(Slow(factor), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore) == undisturbed(
        from_phase="DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE", later_seconds=later
    )


@pytest.mark.parametrize("factor", [4, 0.25])
def test_a_download_takes_so_many_times_as_long(stage_of, factor):
    cluster = Cluster("east", bandwidth_bytes_per_second=MIB)
    stage = stage_of(clusters=[cluster], backups=[Backup("nightly", size_bytes=16 * MIB)])
    stage.inject(Slow(factor), phase="RESTORING_CLOUDSNAP")
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore)[3] == (3 + (5 + 16) * factor, "RESTORING_DATA_SERVICE_DEPLOYMENT_CR")


def test_a_whole_cluster_can_be_slow(stage_of):
    stage = stage_of()
    stage.inject(Slow(2), cluster="east")
    restore = stage.create()
    stage.advance(1000)

    assert [at for at, _ in stage.history(restore)] == [0, 2, 6, 16, 22, 82, 112]
    assert [at for at, _, _ in stage.fired()] == [0, 2, 6, 16, 22, 82]


def test_the_queue_for_capacity_is_not_stretched(stage_of):
    stage = stage_of(clusters=[Cluster("east", capacity=1)])
    stage.inject(Slow(10), phase="PENDING", restore="second")
    stage.create("first")
    second = stage.create("second")
    stage.advance(1000)

    assert stage.history(second)[2] == (56 + 20, "RESTORING_CLOUDSNAP")


def test_a_stall_is_not_stretched(stage):
    stage.inject(Stall(Constant(20)), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    stage.inject(Slow(2), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore)[-1] == (56 + 20 + 30, "SUCCESSFUL")


def test_two_factors_multiply(stage):
    stage.inject(Slow(4), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    stage.inject(Slow(0.5), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore)[-1] == (56 + 30, "SUCCESSFUL")


def test_even_the_greatest_factors_together_are_a_time_that_a_clock_can_tell(stage):
    for _ in range(3):
        stage.inject(Slow(1_000_000))
    restore = stage.create()
    stage.advance(1000)

    assert restore.status.phase.name == "INITIALIZING"


@pytest.mark.parametrize("factor", [0, -1, math.nan, math.inf, 1_000_001])
def test_a_factor_that_makes_no_sense_is_refused(factor):
    with pytest.raises(InvalidRule, match=r"^factor: is .*; expected a number above 0, at most 1,000,000$"):
        Slow(factor)
