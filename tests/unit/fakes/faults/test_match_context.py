"""A rule can ask for all that a restore belongs to, by name and by uid."""

import pytest

from fakes import Phase
from fakes.faults.effects.fail import Fail
from fakes.faults.match_context import phase_context, values_of


@pytest.fixture
def restore(default_stage):
    return default_stage.create("orders-copy", namespace="shop-staging", labels={"team": "payments"})


def test_a_restore_belongs_to_all_that_its_order_names(default_stage, restore):
    world = default_stage.world
    registries = {
        "cluster": world.clusters["west"],
        "namespace": world.namespaces["shop-staging"],
        "project": world.projects["shop"],
        "backup": world.backups["orders-backup"],
        "backup_location": world.backup_locations["vault"],
        "restore": restore,
    }

    assert values_of(world, restore) == {key: (entity.name, entity.uid) for key, entity in registries.items()} | {
        "data_service": ("PostgreSQL",)
    }


def test_what_was_deleted_meanwhile_is_still_known(default_stage, restore):
    before = values_of(default_stage.world, restore)
    default_stage.world.delete_backup("orders-backup")
    default_stage.world.delete_deployment("orders")

    assert values_of(default_stage.world, restore) == before


def test_a_phase_is_an_occasion_of_its_own_for_each_restore(default_stage, restore):
    occasion = phase_context(default_stage.world, restore, Phase.PENDING, 5)

    assert occasion.values["phase"] == ("PENDING",)
    assert occasion.labels == {"team": "payments"}
    assert occasion.title == "orders-copy in PENDING"
    assert occasion.subject == f"{restore.uid} PENDING"
    assert occasion.at_microseconds == 5


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("cluster", "west"),
        ("namespace", "shop-staging"),
        ("project", "shop"),
        ("backup", "orders-backup"),
        ("backup_location", "vault"),
        ("restore", "orders-copy"),
    ],
)
@pytest.mark.parametrize("form", ["name", "uid", "glob", "list"])
def test_a_rule_finds_its_restore_by_every_key_and_in_every_form(default_stage, restore, key, name, form):
    uid = values_of(default_stage.world, restore)[key][1]
    pattern = {"name": name, "uid": uid, "glob": f"{name[:-1]}?", "list": [uid, name]}[form]
    default_stage.inject(Fail(), phase="PENDING", **{key: pattern})
    default_stage.advance(10)

    assert restore.status.phase is Phase.FAILED


@pytest.mark.parametrize(
    "where",
    [
        {"cluster": "east"},
        {"namespace": "analytics-*"},
        {"project": "analytics"},
        {"backup": "carts-backup"},
        {"data_service": "Redis"},
        {"restore": "other"},
        {"labels": {"team": "search"}},
    ],
)
def test_a_rule_for_others_does_not_touch_it(default_stage, where):
    default_stage.inject(Fail(), phase="PENDING", **where)
    restore = default_stage.create("orders-copy", namespace="shop-staging", labels={"team": "payments"})
    default_stage.advance(10)

    assert restore.status.phase is not Phase.FAILED


def test_a_rule_finds_its_restore_by_data_service_and_by_label(default_stage):
    default_stage.inject(Fail(), phase="PENDING", data_service="Postgre*", labels={"team": "pay*"})
    restore = default_stage.create("orders-copy", labels={"team": "payments"})
    default_stage.advance(10)

    assert restore.status.phase is Phase.FAILED
