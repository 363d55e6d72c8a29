"""A restore is held at the door of a phase until the gate of the rule is opened."""

import pytest

from fakes import Cluster, Constant
from fakes.faults.effects.fail import Fail
from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.effects.stall import Stall


@pytest.mark.parametrize(
    "phase", ["INITIALIZING", "PENDING", "RESTORING_CLOUDSNAP", "RESTORING_DATA_SERVICE_DEPLOYMENT"]
)
def test_all_that_follows_comes_later_by_as_long_as_it_was_held(stage, undisturbed, phase):
    gate = stage.inject(HoldAtGate(), phase=phase)
    restore = stage.create()
    stage.advance(5000)
    assert gate.gate.held == [restore]
    assert restore.status.phase.name == phase
    came_at = stage.history(restore)[-1][0]

    stage.world.open_gate(gate)
    stage.advance(1000)

    expected = undisturbed(later_seconds=5000 - came_at)
    first = [name for _, name in expected].index(phase) + 1
    assert stage.history(restore)[first:] == expected[first:]


def test_only_what_matches_is_held(stage):
    gate = stage.inject(HoldAtGate(), phase="PENDING", restore="held")
    held, other = stage.create("held"), stage.create("other")
    stage.advance(1000)

    assert gate.gate.held == [held]
    assert other.status.phase.name == "SUCCESSFUL"


def test_held_at_the_door_of_pending_it_takes_no_room(stage_of):
    stage = stage_of(clusters=[Cluster("east", capacity=1)])
    stage.inject(HoldAtGate(), phase="PENDING", restore="held")
    stage.create("held")
    other = stage.create("other")
    stage.advance(1000)

    assert stage.history(other)[-1] == (56, "SUCCESSFUL")


def test_held_later_it_keeps_its_room(stage_of):
    stage = stage_of(clusters=[Cluster("east", capacity=1)])
    stage.inject(HoldAtGate(), phase="RESTORING_CLOUDSNAP", restore="held")
    stage.create("held")
    other = stage.create("other")
    stage.advance(1000)

    assert other.status.phase.name == "PENDING"


def test_who_comes_after_the_opening_passes_and_after_the_closing_is_held(stage):
    gate = stage.inject(HoldAtGate(), phase="PENDING")
    stage.create("first")
    stage.advance(10)
    stage.world.open_gate(gate)
    stage.create("second")
    stage.advance(10)
    stage.world.close_gate(gate)
    third = stage.create("third")
    stage.advance(1000)

    assert gate.gate.held == [third]
    assert [restore.status.phase.name for restore in stage.world.restores.values()] == [
        "SUCCESSFUL",
        "SUCCESSFUL",
        "PENDING",
    ]


def test_each_rule_has_its_own_gate_and_both_have_to_be_opened(stage):
    first = stage.inject(HoldAtGate(), phase="PENDING", name="first")
    second = stage.inject(HoldAtGate(), phase="PENDING", name="second")
    restore = stage.create()
    stage.advance(10)
    assert (first.gate.held, second.gate.held) == ([restore], [])

    stage.world.open_gate(first)
    assert (first.gate.held, second.gate.held) == ([], [restore])

    stage.world.open_gate(second)
    stage.advance(1000)
    assert restore.status.phase.name == "SUCCESSFUL"


def test_rules_at_one_door_act_in_their_order(stage):
    stage.inject(Stall(Constant(20)), phase="PENDING")
    gate = stage.inject(HoldAtGate(), phase="PENDING")
    stage.inject(Fail(), phase="PENDING")
    restore = stage.create()
    stage.advance(100)
    assert gate.gate.held == [restore]

    stage.world.open_gate(gate)

    assert stage.history(restore)[-1] == (100, "FAILED")
    assert stage.fired() == [(1, "stall", "copy"), (21, "gate", "copy"), (100, "fail", "copy")]


def test_who_fails_at_the_gate_leaves_it(stage_of):
    stage = stage_of(clusters=[Cluster("east", heartbeat_limit_seconds=60)])
    gate = stage.inject(HoldAtGate(), phase="PENDING")
    restore = stage.create()
    stage.advance(10)
    stage.world.disconnect_cluster("east")
    stage.advance(100)
    assert restore.status.phase.name == "FAILED"

    stage.world.reconnect_cluster("east")
    assert gate.gate.held == []
    stage.world.open_gate(gate)
    stage.advance(1000)

    assert restore.status.phase.name == "FAILED"


def test_a_gate_that_is_opened_during_an_outage_lets_pass_afterwards(stage):
    gate = stage.inject(HoldAtGate(), phase="PENDING")
    restore = stage.create()
    stage.advance(10)
    stage.world.disconnect_cluster("east")
    stage.advance(10)
    stage.world.open_gate(gate)
    stage.advance(10)
    stage.world.reconnect_cluster("east")
    stage.advance(1000)

    assert stage.history(restore)[2] == (30 + 2, "RESTORING_CLOUDSNAP")
