"""A declared world is complete and without contradictions, or everything that is wrong with it is told at once."""

from dataclasses import FrozenInstanceError

import pytest

from fakes import (
    GIB,
    Account,
    Backup,
    BackupLocation,
    Cluster,
    Condition,
    Constant,
    Deployment,
    InvalidWorld,
    Namespace,
    Phase,
    Project,
    Tenant,
    Token,
    World,
    derive_uid,
)
from fakes.world.restorability import CURRENT


def test_an_empty_world_is_a_world():
    assert World().backups == ()
    assert World().matrix == {}


def test_references_by_name_become_uids(declare):
    world = declare(
        clusters=[Cluster("east"), Cluster("west")],
        namespaces=[Namespace("prod", cluster="west", projects=["shop"])],
    )

    assert world.namespaces[0].cluster == derive_uid("cluster", "west")
    assert world.namespaces[0].projects == (derive_uid("project", "shop"),)


def test_references_by_uid_stay_as_they_are(declare):
    world = declare(
        clusters=[Cluster("east"), Cluster("west", uid="clu:my-own")],
        namespaces=[Namespace("prod", cluster="clu:my-own", projects=[derive_uid("project", "shop")])],
    )

    assert world.namespaces[0].cluster == "clu:my-own"
    assert world.namespaces[0].projects == (derive_uid("project", "shop"),)


def test_an_empty_reference_means_the_only_entity_there_is(declare):
    world = declare()

    assert world.tenants[0].account == world.accounts[0].uid
    assert world.projects[0].tenant == world.tenants[0].uid
    assert world.clusters[0].tenant == world.tenants[0].uid
    assert world.backup_locations[0].tenant == world.tenants[0].uid
    assert world.namespaces[0].cluster == world.clusters[0].uid
    assert world.deployments[0].namespace == world.namespaces[0].uid
    assert world.backups[0].deployment == world.deployments[0].uid
    assert world.backups[0].location == world.backup_locations[0].uid


def test_an_empty_project_of_a_deployment_means_the_one_of_its_namespace(declare):
    world = declare(
        projects=[Project("shop"), Project("analytics")],
        namespaces=[Namespace("prod", projects=["analytics"]), Namespace("test", projects=["shop"])],
        deployments=[Deployment("orders", namespace="prod", data_service="PostgreSQL")],
    )

    assert world.deployments[0].project == derive_uid("project", "analytics")


def test_an_empty_project_of_a_deployment_is_wrong_when_its_namespace_has_several(problems_of):
    problems = problems_of(
        projects=[Project("shop"), Project("analytics")],
        namespaces=[Namespace("prod", projects=["shop", "analytics"])],
    )

    assert list(problems) == [("deployments", "orders", "project")]


def test_an_empty_reference_that_could_mean_several_is_wrong(problems_of):
    problems = problems_of(clusters=[Cluster("east"), Cluster("west")])

    message = problems["namespaces", "prod", "cluster"]
    assert message == "names no cluster; expected one of 'east', 'west'"


def test_an_empty_reference_that_could_mean_nothing_is_wrong(problems_of):
    assert ("backups", "nightly", "location") in problems_of(backup_locations=[])


def test_a_reference_to_nothing_is_wrong_and_the_nearest_name_is_told(problems_of):
    problems = problems_of(backups=[Backup("nightly", deployment="order")])

    assert problems["backups", "nightly", "deployment"] == "no deployment 'order'; did you mean 'orders'?"


def test_everything_that_is_wrong_is_told_at_once(problems_of):
    problems = problems_of(
        clusters=[Cluster("east", capacity=0, bandwidth_bytes_per_second=0)],
        namespaces=[Namespace("prod", cluster="north", projects=["shop", "warehouse"])],
        deployments=[Deployment("orders", project="shop", data_service="")],
        backups=[Backup("nightly", size_bytes=-1), Backup("weekly", location="cellar")],
        tokens=[Token("alice", secret="", projects=["garden"])],
    )

    assert set(problems) == {
        ("clusters", "east", "capacity"),
        ("clusters", "east", "bandwidth_bytes_per_second"),
        ("namespaces", "prod", "cluster"),
        ("namespaces", "prod", "projects"),
        ("deployments", "orders", "data_service"),
        ("backups", "nightly", "size_bytes"),
        ("backups", "weekly", "location"),
        ("tokens", "alice", "projects"),
        ("tokens", "alice", "secret"),
    }


def test_one_mistake_is_told_once_however_many_refer_to_it(problems_of):
    assert list(problems_of(clusters=[Cluster("east", capacity=0)])) == [("clusters", "east", "capacity")]


def test_the_error_says_for_each_problem_where_it_is(declare):
    with pytest.raises(InvalidWorld) as caught:
        declare(clusters=[Cluster("east", capacity=0)], backups=[Backup("nightly", size_bytes=-1)])

    assert str(caught.value).splitlines() == [
        "clusters.east.capacity: is 0; expected a whole number of at least 1",
        "backups.nightly.size_bytes: is -1; expected a whole number of at least 0",
    ]


def test_two_entities_of_a_kind_need_different_names(problems_of):
    problems = problems_of(backups=[Backup("nightly"), Backup("nightly")])

    assert "two backups have the uid" in problems["backups", "nightly", ""]


def test_two_entities_of_a_kind_may_share_a_name_when_each_has_a_uid(declare):
    world = declare(backups=[Backup("nightly"), Backup("nightly", uid="bkp:second")])

    assert [backup.name for backup in world.backups] == ["nightly", "nightly"]


def test_a_reference_by_a_shared_name_is_wrong_and_the_uids_are_told(problems_of):
    problems = problems_of(
        clusters=[Cluster("east"), Cluster("east", uid="clu:second")],
        namespaces=[Namespace("prod", cluster="east", projects=["shop"])],
    )

    assert "clu:second" in problems["namespaces", "prod", "cluster"]


def test_entities_of_different_kinds_may_share_a_name(declare):
    world = declare(
        accounts=[Account("acme")],
        tenants=[Tenant("acme")],
        projects=[Project("acme")],
        namespaces=[Namespace("acme", projects=["acme"])],
    )

    assert len({world.accounts[0].uid, world.tenants[0].uid, world.projects[0].uid, world.namespaces[0].uid}) == 4


@pytest.mark.parametrize("value", [0, -1, 1.5, "2", True, None])
@pytest.mark.parametrize("name", ["capacity", "bandwidth_bytes_per_second"])
def test_what_a_cluster_can_do_is_a_whole_number_above_zero(problems_of, name, value):
    problems = problems_of(clusters=[Cluster("east", **{name: value})])

    assert problems["clusters", "east", name] == f"is {value!r}; expected a whole number of at least 1"


def test_a_backup_may_be_empty(declare):
    assert declare(backups=[Backup("nightly", size_bytes=0)]).backups[0].size_bytes == 0


@pytest.mark.parametrize("name", ["x" * 256, "line\nbreak", "bell\x07"])
def test_a_name_is_short_and_printable(problems_of, name):
    problems = problems_of(accounts=[Account(name)])

    assert problems["accounts", name, "name"] == "expected 1 to 255 printable characters"


def test_an_empty_name_is_wrong(problems_of):
    assert ("accounts", "", "name") in problems_of(accounts=[Account("")])


def test_a_deployment_runs_a_data_service(problems_of):
    assert ("deployments", "orders", "data_service") in problems_of(deployments=[Deployment("orders", data_service="")])


@pytest.mark.parametrize("name", ["läden", "Order Backups (2024)", "x" * 255])
def test_a_name_may_be_as_people_write_it(declare, name):
    assert declare(accounts=[Account(name)]).accounts[0].name == name


@pytest.mark.parametrize(
    ("durations", "message"),
    [
        ({"PENDING": Constant(1)}, "has 'PENDING'; expected a phase that ends, such as Phase.PENDING"),
        ({Phase.FAILED: Constant(1)}, "has <Phase.FAILED: 8>; expected a phase that ends, such as Phase.PENDING"),
        ({Phase.PENDING: 5}, "has 5; expected a duration such as Constant(5)"),
    ],
)
def test_durations_are_given_for_live_phases_wherever_they_are_given(problems_of, durations, message):
    problems = problems_of(
        durations=durations,
        clusters=[Cluster("east", durations=durations)],
        data_service_durations={"PostgreSQL": durations},
    )

    assert problems == {
        ("durations", "", ""): message,
        ("clusters", "east", "durations"): message,
        ("data_service_durations", "PostgreSQL", ""): message,
    }


def test_one_name_where_a_list_is_expected_is_wrong(problems_of):
    problems = problems_of(namespaces=[Namespace("prod", projects="shop")])

    assert problems["namespaces", "prod", "projects"] == (
        "is 'shop'; expected a list of names or uids, such as ['shop']"
    )


def test_without_a_matrix_every_data_service_is_restored_with_current_capabilities(declare):
    world = declare(
        deployments=[Deployment("orders", data_service="PostgreSQL"), Deployment("carts", data_service="Redis")],
        backups=[Backup("nightly", deployment="orders")],
    )

    assert world.matrix == {"PostgreSQL": (CURRENT,), "Redis": (CURRENT,)}


@pytest.mark.parametrize("given", [{}, {"PostgreSQL": [Condition(backup={"backup": "v3"})]}])
def test_a_given_matrix_is_taken_as_it_is(declare, given):
    assert declare(restorability=given).matrix == given


def test_a_world_cannot_be_changed(declare):
    world = declare()

    with pytest.raises(FrozenInstanceError):
        world.backups = ()
    with pytest.raises(FrozenInstanceError):
        world.backups[0].size_bytes = GIB


def test_collections_may_come_from_any_iterable(declare):
    world = declare(backup_locations=(BackupLocation(name) for name in ["vault"]))

    assert [location.name for location in world.backup_locations] == ["vault"]


def test_declaring_does_not_change_what_was_declared(declare):
    namespace = Namespace("prod", projects=["shop"])

    declare(namespaces=[namespace])

    assert namespace == Namespace("prod", projects=["shop"])
