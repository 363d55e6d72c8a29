"""Faults are put into force, listed, removed and told of at any time, whether the simulator listens or not."""

import pytest

from fakes import ANYBODY, RestoreSpec
from simulator import Simulator, faults
from simulator.faults import InvalidRule, rule


@pytest.fixture
def idle():
    """A simulator that was never started."""
    return Simulator(seed=7)


@pytest.fixture
def create(idle):
    """Creates a restore without a call."""

    def make(name):
        with idle.session as world:
            order = RestoreSpec(
                name=name,
                namespace=world.namespaces["shop-staging"].uid,
                project=world.projects["shop"].uid,
                backup=world.backups["orders-backup"].uid,
            )
            return world.create_restore(order, ANYBODY)

    return make


def test_an_effect_is_put_into_force_with_keywords(idle, create):
    active = idle.inject(faults.fail(), phase="PENDING", restore="unlucky")
    unlucky, lucky = create("unlucky"), create("lucky")
    idle.advance(2)

    assert (unlucky.status.phase.name, lucky.status.phase.name) == ("FAILED", "PENDING")
    assert (active.matched_count, active.fired_count) == (1, 1)


def test_a_whole_rule_is_put_into_force_as_it_is(idle):
    whole = rule(faults.fail(), phase="PENDING", times=3)

    assert idle.inject(whole).rule is whole


def test_a_whole_rule_takes_no_further_keywords(idle):
    with pytest.raises(TypeError, match="a whole rule says where and when itself; found phase, times"):
        idle.inject(rule(faults.fail()), times=1, phase="PENDING")

    assert idle.rules == ()


@pytest.mark.parametrize("keywords", [{"phase": "SUCCESSFUL"}, {"cluster": "north"}, {"fase": "PENDING"}, {"times": 0}])
def test_a_rule_that_makes_no_sense_is_not_put_into_force(idle, keywords):
    with pytest.raises(InvalidRule):
        idle.inject(faults.fail(), **keywords)

    assert idle.rules == ()


def test_rules_are_listed_in_their_order(idle):
    actives = [idle.inject(faults.fail(), phase=phase) for phase in ("PENDING", "RESTORING_CLOUDSNAP", "PENDING")]

    assert list(idle.rules) == actives
    assert [active.name for active in idle.rules] == [
        "fail on phase=PENDING",
        "fail on phase=RESTORING_CLOUDSNAP",
        "fail on phase=PENDING #2",
    ]


def test_a_removed_rule_is_not_listed_any_more_and_can_not_be_removed_again(idle):
    first, second = idle.inject(faults.fail()), idle.inject(faults.gate())
    idle.remove_rule(first)

    assert idle.rules == (second,)
    with pytest.raises(ValueError, match="the rule 'fail' is not in force"):
        idle.remove_rule(first)


def test_all_rules_can_be_removed_at_once(idle):
    for phase in ("PENDING", "RESTORING_CLOUDSNAP"):
        idle.inject(faults.fail(), phase=phase)
    idle.clear_rules()
    idle.clear_rules()

    assert idle.rules == ()


def test_a_gate_holds_shows_whom_and_opens(idle, create):
    gate = idle.gate(phase="PENDING", restore="copy-*")
    held = [create(f"copy-{number}") for number in range(2)]
    other = create("other")
    idle.advance(2)
    assert gate.held == held
    assert other.status.phase.name == "PENDING"

    gate.open()
    assert gate.held == []
    idle.advance_until(held[0], "RESTORING_CLOUDSNAP")


def test_a_gate_can_be_closed_again(idle, create):
    gate = idle.gate(phase="PENDING")
    gate.open()
    first = create("first")
    idle.advance(2)
    gate.close()
    second = create("second")
    idle.advance(2)

    assert gate.held == [second]
    assert first.is_live


def test_the_gate_of_a_rule_is_the_same_from_everywhere(idle, create):
    gate = idle.gate(phase="PENDING")
    create("copy")
    idle.advance(2)
    idle.gate_of(idle.rules[0]).open()

    assert gate.held == []


def test_a_stall_without_an_end_ends_through_the_gate_of_its_rule(idle, create):
    active = idle.inject(faults.stall(), phase="PENDING")
    restore = create("copy")
    idle.advance(10_000)
    assert idle.gate_of(active).held == [restore]

    idle.gate_of(active).open()
    idle.advance_until(restore, "RESTORING_CLOUDSNAP", limit=2)


def test_a_gate_is_removed_with_its_rule(idle, create):
    gate = idle.gate(phase="PENDING")
    create("copy")
    idle.advance(10)

    idle.remove_rule(gate)

    assert list(idle.rules) == []
    assert gate.held == []


def test_a_rule_that_holds_nobody_has_no_gate(idle):
    active = idle.inject(faults.slow(2), phase="PENDING", name="slowly")

    with pytest.raises(ValueError, match=r"^the rule 'slowly' is no gate; it does slow$"):
        idle.gate_of(active)


@pytest.mark.parametrize("take", [lambda idle: idle.remove_rule("slowly"), lambda idle: idle.gate_of("slowly")])
def test_a_name_is_no_rule_in_force(idle, take):
    with pytest.raises(TypeError, match=r"^'slowly' is no rule in force; expected what inject\(\)"):
        take(idle)


def test_what_is_wrong_with_the_rules_is_told_at_any_time(idle, create):
    idle.inject(faults.fail(), phase="PENDING", restore="orders", name="bad luck")
    assert idle.rule_complaints() == ["the rule 'bad luck' never fired: no phase came that it could have applied to"]

    create("orders")
    idle.advance(2)
    assert idle.rule_complaints() == []


def test_rules_given_at_construction_are_checked_there():
    with pytest.raises(InvalidRule, match="cluster: 'north' matches no cluster of the world"):
        Simulator(rules=[rule(faults.outage(5), cluster="north")])
