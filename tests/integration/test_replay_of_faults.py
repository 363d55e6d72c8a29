"""What is drawn depends on the seed, the rule and its subject alone: every history can be played again."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from fakes import ANYBODY, Constant, Exponential, LiveWorld, Phase, RestoreSpec, Uniform, default_world
from simulator import Simulator, faults

SEEDS = 1_000
START_MICROSECONDS = 1_735_689_600_000_000

RULES = (
    faults.rule(faults.fail(at=0.5), phase="RESTORING_CLOUDSNAP", probability=0.3),
    faults.rule(faults.stall(Exponential(40)), phase="RESTORING_*", probability=0.5),
    faults.rule(faults.restart_phase(at=0.2), phase="PENDING", probability=0.4, times=2),
    faults.rule(faults.slow(1.7), cluster="west", phase="*", probability=0.2),
    faults.rule(faults.outage(20), cluster="west", at=30),
)


def history(seed, names=("one", "two", "three"), rules=RULES):
    """The timeline of three restores under rules that draw, as JSON lines."""
    world = LiveWorld(default_world(), seed=seed, start_microseconds=START_MICROSECONDS)
    for rule in rules:
        world.inject(rule)
    for name in names:
        order = RestoreSpec(
            name=name,
            namespace=world.namespaces["shop-staging"].uid,
            project=world.projects["shop"].uid,
            backup=world.backups["carts-backup"].uid,
        )
        world.create_restore(order, ANYBODY)
    world.environment.advance_to(START_MICROSECONDS + 3_600_000_000)
    return world


def digest():
    whole = hashlib.sha256()
    for seed in range(SEEDS):
        whole.update(history(seed).timeline.to_json_lines().encode())
    return whole.hexdigest()


def draws(timeline):
    """For each restore which rules took effect on it, in their order."""
    found = {}
    for fault in timeline.faults():
        found.setdefault(fault.name, []).append((fault.rule, fault.effect))
    return found


def test_a_thousand_seeds_have_the_same_histories_in_processes_with_other_hash_seeds():
    def start(hash_seed):
        return subprocess.Popen(  # noqa: S603  # this very file
            [sys.executable, __file__],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
            text=True,
        )

    processes = [start(hash_seed) for hash_seed in ("1", "2")]
    first, second = (process.communicate()[0].strip() for process in processes)

    assert [process.returncode for process in processes] == [0, 0]
    assert len(first) == 64
    assert first == second


def test_seeds_have_histories_of_their_own():
    assert len({history(seed).timeline.to_json_lines() for seed in range(20)}) == 20


def test_a_rule_that_has_nothing_to_do_with_them_changes_no_draw():
    other = faults.rule(faults.fail(), phase="PENDING", namespace="analytics-prod", probability=0.5)

    for rules in ((other, *RULES), (*RULES, other)):
        assert history(5, rules=rules).timeline.to_json_lines() == history(5).timeline.to_json_lines()


def test_a_rule_that_takes_effect_leaves_the_draws_of_the_others():
    rules = [
        faults.rule(faults.stall(Constant(1)), phase="RESTORING_*", probability=0.5, name="drawn"),
        faults.rule(faults.slow(2), phase="RESTORING_*", name="certain"),
    ]
    alone, together = history(5, rules=rules[:1]), history(5, rules=rules[::-1])

    def drawn(world):
        return sorted(fault.name for fault in world.timeline.faults("drawn"))

    assert drawn(alone) == drawn(together) != []


@pytest.mark.parametrize("names", [("three", "two", "one"), ("two", "one", "three", "a fourth")])
def test_the_order_of_creation_changes_no_draw(names):
    rules = [rule for rule in RULES if rule.times is None]  # how often is counted over all restores

    in_order, in_disorder = (draws(history(5, order, rules).timeline) for order in (("one", "two", "three"), names))

    assert {name: in_disorder[name] for name in ("one", "two", "three")} == {
        name: in_order[name] for name in ("one", "two", "three")
    }


def test_the_number_of_threads_changes_no_draw(create_request_for, open_stub):
    names = [f"copy-{number}" for number in range(16)]
    rules = [
        faults.rule(faults.error(), method="CreateRestore", probability=0.4),
        faults.rule(faults.stall(Uniform(1, 9)), phase="PENDING", probability=0.4),
    ]

    def outcome(thread_count):
        """Which calls failed and which restores were stalled, for how long."""
        with Simulator(seed=11, rules=rules, strict=False, world=roomy_world()) as sim:
            client = open_stub(sim)
            with ThreadPoolExecutor(thread_count) as threads:
                requests = [create_request_for(sim, name) for name in names]
                errors = list(threads.map(lambda request: client.CreateRestore.future(request).exception(), requests))
            sim.run_until_idle()
            times = {
                name: [event.at_microseconds for event in sim.timeline.transitions(sim.world.restores[name].uid)]
                for name, error in zip(names, errors, strict=True)
                if error is None
            }
            return [error is None for error in errors], times, sorted(fault.name for fault in sim.timeline.faults())

    alone, together = outcome(1), outcome(8)

    assert alone == together
    assert 0 < sum(alone[0]) < len(names)
    assert any("copy-" in name for name in alone[2])


def roomy_world():
    """The default world with a cluster on which nobody waits for anybody."""
    world = default_world()
    clusters = [
        replace(cluster, capacity=99, durations={Phase.RESTORING_CLOUDSNAP: Constant(5)}) for cluster in world.clusters
    ]
    backups = [replace(backup, size_bytes=0) for backup in world.backups]
    return replace(world, clusters=clusters, backups=backups)


if __name__ == "__main__":
    print(digest())  # noqa: T201  # for the test that runs this file
