"""A cluster works on so many restores at once; the others wait in PENDING, first come, first served."""

import pytest

from fakes import ANYBODY, MIB, Backup, Cluster, Constant, Deployment, ErrorCode, Failure, Namespace, Phase


@pytest.fixture
def narrow(declare, set_going):
    """A world whose only cluster works on two restores at once."""
    return set_going(declare(clusters=[Cluster("east", capacity=2)]))


@pytest.fixture
def create(spec_in):
    def make(world, name, **references):
        return world.create_restore(spec_in(world, name, **references), ANYBODY)

    return make


def arrivals(history, world, restores, phase):
    return [next(at for at, name in history(world, restore) if name == phase.name) for restore in restores]


def test_as_many_as_there_is_room_for_go_on_and_the_others_wait(narrow, create, advance):
    restores = [create(narrow, f"copy-{number}") for number in range(5)]
    advance(narrow, 30)

    assert [restore.status.phase.name for restore in restores] == [
        "RESTORING_DATA_SERVICE_DEPLOYMENT",
        "RESTORING_DATA_SERVICE_DEPLOYMENT",
        "PENDING",
        "PENDING",
        "PENDING",
    ]


def test_waiting_comes_on_top_of_what_pending_takes(narrow, create, advance, history):
    restores = [create(narrow, f"copy-{number}") for number in range(5)]
    advance(narrow, 1000)

    # A restore without a download has room for 55 s: from the beginning of its 2 s in PENDING to its end.
    assert arrivals(history, narrow, restores, Phase.RESTORING_CLOUDSNAP) == [3, 3, 58, 58, 113]
    assert arrivals(history, narrow, restores, Phase.SUCCESSFUL) == [56, 56, 111, 111, 166]


def test_who_waits_has_not_started(narrow, create, advance):
    waiting = [create(narrow, f"copy-{number}") for number in range(3)][2]
    advance(narrow, 50)

    assert waiting.status.started_at_microseconds is None
    assert waiting.status.reached_cluster


def test_first_come_first_served(declare, set_going, create, advance, history):
    world = set_going(declare(clusters=[Cluster("east", capacity=1)]))
    restores = []
    for number in range(6):
        restores.append(create(world, f"copy-{number}"))
        advance(world, 0.5)
    advance(world, 1000)

    started = arrivals(history, world, restores, Phase.RESTORING_CLOUDSNAP)
    assert started == sorted(started)
    assert started == [3 + 55 * number for number in range(6)]


def test_a_failure_makes_room_at_once(narrow, create, advance, history):
    restores = [create(narrow, f"copy-{number}") for number in range(3)]
    advance(narrow, 20)

    narrow.engine.fail(restores[0], Failure(ErrorCode.RESTORE_INTERNAL_ERROR, "pod was killed"))
    advance(narrow, 1000)

    assert arrivals(history, narrow, restores[2:], Phase.RESTORING_CLOUDSNAP) == [22]


def test_a_natural_failure_makes_room_at_once(declare, set_going, create, advance, history):
    world = set_going(declare(clusters=[Cluster("east", capacity=1)]))
    doomed, waiting = create(world, "orders"), create(world, "copy")
    advance(world, 1000)

    failed_at = history(world, doomed)[-1]
    assert failed_at == (11, "FAILED")
    assert arrivals(history, world, [waiting], Phase.RESTORING_CLOUDSNAP) == [13]


def test_who_fails_while_waiting_leaves_the_queue(narrow, create, advance, history):
    restores = [create(narrow, f"copy-{number}") for number in range(4)]
    advance(narrow, 20)

    narrow.engine.fail(restores[2], Failure(ErrorCode.RESTORE_INTERNAL_ERROR, "pod was killed"))
    narrow.engine.fail(restores[0], Failure(ErrorCode.RESTORE_INTERNAL_ERROR, "pod was killed"))
    advance(narrow, 1000)

    assert arrivals(history, narrow, [restores[3]], Phase.RESTORING_CLOUDSNAP) == [22]


def test_clusters_have_room_of_their_own(declare, set_going, create, advance):
    world = set_going(
        declare(
            clusters=[Cluster("east", capacity=1), Cluster("west", capacity=1)],
            namespaces=[
                Namespace("east-prod", cluster="east", projects=["shop"]),
                Namespace("west-prod", cluster="west", projects=["shop"]),
            ],
            deployments=[Deployment("orders", namespace="east-prod", data_service="PostgreSQL")],
        )
    )
    restores = [create(world, "copy", namespace=namespace) for namespace in ("east-prod", "west-prod")]
    advance(world, 56)

    assert [restore.status.phase for restore in restores] == [Phase.SUCCESSFUL, Phase.SUCCESSFUL]


def test_downloads_on_one_cluster_share_its_bandwidth(declare, set_going, create, advance, history):
    world = set_going(
        declare(
            clusters=[Cluster("east", bandwidth_bytes_per_second=MIB)],
            backups=[Backup("nightly", size_bytes=10 * MIB)],
        )
    )
    first = create(world, "first")
    advance(world, 5)
    second = create(world, "second")
    advance(world, 1000)

    # Each alone would need 10 s; the second begins when the first is half done.
    assert arrivals(history, world, [first, second], Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR) == [8 + 15, 8 + 20]


def test_a_failure_in_mid_download_gives_its_share_to_the_others(declare, set_going, create, advance, history):
    world = set_going(
        declare(
            clusters=[Cluster("east", bandwidth_bytes_per_second=MIB)],
            backups=[Backup("nightly", size_bytes=10 * MIB)],
        )
    )
    first, second = create(world, "first"), create(world, "second")
    advance(world, 8 + 4)

    world.engine.fail(first, Failure(ErrorCode.RESTORE_INTERNAL_ERROR, "pod was killed"))
    advance(world, 1000)

    assert arrivals(history, world, [second], Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR) == [8 + 4 + 8]


def test_downloads_on_different_clusters_do_not_share(living_world, create, advance, history):
    on_east = create(living_world, "copy", backup="carts-backup", namespace="shop-prod")
    on_west = create(living_world, "copy", backup="carts-backup", namespace="shop-staging")
    advance(living_world, 1000)

    phase = Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR
    assert arrivals(history, living_world, [on_east, on_west], phase) == [13.12, 18.24]


def test_an_empty_backup_needs_no_bandwidth(narrow, create, advance, history):
    restore = create(narrow, "copy")
    advance(narrow, 1000)

    assert arrivals(history, narrow, [restore], Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR) == [8]


def test_a_queue_of_those_that_take_no_time_is_worked_off_in_one_moment(declare, set_going, create, advance):
    nothing = dict.fromkeys((phase for phase in Phase if not phase.is_final), Constant(0))
    world = set_going(declare(durations=nothing, clusters=[Cluster("east", capacity=1)]))
    restores = [create(world, f"copy-{number}") for number in range(20)]

    advance(world, 0)

    assert {restore.status.phase for restore in restores} == {Phase.SUCCESSFUL}
