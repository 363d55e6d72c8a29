"""A rule that could never match anything of the world, or asks for what its effect has no use for, is refused."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from fakes.faults.effects.delete_backup import DeleteBackup
from fakes.faults.effects.fail import Fail
from fakes.faults.effects.lose_credentials import LoseCredentials
from fakes.faults.effects.outage import Outage
from fakes.faults.errors import InvalidRule
from fakes.faults.selector import KEYS, Selector


@dataclass(frozen=True)
class CallEffectOfTests:
    """Something that happens to certain calls."""

    name: ClassVar[str] = "hiccup"
    methods: tuple[str, ...] | None = None


HICCUP = CallEffectOfTests()
HICCUP_OF_GET = CallEffectOfTests(("GetRestore",))
IN_A_PHASE = {"phase": "PENDING"}
IN_A_PHASE_SELECTED = {"phase": ("PENDING",)}
NO_PHASE = "is no phase in which anything could happen"
NO_TIME = "at: is a time for an outage, lose_credentials or delete_backup without a 'phase'"


@pytest.mark.parametrize(
    ("key", "pattern", "complaint", "suggestion"),
    [
        ("phase", "SUCCESSFUL", NO_PHASE, "'INITIALIZING'"),
        ("phase", "FAILED", NO_PHASE, "'INITIALIZING'"),
        ("phase", "PENDIN", NO_PHASE, "'PENDING'"),
        ("phase", "restoring_*", NO_PHASE, "'RESTORING_CLOUDSNAP'"),
        ("cluster", "weest", "matches no cluster of the world", "'west'"),
        ("cluster", "n*", "matches no cluster of the world", "'east'"),
        ("cluster", "clu:00000000-0000-0000-0000-000000000000", "matches no cluster of the world", "'east'"),
        ("namespace", "shop-prd*", "matches no namespace of the world", "'shop-prod'"),
        ("project", "shoop", "matches no project of the world", "'shop'"),
        ("backup", "carts-bakup", "matches no backup of the world", "'carts-backup'"),
        ("backup_location", "volt", "matches no backup location of the world", "'vault'"),
        ("data_service", "postgres", "matches no data service of the world", "'PostgreSQL'"),
    ],
)
@pytest.mark.parametrize("part", ["directly", "in any_of", "in unless"])
def test_what_matches_nothing_is_refused_with_what_comes_close(
    default_stage, key, pattern, complaint, suggestion, part
):
    where = Selector({key: (pattern,)})
    keywords = {"directly": {key: pattern}, "in any_of": {"any_of": (where,)}, "in unless": {"unless": where}}[part]
    with pytest.raises(InvalidRule) as caught:
        default_stage.inject(Fail(), **keywords)

    assert caught.value.key == key
    assert caught.value.message.startswith(f"{pattern!r} {complaint}; ")
    assert suggestion in caught.value.message
    assert len(default_stage.world.rules) == 0


def test_what_is_no_method_is_refused_with_what_comes_close(default_stage):
    with pytest.raises(InvalidRule, match=r"^method: 'CreateRestor' is no method; did you mean 'CreateRestore'"):
        default_stage.inject(HICCUP, method="CreateRestor")


def test_a_method_may_be_named_with_its_service(default_stage):
    default_stage.inject(HICCUP, method="RestoreService/Create*")
    default_stage.inject(HICCUP_OF_GET, method="*Service/GetRestore")

    with pytest.raises(InvalidRule, match=r"is no method; did you mean 'RestoreService/CreateRestore'"):
        default_stage.inject(HICCUP, method="RestoreServic/CreateRestore")


@pytest.mark.parametrize(
    ("effect", "keywords", "message"),
    [
        (HICCUP, IN_A_PHASE, "phase: hiccup happens to a call; expected 'method'"),
        (
            HICCUP,
            {"any_of": (Selector({"phase": ("PENDING",)}),)},
            "phase: hiccup happens to a call; expected 'method'",
        ),
        (Fail(), {"method": "CreateRestore"}, "method: fail does not happen to a call; expected 'phase'"),
        (Fail(), {"caller": "alice"}, "caller: fail does not happen to a call; expected 'phase'"),
        (Outage(1), {"method": "GetRestore"}, "method: outage does not happen to a call; expected 'phase'"),
        (
            HICCUP_OF_GET,
            {"method": "Create*"},
            "method: hiccup can't happen to 'Create*'; expected one of 'GetRestore'",
        ),
        (
            HICCUP_OF_GET,
            {"any_of": (Selector({"method": ("List*",)}),)},
            "method: hiccup can't happen to 'List*'; expected one of 'GetRestore'",
        ),
        (Fail(), IN_A_PHASE | {"at_seconds": 5}, NO_TIME),
        (HICCUP, {"at_seconds": 5}, NO_TIME),
        (Outage(1), IN_A_PHASE | {"at_seconds": 5}, NO_TIME),
        (Outage(1), {}, "cluster: is missing; outage needs to know to which cluster"),
        (DeleteBackup(), {"at_seconds": 5}, "backup: is missing; delete_backup needs to know to which backup"),
        (LoseCredentials(), {}, "backup_location: is missing; lose_credentials needs to know to which backup_location"),
    ],
)
def test_what_contradicts_the_effect_is_refused(default_stage, effect, keywords, message):
    with pytest.raises(InvalidRule) as caught:
        default_stage.inject(effect, **keywords)

    assert str(caught.value) == message
    assert len(default_stage.world.rules) == 0


@pytest.mark.parametrize(
    ("keywords", "key"),
    [
        ({"namespace": "shop-prod"}, "namespace"),
        ({"labels": {"team": "*"}}, ""),
        ({"after": 1}, ""),
        ({"times": 1}, ""),
        ({"between_seconds": (1, 2)}, ""),
    ],
)
def test_an_effect_on_the_world_without_a_phase_takes_only_its_entity_and_a_time(default_stage, keywords, key):
    with pytest.raises(InvalidRule) as caught:
        default_stage.inject(Outage(1), cluster="east", **keywords)

    assert (caught.value.key, caught.value.message) == (key, "outage without a 'phase' takes only cluster and 'at'")


@pytest.mark.parametrize(
    ("effect", "keywords"),
    [
        (Fail(), {}),
        (Fail(), {"phase": "RESTORING_*"}),
        (Fail(), {"restore": "not created yet"}),
        (Fail(), {"labels": {"no such": "label"}}),
        (Fail(), {"cluster": ["west", "e*"]}),
        (HICCUP, {"method": "*Restore", "caller": "nobody so far"}),
        (HICCUP, {"cluster": "west"}),
        (HICCUP_OF_GET, {"method": "*"}),
        (HICCUP_OF_GET, {"unless": Selector({"method": ("CreateRestore",)})}),
        (Outage(1), {"cluster": "west", "probability": 0.5}),
        (Outage(1), {"phase": "PENDING", "times": 1}),
        (Outage(1), {"any_of": (Selector({"phase": ("PENDING",)}), Selector({"phase": ("INITIALIZING",)}))}),
    ],
)
def test_what_could_match_is_accepted(default_stage, effect, keywords):
    assert default_stage.inject(effect, **keywords) in list(default_stage.world.rules)


@pytest.mark.parametrize("key", ["cluster", "namespace", "project", "backup", "backup_location"])
def test_entities_are_known_by_name_and_by_uid(default_stage, key):
    for entity in default_stage.world.collection(f"{key}s").values():
        default_stage.inject(Fail(), **{key: entity.name})
        default_stage.inject(Fail(), **{key: entity.uid})


@pytest.mark.parametrize(
    ("effect", "keywords", "kind"),
    [
        (Fail(), {}, "phase"),
        (HICCUP, {}, "call"),
        (Outage(1), {"cluster": "west"}, "time"),
        (Outage(1), {"phase": "PENDING"}, "phase"),
        (Outage(1), {"any_of": (Selector({"phase": ("PENDING",)}),)}, "phase"),
        (Outage(1), {"unless": Selector({"phase": ("PENDING",)})}, "phase"),
    ],
)
def test_what_a_rule_waits_for_follows_from_what_it_does_and_where(default_stage, effect, keywords, kind):
    assert default_stage.inject(effect, **keywords).kind == kind


def test_checking_changes_nothing(default_stage, rule_of):
    default_stage.world.rules.check(rule_of(Fail(), phase="PENDING"))
    with pytest.raises(InvalidRule):
        default_stage.world.rules.check(rule_of(Fail(), phase="FAILED"))

    assert len(default_stage.world.rules) == 0


def test_every_key_can_be_asked_for_by_a_rule_of_its_kind(default_stage):
    for key in set(KEYS) - {"phase", "method", "caller"}:
        default_stage.inject(Fail(), **{key: "*"})
    default_stage.inject(HICCUP, method="*", caller="*")
    default_stage.inject(Fail(), phase="*")

    assert len(default_stage.world.rules) == len(KEYS) - 1


def test_a_rule_may_name_what_was_deleted_since_restores_go_on_referring_to_it(default_stage):
    restore = default_stage.create(backup="orders-backup")
    default_stage.advance(60)
    default_stage.world.delete_backup("orders-backup")
    for deployment in list(default_stage.world.deployments.by_uid):
        default_stage.world.delete_deployment(deployment)

    keys = {"backup": "orders-backup", "data_service": "PostgreSQL"}
    default_stage.inject(Fail(), phase="RESTORING_DATA_SERVICE_DEPLOYMENT", **keys)
    default_stage.advance(60)

    assert default_stage.history(restore)[-1][1] == "FAILED"
    assert default_stage.fired() == [(62.2, "fail", "copy")]
