"""What has to be so before a restore is created; everything that is not so is told at once."""

import pytest

from fakes import Condition, Deployment, Namespace, Project, derive_uid
from fakes.world.preconditions import failed_preconditions


def types(violations):
    return [violation.type for violation in violations]


def test_nothing_is_wrong_with_a_good_order(living_world, spec_in):
    assert failed_preconditions(living_world, spec_in(living_world)) == []


def test_the_namespace_is_assigned_to_the_project(living_world, spec_in):
    (violation,) = failed_preconditions(
        living_world, spec_in(living_world, namespace="shop-staging", project="analytics")
    )

    assert violation.type == "NAMESPACE_NOT_ASSIGNED"
    assert violation.subject == living_world.namespaces["shop-staging"].uid
    assert violation.description == "namespace 'shop-staging' is assigned to 'shop', not to project 'analytics'"


def test_a_namespace_may_be_assigned_to_several_projects(declare, set_going, spec_in):
    world = set_going(
        declare(
            projects=[Project("shop"), Project("analytics")],
            namespaces=[Namespace("prod", projects=["shop", "analytics"])],
            deployments=[Deployment("orders", project="shop", data_service="PostgreSQL")],
        )
    )

    assert failed_preconditions(world, spec_in(world, project="shop")) == []
    assert failed_preconditions(world, spec_in(world, project="analytics")) == []


def test_a_namespace_may_be_assigned_to_no_project(declare, set_going, spec_in):
    world = set_going(
        declare(
            namespaces=[Namespace("prod")],
            deployments=[Deployment("orders", project="shop", data_service="PostgreSQL")],
        )
    )

    (violation,) = failed_preconditions(world, spec_in(world))
    assert violation.description == "namespace 'prod' is assigned to no project, not to project 'shop'"


@pytest.mark.parametrize(
    ("backup", "state"), [("orders-running-backup", "in progress"), ("events-failed-backup", "failed")]
)
def test_the_backup_is_completed(living_world, spec_in, backup, state):
    (violation,) = failed_preconditions(living_world, spec_in(living_world, backup=backup))

    assert violation.type == "BACKUP_NOT_COMPLETED"
    assert violation.subject == derive_uid("backup", backup)
    assert violation.description == f"backup {backup!r} is {state}; only a completed one can be restored"


def test_the_matrix_restores_the_backup(living_world, spec_in):
    (violation,) = failed_preconditions(living_world, spec_in(living_world, backup="orders-legacy-backup"))

    assert violation.type == "BACKUP_NOT_RESTORABLE"
    assert violation.subject == derive_uid("backup", "orders-legacy-backup")
    assert violation.description == (
        "backup 'orders-legacy-backup' with capabilities {'backup': 'v1'} and an image with {'pds_restore': 'v1'}"
        " can't be restored as PostgreSQL; the matrix allows backup {'backup': 'v2'} with image {'pds_restore': 'v1'}"
    )


def test_the_image_counts_too(declare, set_going, spec_in):
    old_image = Deployment("orders", data_service="PostgreSQL", image_capabilities={"pds_restore": "v0"})
    world = set_going(declare(deployments=[old_image]))

    assert types(failed_preconditions(world, spec_in(world))) == ["BACKUP_NOT_RESTORABLE"]


def test_one_condition_of_several_is_enough(declare, set_going, spec_in):
    conditions = [Condition(backup={"backup": "v9"}), Condition(backup={"backup": "v2"})]
    world = set_going(declare(restorability={"PostgreSQL": conditions}))

    assert failed_preconditions(world, spec_in(world)) == []


def test_a_data_service_that_the_matrix_does_not_know_cannot_be_restored(declare, set_going, spec_in):
    world = set_going(declare(restorability={}))

    (violation,) = failed_preconditions(world, spec_in(world))
    assert violation.type == "BACKUP_NOT_RESTORABLE"
    assert violation.description.endswith("the matrix allows nothing")


def test_a_backup_of_a_deployment_that_is_gone_can_be_restored(living_world, spec_in):
    order = spec_in(living_world, backup="orders-backup")
    living_world.delete_deployment("orders")

    assert failed_preconditions(living_world, order) == []


def test_everything_that_is_not_so_is_told(living_world, spec_in):
    order = spec_in(living_world, namespace="analytics-prod", project="shop", backup="orders-running-backup")

    assert types(failed_preconditions(living_world, order)) == ["NAMESPACE_NOT_ASSIGNED", "BACKUP_NOT_COMPLETED"]
