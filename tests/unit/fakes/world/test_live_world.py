"""A restore is created only when everything holds, checked in the documented order, and is complete from the start."""

from dataclasses import replace

import pytest

from fakes import ANYBODY, Caller, derive_uid
from fakes.world.errors import AccessDenied, AlreadyExists, NotFound, PreconditionsFailed


@pytest.fixture
def refused(living_world):
    """Gives the error with which an order is refused, and makes sure that the refusal changed nothing."""

    def refuse(order, caller=ANYBODY, *, world=living_world):
        before = (list(world.restores), len(world.timeline), world.environment.peek())
        with pytest.raises((NotFound, AccessDenied, PreconditionsFailed, AlreadyExists)) as caught:
            world.create_restore(order, caller)
        assert (list(world.restores), len(world.timeline), world.environment.peek()) == before
        return caught.value

    return refuse


def caller_of(world, *projects):
    return Caller("alice", frozenset(world.projects[project].uid for project in projects))


@pytest.mark.parametrize("kind", ["namespace", "project", "backup"])
def test_what_does_not_exist_is_not_found(living_world, spec_in, refused, kind):
    missing = derive_uid(kind, "nowhere")

    assert refused(replace(spec_in(living_world), **{kind: missing})) == NotFound(kind, missing)


@pytest.mark.parametrize(
    ("kind", "name"), [("namespace", "shop-prod"), ("project", "shop"), ("backup", "carts-backup")]
)
def test_a_name_is_no_uid_and_the_uid_is_told(living_world, spec_in, refused, kind, name):
    error = refused(replace(spec_in(living_world), **{kind: name}))

    assert error == NotFound(kind, name, f"that is the name of {derive_uid(kind, name)}; calls take uids")


@pytest.mark.parametrize("field", ["namespace", "project", "backup"])
def test_the_uid_of_something_else_is_not_found_and_its_kind_is_told(living_world, spec_in, refused, field):
    uid = living_world.clusters["east"].uid

    assert refused(replace(spec_in(living_world), **{field: uid})).hint == "that is the uid of a cluster"


def test_existence_comes_first_in_the_documented_order(living_world, spec_in, refused):
    nobody = Caller("nobody", frozenset())
    order = replace(spec_in(living_world), namespace="nam:x", project="prj:x", backup="bkp:x")

    assert refused(order, nobody).kind == "namespace"
    order = replace(order, namespace=living_world.namespaces["shop-prod"].uid)
    assert refused(order, nobody).kind == "project"
    order = replace(order, project=living_world.projects["shop"].uid)
    assert refused(order, nobody).kind == "backup"
    order = replace(order, backup=living_world.backups["orders-backup"].uid)
    assert isinstance(refused(order, nobody), AccessDenied)


@pytest.mark.parametrize(
    ("projects", "denied"),
    [((), ("destination", "shop")), (("analytics",), ("destination", "shop")), (("shop",), ("source", "analytics"))],
)
def test_destination_and_source_project_have_to_be_accessible(living_world, spec_in, refused, projects, denied):
    order = spec_in(living_world, backup="events-backup", namespace="shop-staging", project="shop")

    role, name = denied
    assert refused(order, caller_of(living_world, *projects)) == AccessDenied(
        "alice", role, derive_uid("project", name), name
    )


def test_who_may_use_both_projects_may_restore(living_world, spec_in):
    order = spec_in(living_world, backup="events-backup", namespace="shop-staging", project="shop")

    assert living_world.create_restore(order, caller_of(living_world, "shop", "analytics")).is_live


def test_access_comes_before_preconditions(living_world, spec_in, refused):
    order = spec_in(living_world, backup="orders-running-backup", namespace="analytics-prod", project="shop")

    assert isinstance(refused(order, caller_of(living_world, "analytics")), AccessDenied)
    assert isinstance(refused(order), PreconditionsFailed)


def test_all_preconditions_that_do_not_hold_are_told(living_world, spec_in, refused):
    order = spec_in(living_world, backup="orders-running-backup", namespace="analytics-prod", project="shop")

    assert [violation.type for violation in refused(order).violations] == [
        "NAMESPACE_NOT_ASSIGNED",
        "BACKUP_NOT_COMPLETED",
    ]


def test_preconditions_come_before_the_name(living_world, spec_in, refused):
    living_world.create_restore(spec_in(living_world), ANYBODY)

    assert isinstance(refused(spec_in(living_world, backup="orders-running-backup")), PreconditionsFailed)


def test_a_live_restore_of_that_name_in_the_namespace_is_in_the_way(living_world, spec_in, refused, advance):
    first = living_world.create_restore(spec_in(living_world), ANYBODY)
    advance(living_world, 20)

    assert refused(spec_in(living_world, backup="carts-backup")) == AlreadyExists(
        "restore", "copy", first.uid, "namespace 'shop-prod'"
    )


def test_a_final_restore_of_that_name_is_not_in_the_way(living_world, spec_in, advance):
    first = living_world.create_restore(spec_in(living_world), ANYBODY)
    advance(living_world, 1000)

    second = living_world.create_restore(spec_in(living_world), ANYBODY)

    assert second.uid != first.uid
    assert second.is_live


def test_a_live_restore_of_that_name_in_another_namespace_is_not_in_the_way(living_world, spec_in):
    one = living_world.create_restore(spec_in(living_world, namespace="shop-prod"), ANYBODY)
    other = living_world.create_restore(spec_in(living_world, namespace="shop-staging"), ANYBODY)

    assert one.uid != other.uid


def test_a_deployment_of_that_name_does_not_keep_a_restore_from_being_created(living_world, spec_in):
    assert living_world.create_restore(spec_in(living_world, "orders"), ANYBODY).is_live


def test_a_deleted_backup_is_not_found(living_world, spec_in, refused):
    order = spec_in(living_world, backup="orders-backup")
    living_world.delete_backup("orders-backup")

    assert refused(order) == NotFound("backup", order.backup)


def test_a_new_restore_knows_all_that_it_refers_to(living_world, spec_in):
    order = spec_in(living_world, "copy", backup="events-backup", namespace="analytics-prod", project="analytics")
    restore = living_world.create_restore(order, ANYBODY)

    assert restore.spec is order
    assert restore.tenant == derive_uid("tenant", "acme-engineering")
    assert restore.cluster == derive_uid("cluster", "west")
    assert restore.source_deployment == derive_uid("deployment", "events")
    assert restore.backup_location == derive_uid("backup location", "vault")
    assert restore.cloudsnap == derive_uid("cloudsnap", "events-backup")
    assert restore.deployment.startswith("dep:")
    assert restore.deployment not in living_world.deployments
    assert restore.uid.startswith("rst:")


def test_every_uid_that_a_restore_refers_to_has_a_display_name(living_world, spec_in):
    restore = living_world.create_restore(spec_in(living_world, backup="carts-backup"), ANYBODY)

    assert restore.resource_names == {
        restore.spec.namespace: "shop-prod",
        restore.spec.project: "shop",
        restore.spec.backup: "carts-backup",
        restore.cluster: "east",
        restore.backup_location: "vault",
        restore.source_deployment: "carts",
        restore.cloudsnap: "carts-backup-cloudsnap",
        restore.deployment: "copy",
    }


def test_names_of_what_is_deleted_later_stay_known(living_world, spec_in):
    restore = living_world.create_restore(spec_in(living_world, backup="carts-backup"), ANYBODY)
    living_world.delete_backup("carts-backup")
    living_world.delete_deployment("carts")

    assert {"carts-backup", "carts"} <= set(restore.resource_names.values())


def test_the_name_of_the_custom_resource_is_there_from_the_start(living_world, spec_in):
    restore = living_world.create_restore(spec_in(living_world, "Orders Copy"), ANYBODY)

    assert restore.custom_resource_name == f"restore-orders-copy-{restore.uid[4:12]}"


def test_the_tenant_is_that_of_the_destination_project(living_world, spec_in):
    restore = living_world.create_restore(spec_in(living_world), ANYBODY)

    assert restore.tenant == living_world.projects["shop"].tenant


def test_a_creation_is_in_the_timeline(living_world, spec_in):
    restore = living_world.create_restore(spec_in(living_world), ANYBODY)

    assert [event.fields() for event in living_world.timeline] == [
        {"restore": restore.uid, "name": "copy", "from": None, "to": "INITIALIZING"}
    ]


def test_uids_of_restores_depend_on_the_seed_and_on_nothing_that_others_do(declare, set_going, spec_in):
    def uid_of_copy(*before, seed):
        world = set_going(declare(), seed=seed)
        for name in before:
            world.create_restore(spec_in(world, name), ANYBODY)
        return world.create_restore(spec_in(world), ANYBODY).uid

    assert uid_of_copy("one", "two", seed=7) == uid_of_copy(seed=7)
    assert uid_of_copy(seed=8) != uid_of_copy(seed=7)


def test_the_uid_of_a_restore_follows_from_seed_namespace_name_and_how_often_it_was_taken(
    living_world, spec_in, advance
):
    first = living_world.create_restore(spec_in(living_world), ANYBODY)
    advance(living_world, 1000)
    second = living_world.create_restore(spec_in(living_world), ANYBODY)

    namespace = derive_uid("namespace", "shop-prod")
    assert first.uid == derive_uid("restore", "7", namespace, "copy", "1")
    assert second.uid == derive_uid("restore", "7", namespace, "copy", "2")
    assert second.deployment == derive_uid("deployment", second.uid)


def test_restores_are_counted_in_the_order_of_their_creation(living_world, spec_in):
    restores = [living_world.create_restore(spec_in(living_world, name), ANYBODY) for name in ("one", "two", "three")]

    assert [restore.ordinal for restore in restores] == [1, 2, 3]
