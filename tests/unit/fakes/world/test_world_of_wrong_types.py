"""A world of values of the wrong types is refused when it is declared, not when it runs."""

import math
from dataclasses import dataclass

import pytest

from fakes import (
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
    default_world,
)

HUGE = 10**400


def declare(**changes):
    parts = {
        "accounts": [Account("acme")],
        "tenants": [Tenant("engineering")],
        "projects": [Project("shop")],
        "clusters": [Cluster("east")],
        "backup_locations": [BackupLocation("vault")],
        "namespaces": [Namespace("prod", projects=["shop"])],
        "deployments": [Deployment("orders", data_service="PostgreSQL")],
        "backups": [Backup("nightly")],
    }
    return World(**parts | changes)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"accounts": "acme"}, "accounts: is 'acme'; expected a list of them"),
        ({"accounts": Account("acme")}, "accounts: is Account(name='acme'"),
        ({"backups": [None]}, "backups: has None; expected Backup(...)"),
        ({"backups": [Account("acme")]}, "backups: has Account(name='acme'"),
        (
            {"backups": [Backup("nightly", size_bytes=HUGE)]},
            "backups.nightly.size_bytes: is too large; expected at most",
        ),
        (
            {"clusters": [Cluster("east", bandwidth_bytes_per_second=HUGE)]},
            "clusters.east.bandwidth_bytes_per_second: is too large",
        ),
        (
            {"backups": [Backup("nightly", capabilities="v2")]},
            "backups.nightly.capabilities: is 'v2'; expected versions by name",
        ),
        (
            {"backups": [Backup("nightly", capabilities={"backup": 2})]},
            "backups.nightly.capabilities: is {'backup': 2}; expected versions by name",
        ),
        ({"backups": [Backup("nightly", state="completed")]}, "backups.nightly.state: is 'completed'; expected one of"),
        (
            {"data_service_durations": {"PostgreSQL": 5}},
            "data_service_durations.PostgreSQL: is 5; expected durations by phase",
        ),
        ({"accounts": 5}, "accounts: is 5; expected a list of them"),
        ({"accounts": {"acme": Account("acme")}}, "accounts: is {'acme': Account(name='acme'"),
        ({"accounts": [Account(5)]}, "accounts.name: is 5; expected 1 to 255 printable characters"),
        ({"accounts": [Account("acme", uid=5)]}, "accounts.acme.uid: is 5; expected up to 1,024 printable characters"),
        ({"accounts": [Account("acme\ud800")]}, "accounts.acme\\ud800.name: expected 1 to 255 printable characters"),
        ({"tenants": [Tenant("engineering", account=5)]}, "tenants.engineering.account: is 5; expected a name or uid"),
        (
            {"namespaces": [Namespace("prod", projects=[5])]},
            "namespaces.prod.projects: is [5]; expected a list of names or uids, such as ['shop']",
        ),
        (
            {"namespaces": [Namespace("prod", projects=None)]},
            "namespaces.prod.projects: is None; expected a list of names or uids, such as ['shop']",
        ),
        (
            {"clusters": [Cluster("east", capacity=-(10**5000))]},
            "clusters.east.capacity: is a value of type int; expect",
        ),
        (
            {"backup_locations": [BackupLocation("vault", credentials_valid="no")]},
            "backup_locations.vault.credentials_valid: is 'no'; expected True or False",
        ),
        (
            {"deployments": [Deployment("orders", data_service=5)]},
            "deployments.orders.data_service: is 5; expected 1 to 255 printable characters",
        ),
        (
            {"deployments": [Deployment("orders", data_service="PostgreSQL", image=16.4)]},
            "deployments.orders.image: is 16.4; expected up to 1,024 printable characters",
        ),
        (
            {"backups": [Backup("nightly", cloudsnap=b"csn")]},
            "backups.nightly.cloudsnap: is b'csn'; expected up to 1,024 printable characters",
        ),
        ({"durations": {Phase.PENDING: Constant}}, "durations: has <class "),
        ({"data_service_durations": 5}, "data_service_durations: is 5; expected a mapping by data service"),
        ({"data_service_durations": {5: {}}}, "data_service_durations: has 5; expected a data service such as"),
        ({"restorability": 0}, "restorability: is 0; expected a mapping by data service"),
        ({"restorability": {"a\nb": []}}, "restorability.a\\nb: expected 1 to 255 printable characters"),
        ({"restorability": {"Redis": "v2"}}, "restorability.Redis: is 'v2'; expected a list of Condition(...)"),
        ({"restorability": {"Redis": ["v2"]}}, "restorability.Redis: has 'v2'; expected Condition(...)"),
        (
            {"restorability": {"Redis": [Condition(image={"pds_restore": 1})]}},
            "restorability.Redis: is {'pds_restore': 1}; expected versions by name",
        ),
        ({"tokens": "ci"}, "tokens: is a value of type str; expected a list of them"),
        ({"tokens": ["s3cret"]}, "tokens: has a value of type str; expected Token(...)"),
        ({"tokens": [Token(5, secret="s")]}, "tokens.name: is 5; expected 1 to 255 printable"),  # noqa: S106
        ({"tokens": [Token("ci", secret=5)]}, "tokens.ci.secret: expected printable ASCII without spaces"),
        ({"tokens": [Token("", secret="s", projects=["shop"])]}, "tokens.name: expected 1 to 255 printable"),  # noqa: S106
        (
            {"tokens": [Token("x" * 256, secret="s", projects=["shop"])]},  # noqa: S106
            f"tokens.{'x' * 256}.name: expected 1 to 255 printable",
        ),
    ],
)
def test_what_is_of_the_wrong_type_is_told(changes, problem):
    with pytest.raises(InvalidWorld) as caught:
        declare(**changes)

    assert str(caught.value).startswith(problem)


def test_a_world_does_not_change_with_what_it_was_declared_from():
    capabilities = {"backup": "v2"}
    world = declare(backups=[Backup("nightly", capabilities=capabilities)])

    capabilities["backup"] = "v1"

    assert world.backups[0].capabilities == {"backup": "v2"}
    assert default_world() == default_world()


@pytest.mark.parametrize("limit", [math.nan, -1, -math.inf, "300", None, True, HUGE])
def test_a_heartbeat_limit_is_a_number_of_seconds(limit):
    with pytest.raises(
        InvalidWorld, match=r"^clusters\.east\.heartbeat_limit_seconds: is .*; expected a number of sec"
    ):
        declare(clusters=[Cluster("east", heartbeat_limit_seconds=limit)])


@pytest.mark.parametrize("limit", [0, 0.5, 1e308, math.inf])
def test_a_heartbeat_limit_may_be_long_and_infinite(limit):
    assert (
        declare(clusters=[Cluster("east", heartbeat_limit_seconds=limit)]).clusters[0].heartbeat_limit_seconds == limit
    )


def test_what_is_wrong_with_an_entity_is_told_once_and_not_again_of_what_refers_to_it():
    with pytest.raises(InvalidWorld) as caught:
        declare(
            accounts=[Account(None)],
            clusters=["east"],
            namespaces=[Namespace("prod", projects=7)],
            deployments=[Deployment("orders", namespace=8, data_service="PostgreSQL")],
        )

    assert [(problem.collection, problem.field) for problem in caught.value.problems] == [
        ("accounts", "name"),
        ("clusters", ""),
        ("namespaces", "projects"),
        ("deployments", "namespace"),
    ]


def test_an_entity_of_a_class_of_ones_own_may_have_more_fields():
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Owned(Account):
        owner: object = None

    assert declare(accounts=[Owned("acme", owner=len)]).accounts[0].owner is len


def test_tables_do_not_change_with_what_they_were_declared_from():
    capabilities = {"backup": "v2"}
    durations, matrix = {Phase.PENDING: Constant(1)}, {"PostgreSQL": [Condition(backup=capabilities)]}
    by_data_service = {"PostgreSQL": dict(durations)}
    world = declare(durations=durations, data_service_durations=by_data_service, restorability=matrix)

    durations.clear()
    by_data_service["PostgreSQL"].clear()
    capabilities["backup"] = "v1"
    matrix["PostgreSQL"].clear()

    assert world.durations == world.data_service_durations["PostgreSQL"] == {Phase.PENDING: Constant(1)}
    assert world.matrix == {"PostgreSQL": [Condition(backup={"backup": "v2"})]}
