"""Fault schedules that are drawn at random make sense in their world, cover all effects, and shrink to what matters."""

import random
import re
import sys
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, find, given, settings

from fakes import Account, Backup, BackupLocation, Cluster, Deployment, Namespace, Project, Tenant, World
from fakes.faults.settings import PlainEffect, Text, WholeNumber, setting
from scenarios.exploration import rule_sets
from scenarios.exploration.space import make_space
from simulator import Simulator, faults
from simulator.documents.rules import FaultDocument
from simulator.faults import EFFECTS

SMALL_WORLD = World(
    accounts=[Account("acme")],
    tenants=[Tenant("engineering")],
    projects=[Project("shop")],
    clusters=[Cluster("north")],
    backup_locations=[BackupLocation("cellar")],
    namespaces=[Namespace("prod", projects=["shop"])],
    deployments=[Deployment("orders", data_service="PostgreSQL")],
    backups=[Backup("nightly")],
)
shrinking = settings(max_examples=2_000, database=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True, slots=True)
class Jitter(PlainEffect):
    name: ClassVar[str] = "jitter"

    count: int = setting(WholeNumber(at_least=7), "How many.")

    async def around(self, call, proceed, _firing):
        return await proceed(call)


@dataclass(frozen=True, slots=True)
class Sing(PlainEffect):
    name: ClassVar[str] = "sing"

    song: str = setting(Text(), "What.")


@settings(max_examples=30)
@given(rules=rule_sets())
def test_drawn_rules_make_sense_in_the_default_world(rules):
    Simulator(rules=rules, listen=False)


@settings(max_examples=30)
@given(rules=rule_sets(world=SMALL_WORLD))
def test_drawn_rules_make_sense_in_a_world_of_ones_own(rules):
    Simulator(rules=rules, world=SMALL_WORLD, listen=False)


@settings(max_examples=30)
@given(rules=rule_sets(max_rules=5))
def test_drawn_rules_are_written_as_in_yaml_and_have_names_of_their_own(rules):
    written = [FaultDocument.model_validate(rule.to_plain()) for rule in rules]

    assert [document.to_rule().to_plain() for document in written] == [rule.to_plain() for rule in rules]
    assert len({rule.name for rule in rules}) == len(rules)


def test_every_registered_effect_takes_part():
    space = make_space()
    choose = random.Random(1).randrange
    drawn = [rule for _ in range(500) for rule in space.rules_of(space.choose_schedule(choose))]

    assert {rule.effect.name for rule in drawn} == {effect.name for effect in EFFECTS}
    assert {rule.where.patterns["method"][0] for rule in drawn if "method" in rule.where.patterns} > {"CreateRestore"}


def test_a_swarm_leaves_effects_out():
    space = make_space()
    choose = random.Random(1).randrange
    left_out = 0b11
    chosen = {space.choose_rule(choose, left_out)[0] for _ in range(300)}

    assert chosen == set(range(2, len(space.rules)))
    assert space.choose_rule(lambda count: count - 1, 2 ** len(space.rules) - 1)[0] == len(space.rules) - 1


def test_an_effect_of_ones_own_takes_part():
    space = make_space(effects=[Jitter], methods=["GetRestore"])

    rule = space.rules[0].rule([0] * len(space.rules[0].dimensions))
    assert rule.to_plain() == {"method": ["GetRestore"], "times": 1, "jitter": {"count": 7}}


@pytest.mark.parametrize(
    ("is_wanted", "plain"),
    [
        (lambda rules: rules, {"method": ["CreateRestore"], "times": 1, "error": {}}),
        (
            lambda rules: any(isinstance(rule.effect, faults.lose_response) for rule in rules),
            {"method": ["CreateRestore"], "times": 1, "lose_response": {}},
        ),
        (
            lambda rules: any(rule.name == "fail on phase=PENDING" for rule in rules),
            {"phase": ["PENDING"], "times": 1, "fail": {}},
        ),
        (
            lambda rules: any(getattr(rule.effect, "code", "") == "NOT_FOUND" for rule in rules),
            {"method": ["CreateRestore"], "times": 1, "error": {"code": "NOT_FOUND"}},
        ),
    ],
)
def test_a_rule_set_shrinks_to_one_simple_rule(is_wanted, plain):
    rules = find(rule_sets(), is_wanted, settings=shrinking, random=random.Random(1))

    assert [rule.to_plain() for rule in rules] == [plain]


def test_of_two_rules_that_are_needed_both_are_simple():
    def is_wanted(rules):
        return {"outage", "stale"} <= {rule.effect.name for rule in rules}

    rules = find(rule_sets(), is_wanted, settings=shrinking, random=random.Random(1))

    assert sorted((rule.to_plain() for rule in rules), key=str) == [
        {"cluster": ["east"], "at": 5.0, "outage": {}},
        {"method": ["GetRestore"], "times": 1, "stale": 60.0},
    ]


def test_of_many_names_the_last_is_drawn_too():
    backups = [Backup(f"backup-{number}") for number in range(300)]
    space = {"world": replace(SMALL_WORLD, backups=backups), "effects": ["delete_backup"], "phases": []}

    def is_wanted(rules):
        return any(rule.where.patterns.get("backup") == ("backup-299",) for rule in rules)

    [rule] = find(rule_sets(**space), is_wanted, settings=shrinking, random=random.Random(1))

    assert rule.to_plain() == {"backup": ["backup-299"], "at": 5.0, "delete_backup": {}}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"effects": ["eror"]}, "'eror' is no effect; did you mean 'error'?"),
        ({"methods": ["GetRestor"]}, "'GetRestor' is no method; did you mean 'GetRestore'"),
        ({"phases": ["SUCCESSFUL"]}, "'SUCCESSFUL' is no phase"),
        ({"max_rules": 0}, "max_rules is 0; expected a whole number from 1"),
        ({"max_rules": True}, "max_rules is True; expected a whole number from 1"),
        ({"effects": ["stale"], "methods": ["CreateRestore"]}, "no effect can happen to any of these methods"),
        ({"effects": [Sing]}, "the effect 'sing' needs 'song', and no Text is known that is worth trying"),
    ],
)
def test_what_names_nothing_is_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        rule_sets(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"phases": "PENDING"}, "phases is 'PENDING'; expected a list, such as ['PENDING']"),
        ({"world": 3}, "world is 3; expected a World"),
    ],
)
def test_what_has_another_type_is_refused(arguments, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        rule_sets(**arguments)


def test_without_hypothesis_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "hypothesis", None)

    with pytest.raises(ModuleNotFoundError, match=r"pip install 'pds-restore-simulator\[explore\]'"):
        rule_sets()
