"""A stale answer is, byte by byte, the answer of that time, even that there was no such restore yet."""

import grpc
import pytest

from simulator import Phase, Simulator, faults
from simulator.api import restore_pb2, sort_pb2


def get(stub, restore):
    return stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid))


def list_all(stub, **request):
    return stub.ListRestores(restore_pb2.ListRestoresRequest(**request))


@pytest.mark.parametrize("age", [5, 30, 47.25, 100, 199])
def test_a_get_answers_what_it_answered_then(sim, stub, create_request, age):
    sim.inject(faults.fail("RESTORE_INTERNAL_ERROR", "late", at=0.5), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    sim.advance(1)
    restore = stub.CreateRestore(create_request())
    sim.advance(200 - age)
    then = get(stub, restore)
    sim.advance(age)
    assert get(stub, restore).status.phase == Phase.FAILED

    sim.inject(faults.stale(age), method="GetRestore", times=1)

    assert get(stub, restore) == then
    assert get(stub, restore).status.phase == Phase.FAILED


def test_a_list_answers_what_it_answered_then(sim, stub, create_request):
    request = {
        "sort": sort_pb2.Sort(sort_by=sort_pb2.SortBy.PHASE, sort_order=sort_pb2.SortOrder.DESC),
        "pagination": {"page_number": 1, "page_size": 3},
    }
    answers = {}
    for number in range(10):
        if number in {1, 2, 4, 5}:
            stub.CreateRestore(create_request(name=f"copy-{number}", namespace="shop-prod"))
        answers[sim.now] = list_all(stub, **request)
        sim.advance(17)
    assert len({answer.SerializeToString(deterministic=True) for answer in answers.values()}) >= 6

    for then, answer in answers.items():
        sim.inject(faults.stale((sim.now - then).total_seconds()), method="ListRestores", times=1)
        assert list_all(stub, **request) == answer


def test_before_it_existed_a_restore_is_not_found_and_not_listed(sim, stub, create_request):
    first = stub.CreateRestore(create_request(name="first"))
    sim.advance(20)
    second = stub.CreateRestore(create_request(name="second"))
    sim.advance(5)
    sim.inject(faults.stale(10))

    assert get(stub, first).meta.name == "first"
    with pytest.raises(grpc.RpcError) as caught:
        get(stub, second)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    listed = list_all(stub)
    assert [restore.meta.name for restore in listed.restores] == ["first"]
    assert listed.pagination.total_records == 1


def test_a_moment_before_the_world_began_has_nothing(sim, stub, create_request):
    stub.CreateRestore(create_request())
    sim.inject(faults.stale(1_000_000))

    assert list_all(stub).pagination.total_records == 0


def test_the_world_itself_is_not_set_back(sim, stub, create_request):
    restore = stub.CreateRestore(create_request())
    sim.advance(50)
    sim.inject(faults.stale(45))

    assert get(stub, restore).status.phase == Phase.RESTORING_CLOUDSNAP
    assert sim.world.restores["orders-copy"].status.phase == Phase.RESTORING_CLOUDSNAP
    with pytest.raises(grpc.RpcError) as caught:
        stub.CreateRestore(create_request())
    assert caught.value.code() is grpc.StatusCode.ALREADY_EXISTS


def test_calls_that_change_something_never_meet_it(sim, stub, create_request):
    active = sim.inject(faults.stale(5))

    stub.CreateRestore(create_request())
    assert active.matched_count == 0

    list_all(stub)
    assert active.fired_count == 1
    assert [event.effect for event in sim.timeline if event.kind == "fault"] == ["stale"]


def test_who_polls_moves_the_time_on_all_the_same(create_request_for, open_stub):
    with Simulator(clock="on_poll") as sim:
        stub = open_stub(sim)
        restore = stub.CreateRestore(create_request_for(sim))
        get(stub, restore)
        sim.inject(faults.stale(2.5), method="GetRestore")

        assert get(stub, restore).status.phase == Phase.INITIALIZING
        assert sim.world.restores["orders-copy"].status.phase == Phase.RESTORING_CLOUDSNAP
