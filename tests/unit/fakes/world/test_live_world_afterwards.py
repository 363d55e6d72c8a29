"""Restores are found, listed and recreated by those who may see them, and the world goes on changing."""

import pytest

from fakes import ANYBODY, Backup, BackupLocation, Caller, Deployment, Phase, UnknownEntity
from fakes.history.listing import ListQuery
from fakes.world.errors import AccessDenied, AlreadyExists, NotFound, PreconditionsFailed


def caller_of(world, *projects):
    return Caller("alice", frozenset(world.projects[project].uid for project in projects))


@pytest.fixture
def failed(living_world, spec_in, advance):
    """A restore into shop-prod that failed, with all that a caller can send."""
    living_world.lose_credentials("vault")
    order = spec_in(
        living_world,
        "orders-copy",
        description="for the audit",
        labels={"team": "shop"},
        annotations={"ticket": "4711"},
        unknown_fields=b"\x22\x00",
    )
    restore = living_world.create_restore(order, ANYBODY)
    advance(living_world, 10)
    living_world.give_back_credentials("vault")
    assert restore.status.phase is Phase.FAILED
    return restore


@pytest.fixture
def recreate(living_world):
    def again(uid, *, name="again", namespace="shop-staging", project="shop", caller=ANYBODY):
        return living_world.recreate_restore(
            uid,
            name=name,
            project=living_world.projects[project].uid,
            namespace=living_world.namespaces[namespace].uid,
            caller=caller,
        )

    return again


def test_a_restore_is_found_by_its_uid(living_world, spec_in):
    restore = living_world.create_restore(spec_in(living_world), ANYBODY)

    assert living_world.get_restore(restore.uid, ANYBODY) is restore
    assert living_world.get_restore(restore.uid, caller_of(living_world, "shop")) is restore


def test_an_unknown_restore_is_not_found(living_world):
    with pytest.raises(NotFound) as caught:
        living_world.get_restore("rst:unknown", ANYBODY)

    assert caught.value == NotFound("restore", "rst:unknown")


def test_a_restore_is_not_found_by_its_name_and_its_uid_is_told(living_world, spec_in):
    restore = living_world.create_restore(spec_in(living_world), ANYBODY)

    with pytest.raises(NotFound, match=restore.uid):
        living_world.get_restore("copy", ANYBODY)


def test_to_a_caller_who_may_not_see_its_project_a_restore_is_as_if_unknown(living_world, spec_in):
    restore = living_world.create_restore(spec_in(living_world), ANYBODY)

    with pytest.raises(NotFound) as caught:
        living_world.get_restore(restore.uid, caller_of(living_world, "analytics"))

    assert caught.value == NotFound("restore", restore.uid)


def test_the_name_of_a_hidden_restore_gives_nothing_away(living_world, spec_in):
    living_world.create_restore(spec_in(living_world), ANYBODY)

    with pytest.raises(NotFound) as caught:
        living_world.get_restore("copy", caller_of(living_world, "analytics"))

    assert caught.value == NotFound("restore", "copy")


def test_a_list_has_what_the_caller_may_see(living_world, spec_in):
    in_shop = living_world.create_restore(spec_in(living_world), ANYBODY)
    in_analytics = living_world.create_restore(
        spec_in(living_world, backup="events-backup", namespace="analytics-prod", project="analytics"), ANYBODY
    )

    def listed(caller):
        page = living_world.list_restores(ListQuery(), caller)
        assert page.total_records == len(page.restores)
        return list(page.restores)

    assert listed(ANYBODY) == [in_shop, in_analytics]
    assert listed(caller_of(living_world, "shop", "analytics")) == [in_shop, in_analytics]
    assert listed(caller_of(living_world, "analytics")) == [in_analytics]
    assert listed(caller_of(living_world)) == []


def test_recreating_makes_a_new_restore_of_the_same_backup(living_world, failed, recreate, advance):
    created = recreate(failed.uid)

    assert created.uid != failed.uid
    assert (created.name, created.spec.backup) == ("again", failed.spec.backup)
    assert created.spec.namespace == living_world.namespaces["shop-staging"].uid
    assert created.status.phase is Phase.INITIALIZING
    advance(living_world, 1000)
    assert created.status.phase is Phase.SUCCESSFUL


def test_recreating_takes_over_what_the_caller_said_about_the_failed_one(failed, recreate):
    order = recreate(failed.uid).spec

    assert (order.description, order.labels, order.annotations, order.unknown_fields) == (
        "for the audit",
        {"team": "shop"},
        {"ticket": "4711"},
        b"\x22\x00",
    )


def test_the_failed_restore_stays_as_it_is(living_world, failed, recreate, advance):
    status = failed.status
    recreate(failed.uid)
    advance(living_world, 1000)

    assert failed.status is status
    assert living_world.get_restore(failed.uid, ANYBODY) is failed


def test_recreating_under_the_old_name_in_the_old_namespace_is_possible(failed, recreate):
    created = recreate(failed.uid, name=failed.name, namespace="shop-prod")

    assert created.uid != failed.uid
    assert created.custom_resource_name != failed.custom_resource_name


def test_a_failed_restore_can_be_recreated_more_than_once(failed, recreate):
    assert recreate(failed.uid, name="second").uid != recreate(failed.uid, name="third").uid


@pytest.mark.parametrize("seconds", [0, 2, 50, 1000])
def test_only_a_failed_restore_can_be_recreated(living_world, spec_in, recreate, advance, seconds):
    restore = living_world.create_restore(spec_in(living_world), ANYBODY)
    advance(living_world, seconds)

    with pytest.raises(PreconditionsFailed) as caught:
        recreate(restore.uid)

    (violation,) = caught.value.violations
    assert (violation.type, violation.subject) == ("RESTORE_NOT_FAILED", restore.uid)
    phase = restore.status.phase.name
    assert violation.description == f"restore 'copy' is {phase}; only a FAILED one can be recreated"


def test_what_does_not_exist_cannot_be_recreated(recreate):
    with pytest.raises(NotFound):
        recreate("rst:unknown")


def test_who_may_not_see_the_failed_restore_cannot_recreate_it(living_world, failed, recreate):
    with pytest.raises(NotFound):
        recreate(failed.uid, caller=caller_of(living_world, "analytics"))


def test_recreating_is_checked_like_creating(living_world, failed, recreate):
    with pytest.raises(AccessDenied, match="destination project 'analytics'"):
        recreate(failed.uid, namespace="analytics-prod", project="analytics", caller=caller_of(living_world, "shop"))
    with pytest.raises(PreconditionsFailed, match="not to project 'shop'"):
        recreate(failed.uid, namespace="analytics-prod")

    recreate(failed.uid)
    with pytest.raises(AlreadyExists):
        recreate(failed.uid)

    living_world.delete_backup(failed.spec.backup)
    with pytest.raises(NotFound, match="backup"):
        recreate(failed.uid, name="another")


CHANGES = [
    ("delete_backup", Backup("orders-backup"), "backup deleted"),
    ("delete_deployment", Deployment("orders", data_service="PostgreSQL"), "deployment deleted"),
    ("lose_credentials", BackupLocation("vault"), "credentials lost"),
]


@pytest.mark.parametrize(("change", "entity", "told"), CHANGES)
def test_a_change_of_the_world_is_in_the_timeline(living_world, advance, change, entity, told):
    advance(living_world, 5)

    changed = getattr(living_world, change)(entity.name)

    (event,) = living_world.timeline
    assert changed.uid == entity.uid
    assert event.fields() == {"change": told, "uid": entity.uid, "name": entity.name}
    assert event.at_microseconds == living_world.environment.now_microseconds


@pytest.mark.parametrize(("change", "entity", "told"), CHANGES)
def test_the_world_is_changed_by_uid_as_well(living_world, change, entity, told):
    getattr(living_world, change)(entity.uid)

    assert [event.fields()["change"] for event in living_world.timeline] == [told]


@pytest.mark.parametrize("change", ["delete_backup", "delete_deployment", "lose_credentials", "give_back_credentials"])
def test_what_does_not_exist_cannot_be_changed(living_world, change):
    with pytest.raises(UnknownEntity, match="'nothing'"):
        getattr(living_world, change)("nothing")

    assert len(living_world.timeline) == 0


def test_deleting_takes_out_of_the_world(living_world):
    living_world.delete_backup("orders-backup")
    living_world.delete_deployment("orders")

    assert "orders-backup" not in living_world.backups
    assert "orders" not in living_world.deployments
    with pytest.raises(UnknownEntity):
        living_world.delete_backup("orders-backup")


def test_credentials_are_lost_until_they_are_given_back(living_world):
    living_world.lose_credentials("vault")
    assert not living_world.backup_locations["vault"].credentials_valid

    living_world.give_back_credentials("vault")
    assert living_world.backup_locations["vault"].credentials_valid


def test_worlds_that_were_started_from_one_declaration_do_not_know_of_each_other(declare, set_going, spec_in, advance):
    declared = declare()
    one, other = set_going(declared), set_going(declared)
    one.create_restore(spec_in(one), ANYBODY)
    one.lose_credentials("vault")
    advance(one, 100)

    assert len(other.restores) == 0
    assert len(other.timeline) == 0
    assert other.backup_locations["vault"].credentials_valid
    assert other.environment.now_microseconds < one.environment.now_microseconds
