"""Clients that try again with a library need no change to wait in virtual time."""

import datetime
import time
from concurrent.futures import ThreadPoolExecutor

import backoff
import google.api_core.exceptions
import google.api_core.grpc_helpers
import google.api_core.retry
import grpc
import pytest
import tenacity

from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2

VIRTUAL_START = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
ANYTHING = restore_pb2.ListRestoresRequest()
FAILURES = 4


def with_tenacity(call):
    retrying = tenacity.retry(
        wait=tenacity.wait_exponential(multiplier=1, max=60),
        stop=tenacity.stop_after_delay(3600),
        retry=tenacity.retry_if_exception_type(grpc.RpcError),
    )
    return retrying(call)(ANYTHING)


def with_backoff(call):
    @backoff.on_exception(backoff.expo, grpc.RpcError, max_time=3600, jitter=None)
    def list_restores():
        return call(ANYTHING)

    return list_restores()


def with_google(call):
    retrying = google.api_core.retry.Retry(
        predicate=google.api_core.retry.if_exception_type(google.api_core.exceptions.ServiceUnavailable),
        initial=1,
        multiplier=2,
        maximum=60,
        timeout=3600,
    )
    return retrying(google.api_core.grpc_helpers.wrap_errors(call))(ANYTHING)


def by_hand(call):
    for attempt in range(FAILURES + 1):
        try:
            return call(ANYTHING)
        except grpc.RpcError:
            time.sleep(2**attempt)
    raise AssertionError


WAYS = [with_tenacity, with_backoff, with_google, by_hand]


@pytest.fixture
def sim():
    with Simulator(seed=7) as simulator:
        yield simulator


@pytest.fixture
def stub(sim):
    return RestoreServiceStub(sim.channel())


@pytest.mark.parametrize("try_again", WAYS)
def test_waits_between_attempts_take_virtual_time(sim, stub, try_again):
    sim.inject(faults.error("UNAVAILABLE"), method="ListRestores", times=FAILURES)
    began = time.perf_counter()
    with sim.virtual_sleep():
        try_again(stub.ListRestores)

    assert time.perf_counter() - began < 1 + 2 + 4 + 8
    (logical,) = sim.calls.logical("ListRestores")
    gaps = logical.gaps_seconds()
    assert len(gaps) == FAILURES
    if try_again is with_google:  # whose waits are drawn
        assert all(0 <= gap <= 2**number for number, gap in enumerate(gaps))
    else:
        assert gaps == [1, 2, 4, 8]


@pytest.mark.parametrize(
    ("try_again", "error"),
    [(with_tenacity, tenacity.RetryError), (with_backoff, grpc.RpcError), (with_google, Exception)],
)
def test_limits_of_the_whole_time_are_virtual(sim, stub, try_again, error):
    sim.inject(faults.error("UNAVAILABLE"), method="ListRestores")
    with sim.virtual_sleep(), pytest.raises(error):
        try_again(stub.ListRestores)

    assert 3500 < (sim.now - VIRTUAL_START).total_seconds() < 3700


def test_clients_in_eight_threads_try_again_side_by_side(sim, stub):
    sim.inject(faults.error("UNAVAILABLE"), method="ListRestores", times=8 * FAILURES)
    with sim.virtual_sleep(), ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: with_tenacity(stub.ListRestores), range(8)))

    assert sim.now.second == 1 + 2 + 4 + 8


def test_the_retry_policy_of_a_channel_shares_the_time_with_threads(sim):
    policy = """{"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 5, "initialBackoff": "8s",
      "maxBackoff": "8s", "backoffMultiplier": 1, "retryableStatusCodes": ["UNAVAILABLE"]}}]}"""
    sim.inject(faults.error("UNAVAILABLE"), method="ListRestores", times=1)
    stub = RestoreServiceStub(sim.channel(options=[("grpc.service_config", policy)]))
    order = []
    with sim.virtual_sleep(), ThreadPoolExecutor(2) as pool:
        pool.submit(stub.ListRestores, ANYTHING).add_done_callback(lambda _: order.append("answered"))
        for seconds in (5, 10):
            time.sleep(5)
            order.append(seconds)

    assert order == [5, "answered", 10]
