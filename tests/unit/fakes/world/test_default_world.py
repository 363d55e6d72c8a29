"""The default world is the documented one: every example relies on it."""

import pytest

from fakes import GIB, MIB, default_world, derive_uid


@pytest.fixture(scope="module")
def names():
    """The name of every entity of the default world, by uid."""
    world = default_world()
    collections = ("accounts", "tenants", "projects", "clusters", "backup_locations", "namespaces", "deployments")
    return {entity.uid: entity.name for collection in collections for entity in getattr(world, collection)}


def test_it_belongs_to_one_tenant(names):
    world = default_world()

    assert [account.name for account in world.accounts] == ["acme"]
    assert [(tenant.name, names[tenant.account]) for tenant in world.tenants] == [("acme-engineering", "acme")]
    assert {names[owned.tenant] for owned in (*world.projects, *world.clusters, *world.backup_locations)} == {
        "acme-engineering"
    }


def test_it_has_two_projects_and_a_backup_location_that_clusters_can_get_at():
    world = default_world()

    assert [project.name for project in world.projects] == ["shop", "analytics"]
    assert [(location.name, location.credentials_valid) for location in world.backup_locations] == [("vault", True)]


def test_its_clusters():
    assert [
        (cluster.name, cluster.capacity, cluster.bandwidth_bytes_per_second) for cluster in default_world().clusters
    ] == [("east", 4, 200 * MIB), ("west", 2, 100 * MIB)]


def test_its_namespaces(names):
    assert [
        (namespace.name, names[namespace.cluster], [names[project] for project in namespace.projects])
        for namespace in default_world().namespaces
    ] == [
        ("shop-prod", "east", ["shop"]),
        ("shop-staging", "west", ["shop"]),
        ("analytics-prod", "west", ["analytics"]),
    ]


def test_its_deployments(names):
    assert [
        (deployment.name, deployment.data_service, names[deployment.namespace], names[deployment.project])
        for deployment in default_world().deployments
    ] == [
        ("orders", "PostgreSQL", "shop-prod", "shop"),
        ("carts", "Redis", "shop-prod", "shop"),
        ("events", "Kafka", "analytics-prod", "analytics"),
    ]


def test_its_backups(names):
    assert [
        (backup.name, names[backup.deployment], backup.size_bytes, backup.state.value)
        for backup in default_world().backups
    ] == [
        ("orders-backup", "orders", 10 * GIB, "completed"),
        ("carts-backup", "carts", 1 * GIB, "completed"),
        ("events-backup", "events", 50 * GIB, "completed"),
        ("orders-running-backup", "orders", 10 * GIB, "in progress"),
        ("events-failed-backup", "events", 50 * GIB, "failed"),
        ("orders-legacy-backup", "orders", 10 * GIB, "completed"),
    ]
    assert {names[backup.location] for backup in default_world().backups} == {"vault"}


def test_all_its_backups_but_the_legacy_one_have_capabilities_that_the_matrix_restores():
    world = default_world()
    data_services = {deployment.uid: deployment for deployment in world.deployments}
    refused = [
        backup.name
        for backup in world.backups
        if not any(
            condition.holds(backup.capabilities, data_services[backup.deployment].image_capabilities)
            for condition in world.matrix[data_services[backup.deployment].data_service]
        )
    ]

    assert refused == ["orders-legacy-backup"]


def test_its_matrix_covers_its_data_services():
    assert set(default_world().matrix) == {"PostgreSQL", "Redis", "Kafka"}


def test_it_asks_for_no_tokens():
    assert default_world().tokens == ()


def test_its_uids_follow_from_kind_and_name():
    uids = {backup.name: backup.uid for backup in default_world().backups}

    assert uids["orders-backup"] == derive_uid("backup", "orders-backup")


def test_it_is_the_same_each_time():
    assert default_world() == default_world()
