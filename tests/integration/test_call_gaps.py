"""What a client did about a failure can be proved from its calls: how often, when, and with what it tried again."""

import grpc
import pytest
from freezegun import freeze_time

from simulator import Simulator, faults
from simulator.api import restore_pb2

NO_RESTORES = restore_pb2.ListRestoresRequest()


@pytest.fixture
def retrying_client(sim, stub):
    """Lists the restores, and after each failure waits in the time of the world and tries again."""

    def call(gaps):
        for gap in gaps:
            if stub.ListRestores.future(NO_RESTORES, timeout=1000).code() is grpc.StatusCode.OK:
                return
            sim.advance(gap)
        stub.ListRestores(NO_RESTORES)

    return call


def test_the_attempts_at_a_call_are_one_logical_call_with_the_gaps_between_them(sim, stub, retrying_client):
    sim.inject(faults.error(), method="ListRestores", times=3)
    retrying_client([1, 2, 4])
    stub.ListRestores(NO_RESTORES)

    first, second = sim.calls.logical("ListRestores")
    assert [attempt.code for attempt in first.attempts] == ["UNAVAILABLE"] * 3 + ["OK"]
    assert first.gaps_seconds() == [1, 2, 4]
    assert [attempt.code for attempt in second.attempts] == ["OK"]


def test_a_client_that_backs_off_passes(sim, retrying_client):
    sim.inject(faults.error(), method="ListRestores", times=3)
    retrying_client([1, 2, 4])

    sim.calls.assert_backoff(1, factor=2, jitter=0)


def test_a_client_that_hammers_fails_and_its_attempts_are_shown(sim, retrying_client):
    sim.inject(faults.error(), method="ListRestores", times=2)
    retrying_client([1, 0.25])

    with pytest.raises(AssertionError) as caught:
        sim.calls.assert_backoff(1, factor=2, jitter=0.1)
    complaint, *attempts = str(caught.value).splitlines()
    assert complaint == (
        "attempt 3 of ListRestores came 0.250 s after the one before it, expected at least 1.800 s"
        " in virtual time (the simulator's clock is 'manual')"
    )
    assert [attempt.partition(", deadline")[0] for attempt in attempts] == [
        "  1. ListRestores: UNAVAILABLE",
        "  2. ListRestores after 1.000 s: UNAVAILABLE",
        "  3. ListRestores after 0.250 s: OK",
    ]


def test_a_client_that_never_tries_again_fails(sim, stub):
    stub.ListRestores(NO_RESTORES)

    with pytest.raises(AssertionError, match="nobody tried again; 1 calls were made, none twice"):
        sim.calls.assert_backoff(1)


def test_metadata_caller_and_deadline_of_each_attempt_are_recorded(sim, stub):
    stub.ListRestores(NO_RESTORES, timeout=1000, metadata=(("attempt", "1"),))
    stub.ListRestores(NO_RESTORES, metadata=(("attempt", "2"), ("px-account-id", "acme")))

    first, second = sim.calls
    assert ("attempt", "1") in first.metadata
    assert {("attempt", "2"), ("px-account-id", "acme")} <= set(second.metadata)
    # What gRPC sends of a deadline is rounded up by as much as one percent.
    assert 900 < first.deadline_seconds < 1011
    assert second.deadline_seconds is None


def test_on_the_wall_clock_a_call_is_recorded_when_it_comes(open_stub):
    with freeze_time("2031-05-04") as frozen, Simulator(clock="wall", speed=60) as sim:
        stub = open_stub(sim)
        sim.inject(faults.error(), method="ListRestores", times=1)
        assert stub.ListRestores.future(NO_RESTORES).code() is grpc.StatusCode.UNAVAILABLE
        frozen.tick(5)
        stub.ListRestores(NO_RESTORES)

        (call,) = sim.calls.logical()
        assert call.gaps_seconds() == [5]
        assert call.gaps_seconds("virtual") == [300]
        sim.calls.assert_backoff(5)
