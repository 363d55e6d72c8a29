"""Memory: what finished restores take, timeline included, and for how long the garbage collector stops everything."""

import json

import pytest

pytestmark = pytest.mark.benchmark(group="memory")

MEASURE = """
import gc, json, resource, sys, time
from dataclasses import replace
from fakes import ANYBODY, LiveWorld, RestoreSpec, default_world

count = int(sys.argv[1])
declared = default_world()
roomy = [replace(cluster, capacity=10**9, bandwidth_bytes_per_second=10**15) for cluster in declared.clusters]
world = LiveWorld(replace(declared, clusters=roomy), seed=1, start_microseconds=0)
uids = world.namespaces["shop-prod"].uid, world.projects["shop"].uid, world.backups["orders-backup"].uid
pauses = [0.0]

def watch(phase, _):
    if phase == "start":
        watch.started = time.perf_counter()
    else:
        pauses.append(time.perf_counter() - watch.started)

def resident_bytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()

gc.collect()
before = resident_bytes()
gc.callbacks.append(watch)
for number in range(count):
    order = RestoreSpec(name=f"copy-{number}", namespace=uids[0], project=uids[1], backup=uids[2])
    world.create_restore(order, ANYBODY)
    world.environment.advance_to(world.environment.now_microseconds + 56_000)
world.environment.advance_to(world.environment.now_microseconds + 10**9)
gc.collect()
print(json.dumps({
    "bytes": resident_bytes() - before,
    "pause_seconds": max(pauses),
    "events": len(world.timeline),
    "finished": sum(phase == 7 for phase in world.restores.phases),
}))
"""


@pytest.fixture
def measured(benchmark, run_python):
    """Measures a world of so many finished restores in a process of its own."""

    def measure(count):
        found = json.loads(benchmark.pedantic(run_python, args=(MEASURE, count), rounds=1))
        assert (found["finished"], found["events"]) == (count, 8 * count)
        return found

    return measure


def test_a_finished_restore(measured, tell, sizes):
    found = measured(sizes.some)
    bytes_each = found["bytes"] / sizes.some
    tell(
        f"{bytes_each:,.0f} bytes for each of {sizes.some:,} finished restores, goal ≤ 3,072",
        what=f"bytes for each of {sizes.some:,} finished restores, timeline included",
        goal="≤ 3,072",
        ratio=bytes_each,
    )


def test_the_longest_pause(measured, tell, sizes):
    milliseconds = 1e3 * measured(sizes.some)["pause_seconds"]
    tell(
        f"{milliseconds:.1f} ms was the longest pause of the garbage collector with {sizes.some:,}, goal ≤ 50",
        what=f"ms, the longest pause of the garbage collector with {sizes.some:,} finished restores",
        goal="≤ 50",
        ratio=milliseconds,
    )


def test_all_in_one_process(measured, tell, sizes):
    found = measured(sizes.many)
    tell(
        f"{found['bytes'] / 2**30:.2f} GiB for {sizes.many:,} finished restores, goal < 4;"
        f" longest pause {1e3 * found['pause_seconds']:.0f} ms",
        what=f"GiB for {sizes.many:,} finished restores in one process",
        goal="< 4",
        ratio=found["bytes"] / 2**30,
    )
