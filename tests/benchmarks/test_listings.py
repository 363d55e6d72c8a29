"""Lists: a page of fifty costs the same in a large world as in a small one, whatever the filter and the sort."""

import statistics
import time

import pytest

from fakes import ANYBODY, derive_uid
from simulator import faults
from simulator.api import METHODS, restore_pb2, sort_pb2

pytestmark = pytest.mark.benchmark(group="listings")
CALLS = 10
WRITES = 15

QUERIES = {
    "all": {},
    "of a project": {"project_id": derive_uid("project", "shop")},
    "of a tenant, by name": {"tenant_id": derive_uid("tenant", "acme-engineering"), "sort": {"sort_by": "NAME"}},
    "of a backup, by last change, newest first": {
        "backup_id": derive_uid("backup", "orders-backup"),
        "sort": {"sort_by": "UPDATED_AT", "sort_order": sort_pb2.SortOrder.DESC},
    },
    "of a deployment, by phase": {
        "data_service_deployment_id": derive_uid("deployment", "orders"),
        "sort": {"sort_by": "PHASE"},
    },
}


@pytest.fixture
def listing():
    """Makes a call that lists over a channel and gives the bytes of the answer."""

    def make(simulator, query, transport="in_process"):
        method = METHODS["ListRestores"]
        call = simulator.channel(transport=transport).unary_unary(
            method.path, request_serializer=method.request.SerializeToString, response_deserializer=None
        )
        request = restore_pb2.ListRestoresRequest(**query)
        return lambda: call(request)

    return make


def repeated(call, times=CALLS):
    def repeat():
        for _ in range(times):
            call()

    return repeat


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_of_fifty(against, simulator_of, sizes, listing, name):
    large, small = (listing(simulator_of(count), QUERIES[name]) for count in (sizes.many, sizes.few))
    for call, count in ((large, sizes.many), (small, sizes.few)):
        answer = restore_pb2.ListRestoresResponse.FromString(call())
        assert (len(answer.restores), answer.pagination.total_records >= count) == (50, True)

    against(
        repeated(large),
        repeated(small),
        what=f"times the time with {sizes.few:,}, a page of fifty among {sizes.many:,} restores: {name}",
        goal="≤ 2, and ≤ 40 µs a call",
        rounds=150,
        calls=CALLS,
    )


def test_a_page_of_fifty_as_a_message(against, simulator_of, sizes, listing, stub_of):
    """What a client sees that reads the answer: reading is protobuf's, and takes longer than all the rest."""
    simulator = simulator_of(sizes.few)
    stub, call, request = stub_of(simulator), listing(simulator, {}), restore_pb2.ListRestoresRequest()
    content = call()
    assert len(stub.ListRestores(request).restores) == 50

    against(
        repeated(lambda: stub.ListRestores(request)),
        repeated(lambda: restore_pb2.ListRestoresResponse.FromString(content)),
        what="times the client's own reading of the answer, a page of fifty as a message",
        goal="-",
        rounds=150,
        calls=CALLS,
    )


@pytest.mark.parametrize("name", QUERIES)
def test_a_stale_page(benchmark, tell, simulator_of, sizes, listing, name):
    simulator = simulator_of(sizes.some)
    rule = simulator.inject(faults.stale(min(30, sizes.some / 40)), method="ListRestores")  # half of them at most
    call = listing(simulator, QUERIES[name])
    answer = restore_pb2.ListRestoresResponse.FromString(benchmark.pedantic(call, rounds=20, warmup_rounds=2))
    simulator.remove_rule(rule)
    assert 0 < answer.pagination.total_records < sizes.some
    milliseconds = 1e3 * benchmark.stats.stats.median
    tell(
        f"{milliseconds:.2f} ms for a stale page of fifty among {sizes.some:,} restores: {name}; goal ≤ 10",
        what=f"ms for a stale page of fifty among {sizes.some:,} restores: {name}",
        goal="≤ 10",
        ratio=milliseconds,
    )


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_after_a_write(benchmark, tell, simulator_of, sizes, listing, order, name):
    simulator = simulator_of(sizes.some)
    call = listing(simulator, QUERIES[name])
    call()
    numbers = iter(range(10 * sizes.many, 11 * sizes.many))
    written = []

    def write():
        with simulator.session as world:
            written.append(world.create_restore(order(f"{name[-4:].strip()}-{next(numbers)}"), ANYBODY))
            world.environment.advance_to(int(world.environment.peek()))

    benchmark.pedantic(call, setup=write, rounds=WRITES, warmup_rounds=0)
    assert len(written) == WRITES
    answer = restore_pb2.ListRestoresResponse.FromString(call())
    assert answer.pagination.total_records >= sizes.some + WRITES
    milliseconds = 1e3 * benchmark.stats.stats.median
    tell(
        f"{milliseconds:.3f} ms after each write, among {sizes.some:,} restores: {name}; goal ≤ 5",
        what=f"ms for a page of fifty after a write among {sizes.some:,} restores: {name}",
        goal="≤ 5",
        ratio=milliseconds,
    )


def test_growth_with_the_number_of_restores(benchmark, tell, simulator_of, sizes, listing):
    counts = sorted({sizes.few, *(10**power for power in range(3, 7) if sizes.few <= 10**power <= sizes.many)})
    query = QUERIES["of a backup, by last change, newest first"]
    calls = [listing(simulator_of(count), query) for count in counts]
    seconds = {count: [] for count in counts}

    def every_size():
        for count, call in zip(counts, calls, strict=True):
            start = time.perf_counter()
            call()
            seconds[count].append(time.perf_counter() - start)

    benchmark.pedantic(every_size, rounds=sizes.rounds(300), warmup_rounds=2)
    medians = [1e6 * statistics.median(seconds[count]) for count in counts]
    assert len(medians) == len(counts)
    tell(
        ", ".join(f"{count:,}: {median:.0f} µs" for count, median in zip(counts, medians, strict=True)),
        curve={
            "file": "restores.svg",
            "title": "A page of fifty, sorted by last change",
            "x": "restores",
            "y": "µs",
            "xs": counts,
            "series": {"a page": medians},
        },
    )
