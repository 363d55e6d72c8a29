"""Load: how calls fare with many rules and with many threads."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from fakes import ANYBODY
from simulator import Simulator, faults
from simulator.api import restore_pb2

pytestmark = pytest.mark.benchmark(group="calls")
CALLS = 200
TRANSPORTS = ("in_process", "loopback")


def test_growth_with_the_number_of_rules(benchmark, tell, roomy_world, order, stub_of, sizes):
    counts = (1, 10, 100, 1_000)
    simulators, calls, seconds = [], [], {count: [] for count in counts}
    for count in counts:
        simulator = Simulator(world=roomy_world, strict=False).start()
        simulators.append(simulator)
        for number in range(count):
            simulator.inject(faults.error("UNAVAILABLE"), method="GetRestore", restore=f"another-{number}")
        with simulator.session as world:
            request = restore_pb2.GetRestoreRequest(id=world.create_restore(order(1), ANYBODY).uid)
        calls.append((stub_of(simulator).GetRestore, request))

    def every_count():
        for count, (call, request) in zip(counts, calls, strict=True):
            start = time.perf_counter()
            answer = call(request)
            seconds[count].append(time.perf_counter() - start)
            assert answer.meta.uid == request.id

    benchmark.pedantic(every_count, rounds=sizes.rounds(300), warmup_rounds=2)
    for simulator in simulators:
        simulator.close()
    medians = [1e6 * statistics.median(seconds[count]) for count in counts]
    tell(
        ", ".join(f"{count:,}: {median:.0f} µs" for count, median in zip(counts, medians, strict=True)),
        curve={
            "file": "rules.svg",
            "title": "GetRestore in process, with rules for other restores",
            "x": "rules",
            "y": "µs",
            "xs": counts,
            "series": {"a call": medians},
        },
    )


def test_growth_with_the_number_of_threads(benchmark, tell, simulator_of, stub_of, sizes):
    simulator = simulator_of(sizes.few)
    request = restore_pb2.GetRestoreRequest(id=simulator.world.restores["copy-7"].uid)
    counts = (1, 2, 4, 8, 16, 32, 64)
    stubs = {transport: stub_of(simulator, transport) for transport in TRANSPORTS}
    rates = {transport: {count: [] for count in counts} for transport in TRANSPORTS}

    def work(call, calls):
        return [call(request).meta.uid for _ in range(calls)]

    def every_count():
        for transport, stub in stubs.items():
            for count in counts:
                with ThreadPoolExecutor(count) as pool:
                    start = time.perf_counter()
                    answers = list(pool.map(work, [stub.GetRestore] * count, [CALLS // count or 1] * count))
                    seconds = time.perf_counter() - start
                uids = [uid for answer in answers for uid in answer]
                assert set(uids) == {request.id}
                rates[transport][count].append(len(uids) / seconds)

    benchmark.pedantic(every_count, rounds=sizes.rounds(15), warmup_rounds=1)
    series = {transport: [statistics.median(rates[transport][count]) for count in counts] for transport in TRANSPORTS}
    tell(
        "; ".join(
            f"{transport}: " + ", ".join(f"{count}: {rate:,.0f}/s" for count, rate in zip(counts, medians, strict=True))
            for transport, medians in series.items()
        ),
        curve={
            "file": "threads.svg",
            "title": "GetRestore by threads that call as fast as they can",
            "x": "threads",
            "y": "calls per second",
            "xs": counts,
            "series": series,
        },
    )
