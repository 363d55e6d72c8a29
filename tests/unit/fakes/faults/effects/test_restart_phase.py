"""A phase loses its progress and is done all over, with what it has of the cluster."""

import pytest

from fakes import MIB, Backup, Cluster, Constant
from fakes.faults.effects.fail import Fail
from fakes.faults.effects.restart_phase import RestartPhase
from fakes.faults.effects.stall import Stall
from fakes.faults.errors import InvalidRule


@pytest.fixture
def one_by_one(stage_of):
    """A world whose cluster works on one restore at once."""
    return stage_of(clusters=[Cluster("east", capacity=1)])


@pytest.mark.parametrize(("at", "lost"), [(0, 0), (0.2, 6), (0.5, 15), (1, 30)])
def test_what_was_done_is_done_again(stage, undisturbed, at, lost):
    stage.inject(RestartPhase(at), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore) == undisturbed(
        from_phase="DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE", later_seconds=lost
    )
    assert stage.fired() == [(11 + lost, "restart_phase", "copy")]


def test_half_way_is_what_is_meant_unless_told_otherwise():
    assert RestartPhase().at == 0.5


def test_a_restart_in_the_midst_of_shared_bandwidth_gives_its_share_back(stage_of):
    cluster = Cluster("east", bandwidth_bytes_per_second=MIB)
    stage = stage_of(clusters=[cluster], backups=[Backup("nightly", size_bytes=20 * MIB)])
    stage.inject(RestartPhase(0.5), phase="RESTORING_CLOUDSNAP", restore="one")
    one, other = stage.create("one"), stage.create("other")
    stage.advance(1000)

    # Both download from 8 s on, half a MiB a second each. Half of the work of 5 s + 20 MiB is done with 7.5 MiB, at 23.
    # During the next 5 s the other one has all of the link: it has 12.5 MiB then, and shares the last 7.5 until 43.
    # By then the first one has 7.5 MiB again, and the link to itself.
    assert stage.history(other)[3] == (43, "RESTORING_DATA_SERVICE_DEPLOYMENT_CR")
    assert stage.history(one)[3] == (43 + 12.5, "RESTORING_DATA_SERVICE_DEPLOYMENT_CR")


@pytest.mark.parametrize(("at", "lost"), [(0, 0), (0.5, 1), (1, 2)])
def test_in_pending_it_keeps_its_place_and_does_not_wait_for_itself(one_by_one, at, lost):
    one_by_one.inject(RestartPhase(at), phase="PENDING", restore="first")
    first, second = one_by_one.create("first"), one_by_one.create("second")
    one_by_one.advance(1000)

    assert one_by_one.history(first)[-1] == (56 + lost, "SUCCESSFUL")
    assert one_by_one.history(second)[-1] == (56 + lost + 55, "SUCCESSFUL")


def test_in_the_queue_it_does_not_lose_its_turn(one_by_one):
    one_by_one.inject(RestartPhase(0.5), phase="PENDING", restore="second")
    for name in ("first", "second", "third"):
        one_by_one.create(name)
    one_by_one.advance(1000)

    ends = {name: one_by_one.history(one_by_one.world.restores[name])[-1] for name in ("second", "third")}
    assert ends == {"second": (56 + 56, "SUCCESSFUL"), "third": (56 + 56 + 55, "SUCCESSFUL")}


def test_the_phase_stays_the_same_and_nothing_of_the_resource_changes(stage):
    stage.inject(RestartPhase(), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(12)
    before = restore.status
    stage.advance(40)

    assert restore.status is before


def test_what_another_rule_did_before_is_not_repeated(stage):
    stage.inject(Stall(Constant(20), at=0.2), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    stage.inject(RestartPhase(0.5), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore)[-1] == (56 + 20 + 15, "SUCCESSFUL")
    assert stage.fired() == [(17, "stall", "copy"), (46, "restart_phase", "copy")]


def test_what_another_rule_does_later_in_the_phase_still_happens(stage):
    stage.inject(Fail(at=0.8), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    stage.inject(RestartPhase(0.5), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(1000)

    assert stage.history(restore)[-1] == (11 + 15 + 24, "FAILED")


@pytest.mark.parametrize(
    ("at", "count", "lost"), [(1, 2, 60), (1, 40, 1200), (0.5, 2, 15 + 7.5), (0.5, 40, 30), (0, 40, 0)]
)
def test_only_what_was_done_since_the_last_restart_is_lost_by_the_next(stage, at, count, lost):
    for _ in range(count):
        stage.inject(RestartPhase(at), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    restore = stage.create()
    stage.advance(10_000)

    assert stage.history(restore)[-1] == (pytest.approx(56 + lost, abs=1e-3), "SUCCESSFUL")
    assert len(stage.fired()) == count


@pytest.mark.parametrize("at", [-0.01, 1.01])
def test_a_place_outside_the_phase_is_refused(at):
    with pytest.raises(InvalidRule) as caught:
        RestartPhase(at)

    assert caught.value.key == "at"
