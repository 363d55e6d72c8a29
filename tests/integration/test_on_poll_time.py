"""On-poll time lets a polling loop that nobody can change end in as many polls as there are phases."""

import itertools
from datetime import UTC, datetime

import grpc
import pytest

from simulator import Phase, Simulator
from simulator.api import restore_pb2

START = datetime(2025, 1, 1, tzinfo=UTC)
FINAL = (Phase.SUCCESSFUL, Phase.FAILED)
POLLS_TO_SUCCESS = 6
"""Creating shows the first of the seven phases to SUCCESSFUL, each poll one more."""


@pytest.fixture
def sim():
    with Simulator(clock="on_poll", seed=7) as simulator:
        yield simulator


def poll_until_final(fetch):
    """Poll as clients do, and tell what each poll saw."""
    seen = []
    while not seen or seen[-1].status.phase not in FINAL:
        seen.append(fetch())
    return seen


def getting(stub, restore):
    return lambda: stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid))


def listing(stub, restore):
    def fetch():
        listed = stub.ListRestores(restore_pb2.ListRestoresRequest()).restores
        return next(found for found in listed if found.meta.uid == restore.meta.uid)

    return fetch


@pytest.mark.parametrize("fetching", [getting, listing])
def test_a_polling_loop_sees_every_phase_once(sim, stub, create_request, fetching):
    created = stub.CreateRestore(create_request())

    seen = poll_until_final(fetching(stub, created))

    assert len(seen) == POLLS_TO_SUCCESS
    assert created.status.phase == Phase.INITIALIZING
    assert [restore.status.phase for restore in seen] == list(range(Phase.PENDING, Phase.FAILED))
    assert seen[-1].status.completed_at.ToDatetime(tzinfo=UTC) == sim.now


@pytest.mark.parametrize("fetching", [getting, listing])
def test_a_polling_loop_sees_a_failure(stub, create_request, fetching):
    created = stub.CreateRestore(create_request("orders", namespace="shop-prod"))

    seen = poll_until_final(fetching(stub, created))

    assert [Phase(restore.status.phase) for restore in seen] == [
        Phase.PENDING,
        Phase.RESTORING_CLOUDSNAP,
        Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR,
        Phase.FAILED,
    ]


def test_a_polling_loop_ends_while_other_restores_compete(stub, create_request):
    created = [stub.CreateRestore(create_request(f"copy {number}")) for number in range(5)]

    polls = list(itertools.chain.from_iterable(poll_until_final(getting(stub, restore)) for restore in created))

    finals = [restore for restore in polls if restore.status.phase in FINAL]
    assert [restore.status.phase for restore in finals] == [Phase.SUCCESSFUL] * 5
    assert len(polls) <= 5 * POLLS_TO_SUCCESS


def test_the_answer_is_of_the_moment_to_which_the_poll_moved(sim, stub, create_request):
    created = stub.CreateRestore(create_request())

    seen = getting(stub, created)()

    assert seen.meta.update_time.ToDatetime(tzinfo=UTC) == sim.now > START


def test_a_list_is_of_one_moment(sim, stub, create_request):
    for name in ("one", "two"):
        stub.CreateRestore(create_request(name))

    listed = stub.ListRestores(restore_pb2.ListRestoresRequest()).restores

    assert [restore.status.phase for restore in listed] == [Phase.PENDING, Phase.PENDING]
    assert {restore.meta.update_time.ToDatetime(tzinfo=UTC) for restore in listed} == {sim.now}


@pytest.mark.parametrize("fetching", [getting, listing])
def test_polls_of_what_is_final_do_not_move_time(sim, stub, create_request, fetching):
    created = stub.CreateRestore(create_request())
    poll_until_final(getting(stub, created))
    ended = sim.now

    again = fetching(stub, created)()

    assert again.status.phase == Phase.SUCCESSFUL
    assert sim.now == ended


def test_a_poll_of_what_is_final_does_not_move_another_restore(sim, stub, create_request):
    first = stub.CreateRestore(create_request("first"))
    poll_until_final(getting(stub, first))
    second = stub.CreateRestore(create_request("second"))
    created_at = sim.now

    getting(stub, first)()

    assert sim.now == created_at
    assert sim.world.restores[second.meta.uid].status.phase is Phase.INITIALIZING


def test_a_list_that_shows_nothing_live_does_not_move_time(sim, stub, create_request):
    stub.CreateRestore(create_request())
    elsewhere = restore_pb2.ListRestoresRequest(project_id=sim.world.projects["analytics"].uid)
    past_the_end = restore_pb2.ListRestoresRequest(pagination={"page_number": 2})

    assert len(stub.ListRestores(elsewhere).restores) == 0
    assert len(stub.ListRestores(past_the_end).restores) == 0
    assert sim.now == START


def test_creating_and_asking_for_the_matrix_do_not_move_time(sim, stub, create_request):
    stub.CreateRestore(create_request("one"))
    stub.CreateRestore(create_request("two"))
    stub.GetRestorabilityMatrix(restore_pb2.GetRestoreRequest())  # an empty message of any type reads as Empty

    assert sim.now == START


def test_a_poll_that_is_refused_does_not_move_time(sim, stub, create_request):
    stub.CreateRestore(create_request())

    with pytest.raises(grpc.RpcError) as failure:
        stub.GetRestore(restore_pb2.GetRestoreRequest(id="rst:00000000-0000-4000-8000-000000000000"))

    assert failure.value.code() is grpc.StatusCode.NOT_FOUND
    assert sim.now == START
