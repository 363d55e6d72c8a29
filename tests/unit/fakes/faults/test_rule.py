"""A rule is a plain value that names itself, and refuses what contradicts itself."""

import math

import pytest

from fakes import Constant
from fakes.faults.effects.delete_backup import DeleteBackup
from fakes.faults.effects.fail import Fail
from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.effects.lose_credentials import LoseCredentials
from fakes.faults.effects.outage import Outage
from fakes.faults.effects.restart_phase import RestartPhase
from fakes.faults.effects.slow import Slow
from fakes.faults.effects.stall import Stall
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import PhaseEffect, Rule, WorldEffect


def test_a_rule_applies_always_and_everywhere_unless_told_otherwise():
    rule = Rule(effect=Fail())

    assert (rule.after, rule.times, rule.probability) == (0, None, 1.0)
    assert (rule.between_seconds, rule.at_seconds) == (None, None)
    assert list(rule.where.parts()) == [rule.where]


@pytest.mark.parametrize(
    ("keywords", "name"),
    [
        ({}, "fail"),
        ({"phase": "PENDING"}, "fail on phase=PENDING"),
        ({"cluster": ["east", "w*"], "labels": {"team": "pay*"}}, "fail on cluster=east|w* label team=pay*"),
        ({"phase": "PENDING", "name": "no luck"}, "no luck"),
    ],
)
def test_it_is_named_by_what_it_does_and_where_unless_it_has_a_name(rule_of, keywords, name):
    assert rule_of(Fail(), **keywords).name == name


def test_rules_that_say_the_same_are_equal(rule_of):
    assert rule_of(Fail(at=0.5), phase="PENDING", times=2) == rule_of(Fail(at=0.5), phase="PENDING", times=2)
    assert rule_of(Fail(at=0.5), phase="PENDING") != rule_of(Fail(at=0.6), phase="PENDING")


@pytest.mark.parametrize("huge", [10**400, -(10**5000)], ids=["beyond floats", "beyond decimals"])
@pytest.mark.parametrize("key", ["after", "times", "probability", "at", "between"])
def test_a_number_that_no_float_holds_is_refused(key, huge):
    fields = {"at": {"at_seconds": huge}, "between": {"between_seconds": (0, huge)}}

    with pytest.raises(InvalidRule, match=rf"^{key}: is too large; expected a number that fits into a float$"):
        Rule(effect=Fail(), **fields.get(key, {key: huge}))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"after": -1}, "after: is -1; expected 0 or more"),
        ({"after": "x"}, "after: is 'x'; expected a whole number"),
        ({"name": 5}, "name: is 5; expected a text"),
        ({"name": "\ud800"}, "name: is '\\ud800', which has half of a surrogate pair; expected Unicode"),
        ({"times": 0}, "times: is 0; a rule that never takes effect is none; expected 1 or more"),
        ({"times": -3}, "times: is -3; a rule that never takes effect is none; expected 1 or more"),
        ({"probability": 0}, "probability: is 0; expected more than 0 and at most 1"),
        ({"probability": 1.5}, "probability: is 1.5; expected more than 0 and at most 1"),
        ({"probability": math.nan}, "probability: is nan; expected more than 0 and at most 1"),
        (
            {"between_seconds": (5, 5)},
            "between: is from 5 s to 5 s; expected a start of 0 s or more, then an end that is later",
        ),
        (
            {"between_seconds": (9, 5)},
            "between: is from 9 s to 5 s; expected a start of 0 s or more, then an end that is later",
        ),
        (
            {"between_seconds": (-1, 5)},
            "between: is from -1 s to 5 s; expected a start of 0 s or more, then an end that is later",
        ),
        (
            {"between_seconds": (0, math.nan)},
            "between: is from 0 s to nan s; expected a start of 0 s or more, then an end that is later",
        ),
        ({"at_seconds": -1}, "at: is -1; expected 0 or more seconds, at most a hundred years"),
        ({"at_seconds": math.inf}, "at: is inf; expected 0 or more seconds, at most a hundred years"),
    ],
)
def test_what_contradicts_itself_is_refused(fields, message):
    with pytest.raises(InvalidRule) as caught:
        Rule(effect=Fail(), **fields)

    assert str(caught.value) == message


def test_a_time_without_end_is_a_time():
    assert Rule(effect=Fail(), between_seconds=(5, math.inf)).between_seconds == (5, math.inf)


@pytest.mark.parametrize("effect", ["fail", None, Fail, 7])
def test_what_is_no_effect_is_refused(effect):
    with pytest.raises(InvalidRule) as caught:
        Rule(effect=effect)

    assert str(caught.value) == f"{effect!r} is no effect; expected one as fail() makes it"


@pytest.mark.parametrize("effect", [Fail(), Stall(Constant(1)), Slow(2), RestartPhase(), HoldAtGate()])
def test_these_effects_happen_to_restores_in_a_phase(effect):
    assert isinstance(effect, PhaseEffect)
    assert not isinstance(effect, WorldEffect)


@pytest.mark.parametrize(
    ("effect", "target"), [(Outage(1), "cluster"), (LoseCredentials(), "backup_location"), (DeleteBackup(), "backup")]
)
def test_these_effects_happen_to_entities(effect, target):
    assert isinstance(effect, WorldEffect)
    assert not isinstance(effect, PhaseEffect)
    assert effect.target == target
