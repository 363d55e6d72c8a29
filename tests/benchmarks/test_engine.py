"""The engine: restores against simpy processes that do nothing but wait seven times."""

import time

import pytest
import simpy

from fakes import ANYBODY, LiveWorld, Phase
from simulator import Simulator
from simulator.api import restore_pb2

pytestmark = pytest.mark.benchmark(group="engine")
DELAYS_SECONDS = (1, 2, 5, 0.1, 3, 30, 15)
"""As the phases of a restore last; the fourth stands for its download."""


def run_raw(count, live):
    """Lets *count* simpy processes wait, about *live* of them at a time."""
    environment = simpy.Environment()
    finished = []

    def process():
        for delay in DELAYS_SECONDS:
            yield environment.timeout(delay)
        finished.append(environment.now)

    def feed():
        for _ in range(count):
            environment.process(process())
            yield environment.timeout(sum(DELAYS_SECONDS) / live)

    environment.process(feed())
    environment.run()
    assert len(finished) == count


@pytest.fixture
def run_restores(roomy_world, order):
    """Lets so many restores run from their creation to their end, about so many at a time."""

    def run(count, live):
        world = LiveWorld(roomy_world, seed=1, start_microseconds=0)
        environment = world.environment
        gap_microseconds = int(1e6 * sum(DELAYS_SECONDS) / live) or 1
        for number in range(count):
            world.create_restore(order(number), ANYBODY)
            environment.advance_to(environment.now_microseconds + gap_microseconds)
        environment.advance_to(environment.now_microseconds + 10**9)
        assert set(world.restores.phases) == {Phase.SUCCESSFUL}
        assert len(world.timeline) == 8 * count

    return run


def test_restores_of_which_a_thousand_are_live(against, run_restores, sizes):
    count = 2 * sizes.few
    against(
        lambda: run_restores(count, sizes.few),
        lambda: run_raw(count, sizes.few),
        what=f"times the rate of raw simpy processes, restores of which {sizes.few:,} are live",
        goal="≥ 1.0",
        rounds=25,
        calls=count,
        inverse=True,
    )


def test_restores_created_through_the_api(against, roomy_world, stub_of, order, sizes):
    def run():
        with Simulator(world=roomy_world, listen=False) as simulator:
            create, advance = stub_of(simulator).CreateRestore, simulator.advance
            for number in range(sizes.few):
                wanted = order(number)
                create(
                    restore_pb2.CreateRestoreRequest(
                        namespace_id=wanted.namespace,
                        project_id=wanted.project,
                        restore={
                            "meta": {"name": wanted.name},
                            "config": {"source_references": {"backup_id": wanted.backup}},
                        },
                    )
                )
                advance(sum(DELAYS_SECONDS) / sizes.few)
            advance(1000)
            assert len(simulator.timeline) == 9 * sizes.few

    against(
        run,
        lambda: run_raw(sizes.few, sizes.few),
        what="times the rate of raw simpy processes, restores created by calls in process",
        goal="≥ 1.0",
        rounds=15,
        calls=sizes.few,
        inverse=True,
    )


def test_growth_with_the_number_of_live_restores(benchmark, tell, run_restores, sizes):
    lives = sorted({sizes.few, *(10**power for power in range(3, 7) if sizes.few <= 10**power <= sizes.many)})
    rates = {"restores": [], "raw simpy processes": []}

    def every_size():
        for live in lives:
            for name, run in (("restores", run_restores), ("raw simpy processes", run_raw)):
                start = time.perf_counter()
                run(live, live)
                rates[name].append(live / (time.perf_counter() - start))

    benchmark.pedantic(every_size, rounds=1)
    assert [len(rate) for rate in rates.values()] == [len(lives)] * 2
    tell(
        ", ".join(
            f"{live:,} live: {ours:,.0f}/s, raw {raw:,.0f}/s"
            for live, ours, raw in zip(lives, *rates.values(), strict=True)
        ),
        curve={
            "file": "live.svg",
            "title": "Restores from creation to end",
            "x": "live restores",
            "y": "per second",
            "xs": lives,
            "series": rates,
        },
    )
