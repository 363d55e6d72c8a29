"""Threads in virtual time wake when they are due, in an order that follows from what they do, however threads race."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import Simulator
from simulator.api import RestoreServiceStub, restore_pb2

naps = st.integers(0, 4_000).map(lambda milliseconds: milliseconds / 1000)
threads = st.lists(st.lists(naps, max_size=4), min_size=1, max_size=5)


def run(sleepers, *, with_calls=False):
    log = []
    with Simulator(listen=False, strict=False) as sim:
        stub = RestoreServiceStub(sim.channel())
        lock = threading.Lock()

        def sleep(number):
            for nap in sleepers[number]:
                time.sleep(nap)
                with lock:
                    log.append((sim.now.timestamp(), number))
                if with_calls:
                    stub.ListRestores(restore_pb2.ListRestoresRequest())

        with sim.virtual_sleep(), ThreadPoolExecutor(len(sleepers)) as pool:
            list(pool.map(sleep, range(len(sleepers))))
        return log, sim.timeline.to_json_lines()


@given(threads)
@settings(max_examples=5)
def test_each_thread_wakes_when_it_is_due(sleepers):
    log, _ = run(sleepers)

    start = 1_735_689_600
    for number, own in enumerate(sleepers):
        wanted = [start + passed for passed in accumulate(own)]
        woken = [at for at, who in log if who == number]
        assert [round(at * 1e6) for at in woken] == [round(at * 1e6) for at in wanted]
    assert [at for at, _ in log] == sorted(at for at, _ in log)


@given(threads)
@settings(max_examples=5)
def test_twice_the_same_is_the_same_history(sleepers):
    assert run(sleepers, with_calls=True) == run(sleepers, with_calls=True)
