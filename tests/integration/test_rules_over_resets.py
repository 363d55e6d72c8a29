"""What a strict simulator complains of at its end is gathered over all its lives; each reset begins another."""

import pytest

from simulator import Simulator, UnfiredRules, faults
from simulator.faults import rule

NOTHING_CAME = "no phase came that it could have applied to"


@pytest.fixture
def restore(create_request_for, open_stub):
    """Runs a restore to its end."""

    def run(sim, name="orders-copy", **where):
        open_stub(sim).CreateRestore(create_request_for(sim, name, **where))
        sim.run_until_idle()

    return run


def bad_luck(**where):
    return rule(faults.fail(), phase="PENDING", name="bad luck", **where)


def complaints(sim):
    with sim:
        pass
    return sim.rule_complaints()


def test_an_injected_rule_that_never_fired_before_a_reset_is_told_with_its_life(restore):
    def run():
        with Simulator() as sim:
            sim.inject(bad_luck(restore="lucky"))
            restore(sim)
            sim.reset()
            restore(sim)

    with pytest.raises(UnfiredRules) as caught:
        run()
    first, closest, *_ = str(caught.value).splitlines()
    assert first == "the rule 'bad luck' never fired in life 1 of 2: what came closest:"
    assert "restore is 'orders-copy'" in closest


@pytest.mark.parametrize("life_in_which_it_fires", [1, 2, 3])
def test_a_rule_of_the_beginning_that_fired_in_any_life_is_no_complaint(restore, life_in_which_it_fires):
    with Simulator(rules=[bad_luck(restore="unlucky")]) as sim:
        for life in (1, 2, 3):
            restore(sim, "unlucky" if life == life_in_which_it_fires else "lucky")
            if life < 3:
                sim.reset()


def test_a_rule_of_the_beginning_that_fired_in_no_life_is_told_once_with_a_reason_for_each(restore):
    sim = Simulator(rules=[bad_luck(cluster="east")], strict=False)
    with sim:
        sim.reset()
        restore(sim)
        sim.reset()

    (complaint,) = sim.rule_complaints()
    first, *reasons = complaint.splitlines()
    assert first == "the rule 'bad luck' never fired in 3 of 3 lives:"
    assert reasons[0] == f"  life 1: {NOTHING_CAME}"
    assert reasons[1] == "  life 2: what came closest:"
    assert reasons[2].startswith("    orders-copy in PENDING: cluster is 'west'")
    assert reasons[-1] == f"  life 3: {NOTHING_CAME}"


def test_of_many_lives_the_latest_are_told():
    with Simulator(rules=[bad_luck()], strict=False) as sim:
        for _ in range(50):
            sim.reset()

    assert [line.partition(":")[0] for line in sim.rule_complaints()[0].splitlines()] == [
        "the rule 'bad luck' never fired in 51 of 51 lives",
        "  life 49",
        "  life 50",
        "  life 51",
    ]


def test_a_rule_that_is_injected_again_after_a_reset_is_another(restore):
    with Simulator(strict=False) as sim:
        sim.inject(bad_luck())
        restore(sim)
        sim.reset()
        sim.inject(bad_luck())

    assert sim.rule_complaints() == [f"the rule 'bad luck' never fired in life 2 of 2: {NOTHING_CAME}"]


def test_a_rule_that_was_removed_is_no_complaint_afterwards():
    with Simulator(rules=[bad_luck()]) as sim:
        sim.remove_rule(sim.inject(bad_luck()))
        sim.reset()
        sim.clear_rules()


def test_a_rule_that_comes_back_after_it_was_removed_is_told_of_its_life():
    with Simulator(rules=[bad_luck()], strict=False) as sim:
        sim.clear_rules()
        sim.reset()

    assert sim.rule_complaints() == [f"the rule 'bad luck' never fired in life 2 of 2: {NOTHING_CAME}"]


def test_whom_a_rule_held_before_a_reset_it_holds_no_longer(create_request_for, open_stub):
    with Simulator(rules=[rule(faults.stall(), phase="PENDING")]) as sim:
        open_stub(sim).CreateRestore(create_request_for(sim))
        sim.advance(60)
        sim.reset()


def test_a_reset_does_not_change_what_a_rule_does(restore):
    with Simulator(rules=[rule(faults.fail(), phase="PENDING", after=1, times=1)], seed=7) as sim:
        histories = []
        for _ in range(2):
            for name in ("one", "two", "three"):
                restore(sim, name)
            histories.append(sim.timeline.to_json_lines())
            sim.reset()

    assert histories[0] == histories[1]
