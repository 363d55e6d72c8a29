"""A world of values of the wrong types is refused when it is declared, not when it runs."""

import pytest

from fakes import Account, Backup, Deployment, InvalidWorld, Namespace, Project, Tenant, Token, World, default_world
from fakes.world.entities import BackupLocation, Cluster

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
