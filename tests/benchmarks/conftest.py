"""What benchmarks share: sizes, worlds of any size, and measuring against a reference, interleaved.

On a busy machine the time of one and the same thing moves by a factor of two, while the ratio of two things that take
turns holds within a few per cent. So each benchmark measures a reference in turns with what it is about, compares the
medians, and prints the ratio. It asserts that answers are right, never how long they took.
"""

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fakes import ANYBODY, RestoreSpec, default_world
from simulator import Simulator
from simulator.api import RestoreServiceStub

HERE = Path(__file__).parent
TOLD = pytest.StashKey[list[str]]()
"""The results of a run, one line each."""


def pytest_addoption(parser):
    parser.addoption("--smoke", action="store_true", help="Run benchmarks with small sizes, to see that they work.")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.timeout(0))  # a million restores take longer than a test may


def pytest_configure(config):
    config.stash[TOLD] = []


def pytest_terminal_summary(terminalreporter, config):
    terminalreporter.section("results")
    for text in config.stash[TOLD]:
        terminalreporter.write_line(text)


@dataclass(frozen=True)
class Sizes:
    """How much there is to be measured, in restores; rounds are how often."""

    few: int = 1_000
    some: int = 100_000
    many: int = 1_000_000
    rounds_divisor: int = 1

    def rounds(self, count):
        return max(2, count // self.rounds_divisor)


SMOKE = Sizes(few=60, some=200, many=400, rounds_divisor=50)


@pytest.fixture(scope="session")
def sizes(request):
    return SMOKE if request.config.getoption("--smoke") else Sizes()


@pytest.fixture
def tell(benchmark, request):
    """Keeps a result, which is printed at the end and goes into the report."""

    def say(text, **result):
        benchmark.extra_info.update(result | {"text": text})
        request.config.stash[TOLD].append(text)

    return say


@pytest.fixture
def against(benchmark, tell, sizes):
    """Measures something in turns with its reference, and tells the ratio of the medians."""

    def compare(ours, reference, *, what, goal, rounds, calls=1, inverse=False):
        took_seconds = []

        def measure_reference():
            start = time.perf_counter()
            reference()
            took_seconds.append(time.perf_counter() - start)

        benchmark.pedantic(ours, setup=measure_reference, rounds=sizes.rounds(rounds), warmup_rounds=1)
        ours_seconds = benchmark.stats.stats.median / calls
        reference_seconds = statistics.median(took_seconds) / calls
        ratio = reference_seconds / ours_seconds if inverse else ours_seconds / reference_seconds
        tell(
            f"{ratio:.2f} {what}; {_shown(ours_seconds)} and {_shown(reference_seconds)}; goal {goal}",
            what=what,
            goal=goal,
            ratio=ratio,
            ours_seconds=ours_seconds,
            reference_seconds=reference_seconds,
        )
        return ratio

    return compare


def _shown(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


@pytest.fixture(scope="session")
def roomy_world():
    """A declared world in which restores never wait for one another."""
    world = default_world()
    roomy = [replace(cluster, capacity=10**9, bandwidth_bytes_per_second=10**15) for cluster in world.clusters]
    return replace(world, clusters=roomy)


@pytest.fixture(scope="session")
def order():
    """Makes orders for restores of the default world, by number."""
    world = default_world()
    uids = {entity.name: entity.uid for entity in (*world.namespaces, *world.projects, *world.backups)}

    def make(number):
        return RestoreSpec(
            name=f"copy-{number}",
            namespace=uids["shop-prod"],
            project=uids["shop"],
            backup=uids["orders-backup"],
        )

    return make


@pytest.fixture(scope="session")
def simulator_of(roomy_world, order):
    """Gives a running simulator with so many restores, nearly all of them finished; each size is made once."""
    made = {}

    def grown(count):
        if count not in made:
            simulator = Simulator(world=roomy_world).start()
            with simulator.session as world:
                for number in range(count):
                    world.create_restore(order(number), ANYBODY)
                    world.environment.advance_to(world.environment.now_microseconds + 50_000)
            made[count] = simulator
        return made[count]

    yield grown
    for simulator in made.values():
        simulator.close()


@pytest.fixture
def stub_of():
    """Gives a stub of a simulator, in process or over a socket."""
    return lambda simulator, transport="in_process": RestoreServiceStub(simulator.channel(transport=transport))


@pytest.fixture(scope="session")
def run_python(tmp_path_factory):
    """Runs code in a process of its own, and gives what it prints.

    What is imported is compiled once and kept, as it is where packages are installed, whatever the environment says.
    """
    folder = tmp_path_factory.mktemp("compiled")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(folder), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def run(code, *arguments):
        command = [sys.executable, "-c", code, *map(str, arguments)]
        done = subprocess.run(  # our own code
            command, capture_output=True, text=True, check=True, cwd=folder, env=environment
        )
        return done.stdout

    return run
