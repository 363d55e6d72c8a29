"""Rules take effect in their order, as often and as likely as they say, and each for itself."""

import pytest

from fakes import Constant, Uniform
from fakes.faults.effects.fail import Fail
from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.effects.slow import Slow
from fakes.faults.effects.stall import Stall

MANY = 1000


def failed(stage):
    return [restore.name for restore in stage.world.restores.values() if restore.status.phase.name == "FAILED"]


def create_many(stage, count, *, every_seconds=0, prefix="copy"):
    for number in range(count):
        stage.create(f"{prefix}-{number}")
        stage.advance(every_seconds)
    stage.advance(10_000)


def test_a_rule_takes_effect_whenever_it_matches(stage):
    stage.inject(Fail(), phase="PENDING")
    create_many(stage, 3)

    assert failed(stage) == ["copy-0", "copy-1", "copy-2"]


@pytest.mark.parametrize(
    ("when", "numbers"),
    [
        ({"times": 2}, [0, 1]),
        ({"after": 3}, [3, 4, 5]),
        ({"after": 1, "times": 2}, [1, 2]),
        ({"after": 6}, []),
    ],
)
def test_after_lets_matches_pass_and_times_limits_effects(stage, when, numbers):
    active = stage.inject(Fail(), phase="PENDING", **when)
    create_many(stage, 6)

    assert failed(stage) == [f"copy-{number}" for number in numbers]
    assert (active.matched_count, active.fired_count) == (6, len(numbers))


def test_what_does_not_match_is_not_counted(stage):
    active = stage.inject(Fail(), phase="PENDING", restore="*-[24]", after=1)
    create_many(stage, 6)

    assert failed(stage) == ["copy-4"]
    assert (active.matched_count, active.fired_count) == (2, 1)


def test_between_includes_its_start_and_excludes_its_end(stage):
    stage.inject(Fail(), phase="PENDING", between_seconds=(12, 14))
    # They come to PENDING at 11, 12, 13 and 14 s.
    stage.advance(10)
    create_many(stage, 4, every_seconds=1)

    assert failed(stage) == ["copy-1", "copy-2"]


def test_a_match_outside_the_time_is_none_for_after_and_times(stage):
    active = stage.inject(Fail(), phase="PENDING", between_seconds=(12, 100), after=1, times=1)
    stage.advance(10)
    create_many(stage, 4, every_seconds=1)

    assert failed(stage) == ["copy-2"]
    assert active.matched_count == 3


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
def test_a_probability_is_met_over_many_restores_and_repeated_exactly(stage_of, probability):
    def run(seed):
        stage = stage_of(seed=seed)
        stage.inject(Fail(), phase="INITIALIZING", probability=probability)
        for number in range(MANY):
            stage.create(f"copy-{number}")
        stage.advance(0)
        return failed(stage)

    first = run(7)
    # Five standard deviations.
    assert abs(len(first) - probability * MANY) < 5 * (MANY * probability * (1 - probability)) ** 0.5
    assert run(7) == first
    assert run(8) != first


def test_an_unlikely_rule_counts_only_its_effects_for_times(stage):
    active = stage.inject(Fail(), phase="PENDING", probability=0.3, times=2)
    create_many(stage, 30)

    assert len(failed(stage)) == active.fired_count == 2
    assert active.matched_count == 30


def test_another_rule_changes_no_draw(stage_of):
    def run(*others):
        stage = stage_of()
        for other in others:
            stage.inject(other, phase="RESTORING_CLOUDSNAP", probability=0.5)
        stage.inject(Fail(), phase="PENDING", probability=0.5)
        stage.inject(Stall(Uniform(0, 100)), phase="INITIALIZING")
        create_many(stage, 40)
        return failed(stage), [at for at, effect, _ in stage.fired() if effect == "fail"]

    assert run() == run(Slow(2)) == run(Stall(Uniform(1, 2)), Slow(2))


def test_a_restore_draws_the_same_whoever_was_created_before_it(stage_of):
    def run(names):
        stage = stage_of()
        stage.inject(Fail(), phase="PENDING", probability=0.5)
        for name in names:
            stage.create(name)
        stage.advance(10_000)
        return sorted(failed(stage))

    names = [f"copy-{number}" for number in range(40)]
    assert run(names) == run(names[::-1])
    assert run(names[:20]) == [name for name in run(names) if name in names[:20]]


def test_rules_of_one_name_get_numbers_and_draw_each_for_itself(stage):
    actives = [stage.inject(Slow(2), phase="PENDING", probability=0.5) for _ in range(3)]
    create_many(stage, 40)

    assert [active.name for active in actives] == [
        "slow on phase=PENDING",
        "slow on phase=PENDING #2",
        "slow on phase=PENDING #3",
    ]
    fired = [
        {event.name for event in stage.world.timeline if event.kind == "fault" and event.rule == active.name}
        for active in actives
    ]
    assert fired[0] != fired[1] != fired[2] != fired[0]


def test_no_two_rules_in_force_ever_have_one_name(stage):
    first = stage.inject(Fail(), phase="PENDING")
    stage.inject(Fail(), phase="PENDING")
    stage.remove(first)
    stage.inject(Fail(), phase="PENDING")
    stage.inject(Fail(), phase="PENDING")
    stage.inject(Fail(), name="fail on phase=PENDING #2")

    names = [active.name for active in stage.world.rules]
    assert len(set(names)) == len(names) == 4


def test_rules_on_one_phase_act_together(stage):
    stage.inject(Slow(2), phase="RESTORING_DATA_SERVICE_DEPLOYMENT")
    stage.inject(Stall(Constant(20), at=0.5), phase="RESTORING_*")
    stage.inject(Fail(at=1), phase="RESTORING_DATA_SERVICE_DEPLOYMENT", restore="copy")
    restore = stage.create()
    stage.advance(1000)

    # One stall before and two as part of it; the phase itself lasts 60 s.
    assert stage.history(restore)[-1] == (11 + 2 * 20 + 60 + 20, "FAILED")
    assert [effect for _, effect, _ in stage.fired()] == ["stall", "stall", "slow", "stall", "fail"]


def test_rules_that_are_in_force_are_given_in_their_order(stage):
    actives = [stage.inject(Fail(), phase="PENDING"), stage.inject(HoldAtGate(), phase="PENDING")]

    assert list(stage.world.rules) == actives
    assert len(stage.world.rules) == 2


def test_a_rule_that_is_not_in_force_can_not_be_removed(stage):
    active = stage.inject(Fail(), phase="PENDING", name="gone")
    stage.remove(active)

    with pytest.raises(ValueError, match="the rule 'gone' is not in force"):
        stage.remove(active)


def test_a_removed_rule_takes_no_further_effect(stage):
    active = stage.inject(Fail(), phase="PENDING")
    stage.create("before")
    stage.advance(10)
    stage.remove(active)
    stage.create("after")
    stage.advance(1000)

    assert failed(stage) == ["before"]


def test_any_number_of_rules_may_take_effect_at_the_same_place(stage):
    for _ in range(MANY):
        stage.world.open_gate(stage.inject(HoldAtGate(), phase="PENDING"))
    create_many(stage, 1)

    assert len(stage.fired()) == MANY
    assert stage.world.restores["copy-0"].status.phase.name == "SUCCESSFUL"
