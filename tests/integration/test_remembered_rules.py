"""That rules are looked up once for calls of the same kind changes nothing of what they do."""

import grpc
import pytest

from simulator import Constant, Simulator, faults
from simulator.api import restore_pb2


@pytest.fixture
def sim():
    with Simulator(seed=7, strict=False) as simulator:
        yield simulator


@pytest.fixture
def outcome(stub, create_request):
    """Asks for the same restore again and tells how the call ended."""
    request = restore_pb2.GetRestoreRequest(id=stub.CreateRestore(create_request()).meta.uid)

    def get():
        try:
            stub.GetRestore(request)
        except grpc.RpcError as error:
            return error.code().name
        return "OK"

    return get


def test_a_rule_that_comes_or_goes_is_noticed_by_the_next_call(sim, outcome):
    assert outcome() == "OK"
    sim.inject(faults.error("ABORTED"), method="ListRestores")
    assert outcome() == "OK"
    active = sim.inject(faults.error("ABORTED"), method="GetRestore")
    assert outcome() == "ABORTED"
    sim.remove_rule(active)
    assert outcome() == "OK"


def test_the_time_of_a_rule_is_looked_at_each_time(sim, outcome):
    sim.inject(faults.error("ABORTED"), method="GetRestore", between=(10, 20))
    found = []
    for _ in range(3):
        found.append(outcome())
        sim.advance(10)

    assert found == ["OK", "ABORTED", "OK"]


def test_matches_are_counted_each_time(sim, outcome):
    active = sim.inject(faults.error("ABORTED"), method="GetRestore", after=1, times=2)

    assert [outcome() for _ in range(5)] == ["OK", "ABORTED", "ABORTED", "OK", "OK"]
    assert (active.matched_count, active.fired_count) == (5, 2)


def test_another_restore_is_another_occasion(sim, stub, create_request, outcome):
    sim.inject(faults.error("ABORTED"), restore="orders-*", method="GetRestore")
    assert outcome() == "ABORTED"
    other = stub.CreateRestore(create_request("carts-copy", backup="carts-backup"))
    assert stub.GetRestore(restore_pb2.GetRestoreRequest(id=other.meta.uid)).meta.name == "carts-copy"
    assert outcome() == "ABORTED"


def test_among_a_thousand_rules_that_do_not_match_the_one_that_does_takes_effect(sim, outcome):
    for number in range(1000):
        sim.inject(faults.error(), restore=f"other-{number}", name=f"rule {number}")
        if number == 500:
            sim.inject(faults.error("ABORTED"), restore="orders-copy", times=1)

    assert [outcome(), outcome()] == ["ABORTED", "OK"]


def test_futures_meet_the_rules_as_other_calls_do(sim, stub):
    request = restore_pb2.ListRestoresRequest()
    sim.inject(faults.error(), method="CreateRestore")
    first = stub.ListRestores.future(request).result(20)
    sim.inject(faults.delay(Constant(5)), method="ListRestores")
    second = stub.ListRestores.future(request).result(20)

    assert first == second
    assert [call.delay_seconds for call in sim.calls] == [0, 5]
