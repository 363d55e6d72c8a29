"""A strict simulator tells at its end of rules that never took effect."""

import re

import pytest

from fakes import derive_uid
from simulator import Constant, Simulator, UnfiredRules, faults
from simulator.faults import rule


@pytest.fixture
def told(create_request_for, open_stub):
    """Gives what a strict simulator tells at its end, after a restore was created and some time has passed."""

    def tell(prepare, seconds=50):
        def run():
            with sim:
                prepare(sim)
                open_stub(sim).CreateRestore(create_request_for(sim))
                sim.advance(seconds)

        sim = Simulator(seed=7)
        with pytest.raises(UnfiredRules) as caught:
            run()
        return str(caught.value)

    return tell


def test_a_rule_that_never_took_effect_is_told_with_what_came_closest(told):
    def prepare(sim):
        sim.inject(faults.lose_response(), method="CreateRestore", restore="order-*", name="lost reply")

    namespace = derive_uid("namespace", "shop-staging")
    assert told(prepare) == (
        "the rule 'lost reply' never fired: what came closest:\n"
        f"  CreateRestore {namespace}/orders-copy: restore is 'orders-copy', the rule asks for 'order-*'"
    )


def test_all_that_is_wrong_is_told_at_once(told):
    def prepare(sim):
        sim.inject(faults.outage(5), cluster="west", at=500)
        sim.inject(faults.error(), method="GetRestore", name="poll")

    first, second, *closest = told(prepare).splitlines()
    assert first == "the rule 'outage on cluster=west' never fired: its time did not come"
    assert second == "the rule 'poll' never fired: what came closest:"
    assert len(closest) == 1
    assert re.search(r"method is 'CreateRestore'.*, the rule asks for 'GetRestore'$", closest[0])


def test_it_is_a_failed_assertion_and_leaves_nothing_open():
    with pytest.raises(AssertionError, match="the rule 'fail' never fired"), Simulator() as sim:
        sim.inject(faults.fail())

    with pytest.raises(RuntimeError, match="does not run"):
        _ = sim.target


def test_rules_given_at_construction_are_held_to_it_as_well():
    never = rule(faults.slow(2), phase="PENDING", name="never")

    with pytest.raises(UnfiredRules, match="the rule 'never' never fired: no phase came"), Simulator(rules=[never]):
        pass


def test_rules_that_took_effect_are_no_complaint(create_request_for, open_stub):
    with Simulator() as sim:
        sim.inject(faults.delay(Constant(1)), method="CreateRestore")
        sim.inject(faults.fail(), phase="INITIALIZING")
        gate = sim.gate(phase="INITIALIZING", restore="nobody", any_of=[faults.Where({"cluster": ("*",)})])
        sim.remove_rule(sim.rules[-1])
        open_stub(sim).CreateRestore(create_request_for(sim))

    assert gate.held == []
    assert sim.rule_complaints() == []


def test_a_failure_of_the_test_itself_comes_first_and_gets_a_line_that_replays_it():
    sim = Simulator(seed=4711, rules=[rule(faults.fail(), phase="PENDING")])
    with pytest.raises(ZeroDivisionError) as caught, sim:
        _ = 1 / 0

    (note,) = caught.value.__notes__
    assert re.search(r"seed=4711\b", note)
    assert sim.rule_complaints() != []


def test_who_is_not_strict_is_told_only_when_asking(create_request_for, open_stub):
    with Simulator(strict=False) as sim:
        sim.gate(phase="PENDING", name="door")
        sim.inject(faults.fail(), phase="RESTORING_CLOUDSNAP", name="never")
        open_stub(sim).CreateRestore(create_request_for(sim))
        sim.advance(50)

    unfired, held = sim.rule_complaints()
    assert unfired.startswith("the rule 'never' never fired")
    assert held.startswith("the gate of the rule 'door' is still closed and holds orders-copy in PENDING")
