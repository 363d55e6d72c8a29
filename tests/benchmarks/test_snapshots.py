"""What it takes to write down a simulator with live restores, and to go on from there."""

import json

import pytest

from simulator import Simulator
from simulator.api import RestoreServiceStub


@pytest.fixture(scope="module")
def busy(roomy_world, order, sizes):
    """A simulator with ten times as many live restores as are few, each made by a call."""
    with Simulator(world=roomy_world, strict=False) as sim:
        stub = RestoreServiceStub(sim.channel())
        for number in range(10 * sizes.few):
            spec = order(number)
            stub.CreateRestore(
                sim.requests.create(spec.name, backup=spec.backup, namespace=spec.namespace, project=spec.project)
            )
        sim.advance(4)
        yield sim


def test_writing(benchmark, tell, busy, sizes):
    text = benchmark.pedantic(lambda: json.dumps(busy.snapshot()), rounds=sizes.rounds(5), warmup_rounds=1)
    assert len(json.loads(text)["world"]["restores"]) == 10 * sizes.few
    what = f"s to write a snapshot with {10 * sizes.few:,} live restores as JSON, {len(text) / 1e6:.1f} MB"
    seconds = benchmark.stats.stats.median
    tell(f"{seconds:.2f} {what}; goal ≤ 1", what=what, goal="≤ 1", ratio=seconds)


def test_loading(benchmark, tell, busy, sizes):
    text = json.dumps(busy.snapshot())
    loaded = benchmark.pedantic(
        lambda: Simulator.from_snapshot(json.loads(text), listen=False), rounds=sizes.rounds(5), warmup_rounds=1
    )
    assert loaded.timeline.to_json_lines() == busy.timeline.to_json_lines()
    what = f"s to load a snapshot with {10 * sizes.few:,} live restores from JSON"
    seconds = benchmark.stats.stats.median
    tell(f"{seconds:.2f} {what}; goal ≤ 1", what=what, goal="≤ 1", ratio=seconds)
