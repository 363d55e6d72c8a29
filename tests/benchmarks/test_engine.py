"""The engine: restores against the same model as a textbook simpy program, and against processes that only wait."""

import importlib.util
import time
from pathlib import Path

import pytest
import simpy

from fakes import ANYBODY, LiveWorld, Phase
from fakes.faults.rule import Rule
from fakes.faults.selector import Selector
from simulator import Simulator, faults
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
def run_textbook():
    """Lets restores of a textbook program run from their creation to their end, about so many at a time."""
    spec = importlib.util.spec_from_file_location("textbook", Path(__file__).with_name("textbook.py"))
    textbook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(textbook)

    def run(count, live):
        book = textbook.Textbook(capacity=10**9, bytes_per_second=10**15, size_bytes=10 * 2**30)

        def feed():
            for number in range(count):
                book.create(f"copy-{number}")
                yield book.environment.timeout(sum(DELAYS_SECONDS) / live)

        book.environment.process(feed())
        book.environment.run()
        assert len(book.timeline) == 8 * count

    return run


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


@pytest.mark.parametrize("power", [2, 3, 4])
def test_restores_and_the_same_model_as_a_textbook_program(against, run_restores, run_textbook, sizes, power):
    live = min(10**power, sizes.some)
    count = 2 * max(live, sizes.few)
    against(
        lambda: run_restores(count, live),
        lambda: run_textbook(count, live),
        what=f"times the rate of a textbook simpy program of the same model, {live:,} live",
        goal="≥ 2",
        rounds=25 if live < 10_000 else 5,
        calls=count,
        inverse=True,
    )


RULES = {
    "stalls at one place": lambda _: faults.stall(0.001, at=0.5),
    "stalls at as many places": lambda number: faults.stall(0.001, at=number / 1_000),
    "slow phases": lambda _: faults.slow(1.0001),
    "phases that begin again": lambda number: faults.restart_phase(number % 100 / 100),
}


@pytest.mark.parametrize("name", RULES)
def test_a_thousand_rules_on_one_phase(benchmark, tell, roomy_world, order, sizes, name):
    def run():
        world = LiveWorld(roomy_world, seed=1, start_microseconds=0)
        for number in range(sizes.few):
            world.inject(Rule(effect=RULES[name](number), where=Selector({"phase": "RESTORING_CLOUDSNAP"})))
        for number in range(20):
            world.create_restore(order(number), ANYBODY)
        world.environment.advance_to(10**13)
        assert set(world.restores.phases) == {Phase.SUCCESSFUL}

    benchmark.pedantic(run, rounds=3)
    seconds = benchmark.stats.stats.median
    tell(
        f"{seconds:.2f} s for 20 restores with {sizes.few:,} rules on a phase, {name}; goal ≤ 1",
        what=f"s for 20 restores with {sizes.few:,} rules on a phase, {name}",
        goal="≤ 1",
        ratio=seconds,
    )


def test_restores_of_which_a_thousand_are_live(against, run_restores, sizes):
    count = 2 * sizes.few
    against(
        lambda: run_restores(count, sizes.few),
        lambda: run_raw(count, sizes.few),
        what=f"times the rate of raw simpy processes, restores, {sizes.few:,} of them live",
        goal="≥ 0.6, better 1.0",
        rounds=25,
        calls=count,
        inverse=True,
    )


def test_restores_created_through_the_api(against, roomy_world, run_textbook, stub_of, order, sizes):
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
        lambda: run_textbook(sizes.few, sizes.few),
        what="times as long as in a textbook simpy program of the same model, restores created by calls in process",
        goal="≤ 1.5",
        rounds=15,
        calls=sizes.few,
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
