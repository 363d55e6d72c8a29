"""A restore walks the documented phases, and its fields tell the truth at every moment."""

import itertools

import pytest

from fakes import ANYBODY, ErrorCode, Failure, Phase

LIVE_PHASES = [phase for phase in Phase if not phase.is_final]


@pytest.fixture
def restore(living_world, spec_in):
    """A restore of orders-backup (10 GiB) into shop-staging on west (100 MiB/s), just created."""
    order = spec_in(living_world, "orders-copy", backup="orders-backup", namespace="shop-staging", project="shop")
    return living_world.create_restore(order, ANYBODY)


@pytest.fixture
def statuses(living_world, restore):
    """The status after each transition of a restore that runs to its end."""
    living_world.environment.advance_to(living_world.environment.now_microseconds + 10**10)
    return [event.status for event in living_world.timeline.transitions(restore.uid)]


def test_each_phase_takes_what_is_documented(living_world, restore, advance, history):
    advance(living_world, 1000)

    download = 10 * 1024 / 100
    assert history(living_world, restore) == [
        (0, "INITIALIZING"),
        (1, "PENDING"),
        (3, "RESTORING_CLOUDSNAP"),
        (8 + download, "RESTORING_DATA_SERVICE_DEPLOYMENT_CR"),
        (11 + download, "RESTORING_DATA_SERVICE_DEPLOYMENT"),
        (41 + download, "DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE"),
        (56 + download, "SUCCESSFUL"),
    ]


def test_a_phase_is_reached_at_exactly_its_time(living_world, restore, advance):
    advance(living_world, 0.999_999)
    assert restore.status.phase is Phase.INITIALIZING

    advance(living_world, 0.000_001)
    assert restore.status.phase is Phase.PENDING


def test_a_new_restore_is_initializing_and_nothing_else(living_world, restore):
    status = restore.status

    assert status.phase is Phase.INITIALIZING
    assert status.revision == 1
    assert status.updated_at_microseconds == restore.created_at_microseconds
    assert restore.created_at_microseconds == living_world.environment.now_microseconds
    assert (status.started_at_microseconds, status.completed_at_microseconds) == (None, None)
    assert (status.error_code, status.error_message) == (None, "")


def test_a_restore_has_started_when_pending_ends(statuses):
    started = {status.phase: status.started_at_microseconds for status in statuses}
    arrival = next(status.updated_at_microseconds for status in statuses if status.phase is Phase.RESTORING_CLOUDSNAP)

    assert started == {phase: arrival if phase > Phase.PENDING else None for phase in started}


def test_a_restore_is_completed_only_at_its_end(statuses):
    assert [status.completed_at_microseconds for status in statuses[:-1]] == [None] * 6
    assert statuses[-1].completed_at_microseconds == statuses[-1].updated_at_microseconds


def test_the_cluster_has_the_resource_from_pending_on(statuses):
    assert {status.phase: status.reached_cluster for status in statuses} == {
        status.phase: status.phase >= Phase.PENDING for status in statuses
    }


def test_a_success_has_no_error(statuses):
    assert {(status.error_code, status.error_message) for status in statuses} == {(None, "")}


def test_each_change_is_a_new_version_with_its_time(living_world, restore, statuses):
    times = [event.at_microseconds for event in living_world.timeline.transitions(restore.uid)]

    assert [status.revision for status in statuses] == [1, 2, 3, 4, 5, 6, 7]
    assert [status.updated_at_microseconds for status in statuses] == times


def test_transitions_tell_where_the_restore_came_from(living_world, restore, statuses):
    transitions = living_world.timeline.transitions(restore.uid)

    assert transitions[0].from_ is None
    assert [(one.status.phase, other.from_) for one, other in itertools.pairwise(transitions)] == [
        (phase, phase) for phase in LIVE_PHASES
    ]
    assert restore.status is statuses[-1]


def test_time_changes_nothing_but_the_status(living_world, restore, advance):
    def fixed():
        return (restore.spec, restore.uid, restore.deployment, restore.custom_resource_name, restore.resource_names)

    before = fixed()
    advance(living_world, 1000)

    assert fixed() == before


def test_a_status_that_was_read_stays_as_it_was(living_world, restore, advance):
    status = restore.status
    advance(living_world, 1000)

    assert status.phase is Phase.INITIALIZING
    assert restore.status.phase is Phase.SUCCESSFUL


def test_a_success_creates_the_deployment_in_the_destination_namespace(living_world, restore, advance):
    source = living_world.deployments["orders"]
    advance(living_world, 158.399_999)
    assert restore.deployment not in living_world.deployments

    advance(living_world, 0.000_001)

    deployment = living_world.deployments[restore.deployment]
    assert deployment.name == "orders-copy"
    assert deployment.namespace == living_world.namespaces["shop-staging"].uid
    assert deployment.project == living_world.projects["shop"].uid
    assert (deployment.data_service, deployment.image) == (source.data_service, source.image)
    assert deployment.image_capabilities == source.image_capabilities


def test_the_new_deployment_is_in_the_timeline_just_before_the_success(living_world, restore, advance):
    advance(living_world, 1000)

    created, succeeded = living_world.timeline[-2:]
    assert created.fields() == {"change": "deployment created", "uid": restore.deployment, "name": "orders-copy"}
    assert succeeded.status.phase is Phase.SUCCESSFUL
    assert created.at_microseconds == succeeded.at_microseconds


def test_a_restore_succeeds_though_the_deployment_that_was_backed_up_is_gone(living_world, restore, advance):
    living_world.delete_deployment("orders")
    advance(living_world, 1000)

    assert restore.status.phase is Phase.SUCCESSFUL
    assert living_world.deployments[restore.deployment].data_service == "PostgreSQL"


@pytest.mark.parametrize("seconds", [0, 1, 3, 50, 111, 120, 150])
def test_a_restore_can_be_failed_from_any_live_phase(living_world, restore, advance, seconds):
    advance(living_world, seconds)
    before = restore.status

    living_world.engine.fail(restore, Failure(ErrorCode.RESTORE_INTERNAL_ERROR, "pod was killed"))

    status = restore.status
    assert (status.phase, status.error_code) == (Phase.FAILED, ErrorCode.RESTORE_INTERNAL_ERROR)
    assert status.error_message == "pod was killed"
    assert status.completed_at_microseconds == living_world.environment.now_microseconds
    assert status.revision == before.revision + 1
    assert status.started_at_microseconds == before.started_at_microseconds
    assert living_world.timeline.transitions(restore.uid)[-1].from_ is before.phase


@pytest.mark.parametrize("seconds", [0, 2, 50, 120])
def test_a_failed_restore_never_changes_again(living_world, restore, advance, seconds):
    advance(living_world, seconds)
    living_world.engine.fail(restore, Failure(ErrorCode.RESTORE_INTERNAL_ERROR, "pod was killed"))
    status = restore.status

    advance(living_world, 10_000)

    assert restore.status is status
    assert restore.deployment not in living_world.deployments


def test_a_final_restore_cannot_be_failed(living_world, restore, advance):
    advance(living_world, 1000)

    with pytest.raises(ValueError, match=r"'orders-copy' .* is SUCCESSFUL, which is final"):
        living_world.engine.fail(restore, Failure(ErrorCode.RESTORE_INTERNAL_ERROR, "too late"))


def test_nothing_is_left_to_happen_after_the_end(living_world, restore, advance):
    advance(living_world, 1000)

    assert restore.status.phase is Phase.SUCCESSFUL
    assert living_world.environment.peek() == float("inf")
