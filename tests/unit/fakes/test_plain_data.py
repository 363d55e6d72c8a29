"""A world in motion is plain data: no function lives on in it, and a copy of it is another world."""

import copy
import functools
import gc
import types
import weakref
from dataclasses import dataclass, replace
from enum import Enum
from typing import ClassVar

import pytest

from fakes import ANYBODY, MIB, Exponential, Phase, Uniform, default_world
from fakes.faults.effects.delete_backup import DeleteBackup
from fakes.faults.effects.fail import Fail
from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.effects.lose_credentials import LoseCredentials
from fakes.faults.effects.outage import Outage
from fakes.faults.effects.restart_phase import RestartPhase
from fakes.faults.effects.slow import Slow
from fakes.faults.effects.stall import Stall
from fakes.faults.rule import Rule
from fakes.faults.selector import Selector
from fakes.history.listing import ListQuery, SortBy

SHARED = (type, types.ModuleType, Enum)
"""What belongs to all worlds."""
FUNCTIONS = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.GeneratorType,
    types.CoroutineType,
    functools.partial,
)


@dataclass(frozen=True)
class OwnEffect:
    """An effect of the user's own, which is made of a function."""

    name: ClassVar[str] = "own"

    change: object

    def before(self, plan, firing):
        self.change(plan, firing)


def leave_alone(_plan, _firing):
    """Do nothing."""


@pytest.fixture
def busy_world(set_going, spec_in, advance):
    """A world in which everything is under way that can be."""
    declared = default_world()
    narrow = [
        replace(cluster, capacity=capacity, bandwidth_bytes_per_second=MIB)
        for cluster, capacity in zip(declared.clusters, (8, 1), strict=True)
    ]
    durations = {Phase.PENDING: Uniform(1, 3), Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR: Exponential(5)}
    world = set_going(replace(declared, clusters=narrow, durations=durations))
    for effect, patterns, fields in (
        (HoldAtGate(), {"phase": "PENDING", "restore": "gated"}, {}),
        (Stall(), {"phase": "RESTORING_CLOUDSNAP", "restore": "stalled"}, {}),
        (Stall(Uniform(500, 600), at=0.5), {"phase": "RESTORING_*", "restore": "delayed"}, {}),
        (Slow(3), {"phase": "RESTORING_CLOUDSNAP", "restore": "downloading"}, {"times": 5, "probability": 0.5}),
        (RestartPhase(), {"phase": "INITIALIZING", "restore": "downloading"}, {}),
        (Fail(at=0.9), {"phase": "RESTORING_CLOUDSNAP", "restore": "failing"}, {}),
        (Outage(10_000), {"cluster": "west"}, {"at_seconds": 60}),
        (Outage(), {"cluster": "west"}, {"at_seconds": 70}),
        (LoseCredentials(10_000), {"backup_location": "vault"}, {"at_seconds": 80}),
        (DeleteBackup(), {"backup": "carts-backup"}, {"at_seconds": 5000}),
        (LoseCredentials(), {"phase": "INITIALIZING", "restore": "never"}, {}),
    ):
        world.inject(Rule(effect=effect, where=Selector(patterns), **fields))
    for name, namespace in (
        ("gated", "shop-prod"),
        ("stalled", "shop-prod"),
        ("delayed", "shop-prod"),
        ("downloading", "shop-prod"),
        ("failing", "shop-prod"),
        ("waits-for-backup", "shop-prod"),
        ("first", "shop-staging"),
        ("queued", "shop-staging"),
    ):
        world.create_restore(spec_in(world, name, namespace=namespace, project="shop", backup="orders-backup"), ANYBODY)
    world.create_restore(spec_in(world, "quick", namespace="shop-prod", project="shop", backup="carts-backup"), ANYBODY)
    advance(world, 100)
    world.list_restores(ListQuery(sort_by=SortBy.PHASE), ANYBODY)
    world.restores["first"].statuses  # noqa: B018  # they are kept once they are asked for
    return world


def reachable(*roots):
    """All objects that something refers to, but for what belongs to all worlds."""
    seen, waiting = {}, list(roots)
    while waiting:
        found = waiting.pop()
        if id(found) not in seen and not isinstance(found, SHARED):
            seen[id(found)] = found
            waiting += [] if isinstance(found, FUNCTIONS) else gc.get_referents(found)
    return list(seen.values())


def test_everything_is_under_way_in_the_busy_world(busy_world):
    west, east = busy_world.clusters["west"].uid, busy_world.clusters["east"].uid
    engine = busy_world.engine

    assert engine.clusters[west].outage_count == 2
    assert engine.clusters[west].slots.waiting_count == 1
    assert any(run.transfer for run in engine.clusters[east].runs.values())
    assert not busy_world.backup_locations["vault"].credentials_valid
    assert [len(active.gate.held) for active in busy_world.rules][:2] == [1, 1]


def test_no_function_lives_in_a_world(busy_world):
    found = reachable(busy_world)

    assert [each for each in found if isinstance(each, FUNCTIONS)] == []
    assert len(found) > 1000


def test_only_an_effect_of_the_users_own_can_bring_a_function(busy_world):
    busy_world.inject(Rule(effect=OwnEffect(leave_alone), where=Selector({"phase": "PENDING"})))

    assert [each for each in reachable(busy_world) if isinstance(each, FUNCTIONS)] == [leave_alone]


def live_on(world, advance):
    """Whatever happens from here on, in one text."""
    world.lose_credentials("vault")
    for active in list(world.rules)[:1]:
        world.open_gate(active)
    advance(world, 50)
    for active in list(world.rules):
        world.remove_rule(active)
    advance(world, 100_000)
    page = world.list_restores(ListQuery(sort_by=SortBy.UPDATED_AT), ANYBODY)
    return world.timeline.to_json_lines(), [restore.uid for restore in page.restores]


def test_a_copy_lives_on_as_the_original_does_and_neither_knows_of_the_other(busy_world, advance):
    before = busy_world.timeline.to_json_lines()
    first, second = copy.deepcopy(busy_world), copy.deepcopy(busy_world)

    of_first = live_on(first, advance)

    assert busy_world.timeline.to_json_lines() == second.timeline.to_json_lines() == before
    assert of_first == live_on(second, advance) == live_on(busy_world, advance)
    assert len(of_first[0]) > len(before)


def test_a_copy_shares_nothing_that_can_change(busy_world, advance):
    def mutable(world):
        return {
            id(each): each
            for each in reachable(world)
            if isinstance(each, (list, dict, set, bytearray)) and each and gc.is_tracked(each)
        }

    twin = copy.deepcopy(busy_world)
    advance(twin, 100_000)

    kept = [each for each in reachable(twin) if isinstance(each, weakref.ref)]
    shared = mutable(busy_world).keys() & mutable(twin).keys()
    originals = {id(each) for each in reachable(*busy_world.restores.values())}
    assert not originals & {id(reference()) for reference in kept if reference() is not None}
    assert [mutable(twin)[number] for number in shared] == []
