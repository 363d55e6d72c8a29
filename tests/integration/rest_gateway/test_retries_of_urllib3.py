"""The retries of urllib3, which requests uses, wait in virtual time."""

import json

import pytest
import urllib3

from simulator import Simulator, faults

LIST = "/pds/v1/restores"


@pytest.fixture
def sim():
    with Simulator(seed=7) as simulator:
        yield simulator


def test_waits_between_attempts_take_virtual_time(sim, serve_rest):
    sim.inject(faults.error("UNAVAILABLE"), method="ListRestores", times=3)
    port = serve_rest(sim).port
    start = sim.now
    with sim.virtual_sleep(), urllib3.PoolManager() as pool:
        answer = pool.request(
            "GET",
            f"http://127.0.0.1:{port}{LIST}",
            retries=urllib3.Retry(5, backoff_factor=1, status_forcelist=[503]),
            timeout=20,
        )

    assert json.loads(answer.data)["restores"] == []
    assert (sim.now - start).total_seconds() == 0 + 2 + 4
