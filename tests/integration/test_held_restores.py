"""A rule that holds restores at the end has fired: that is told apart, with its remedy, unless it is meant."""

import pytest

from simulator import HeldRestores, Phase, Simulator, UnfiredRules, faults

REMEDY = "open the gate or remove the rule before the end; or set 'allow_held' to true where it is meant"


@pytest.fixture
def end_with(create_request_for, open_stub):
    """Ends a simulator with a restore that had 50 seconds, after the given effects were injected for PENDING."""

    def run(*effects, before_the_end=lambda *_: None, **options):
        with Simulator(seed=7, **options) as sim:
            injected = [sim.inject(effect, phase="PENDING", name=effect.name) for effect in effects]
            open_stub(sim).CreateRestore(create_request_for(sim))
            sim.advance(50)
            before_the_end(sim, injected)
        return [restore.status.phase for restore in sim.world.restores.values()]

    return run


@pytest.mark.parametrize(
    ("effect", "complaint"),
    [
        (faults.stall(), "the rule 'stall' still stalls orders-copy in PENDING"),
        (faults.gate(), "the gate of the rule 'gate' is still closed and holds orders-copy in PENDING"),
    ],
    ids=["stall", "gate"],
)
def test_who_is_still_held_is_told_with_what_helps(end_with, effect, complaint):
    with pytest.raises(AssertionError) as caught:
        end_with(effect)

    assert type(caught.value) is HeldRestores
    assert str(caught.value) == f"{complaint}; {REMEDY}"


@pytest.mark.parametrize("effect", [faults.stall(), faults.gate()], ids=["stall", "gate"])
@pytest.mark.parametrize(
    "before_the_end",
    [
        lambda sim, injected: sim.gate_of(injected[0]).open(),
        lambda sim, injected: sim.remove_rule(injected[0]),
    ],
    ids=["open", "remove"],
)
def test_the_remedies_help(end_with, effect, before_the_end):
    assert end_with(effect, before_the_end=before_the_end) == [Phase.PENDING]


@pytest.mark.parametrize("effect", [faults.stall(), faults.gate()], ids=["stall", "gate"])
def test_where_it_is_meant_nothing_is_told(end_with, effect):
    assert end_with(effect, allow_held=True) == [Phase.PENDING]


def test_where_it_is_meant_rules_that_never_fired_are_told_all_the_same(end_with):
    with pytest.raises(UnfiredRules, match="the rule 'never' never fired") as caught:
        end_with(
            faults.stall(),
            before_the_end=lambda sim, _: sim.inject(faults.error(), name="never"),
            allow_held=True,
        )

    assert "stall" not in str(caught.value)


def test_rules_that_never_fired_and_those_that_hold_are_told_together(end_with):
    with pytest.raises(ExceptionGroup) as caught:
        end_with(faults.stall(), before_the_end=lambda sim, _: sim.inject(faults.error(), name="never"))

    assert [type(failure) for failure in caught.value.exceptions] == [UnfiredRules, HeldRestores]


def test_a_simulator_that_is_not_strict_raises_nothing(end_with):
    assert end_with(faults.stall(), strict=False) == [Phase.PENDING]


@pytest.mark.parametrize("key", ["strict", "allow_held"])
def test_it_is_said_by_true_or_false(key):
    with pytest.raises(TypeError, match=f"^{key} is 'no'; expected True or False$"):
        Simulator(**{key: "no"})
