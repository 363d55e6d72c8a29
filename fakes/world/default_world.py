"""The small world that a simulator starts with unless told otherwise; every example uses it."""

from __future__ import annotations

from fakes.world.declaration import World
from fakes.world.entities import (
    GIB,
    MIB,
    Account,
    Backup,
    BackupLocation,
    BackupState,
    Cluster,
    Deployment,
    Namespace,
    Project,
    Tenant,
)


def default_world() -> World:
    """Make the world that a simulator starts with when it is given none.

    Two clusters, two projects, three namespaces, three deployments and six backups.
    """
    return World(
        accounts=[Account("acme")],
        tenants=[Tenant("acme-engineering")],
        projects=[Project("shop"), Project("analytics")],
        clusters=[
            Cluster("east", capacity=4, bandwidth_bytes_per_second=200 * MIB),
            Cluster("west", capacity=2, bandwidth_bytes_per_second=100 * MIB),
        ],
        backup_locations=[BackupLocation("vault")],
        namespaces=[
            Namespace("shop-prod", cluster="east", projects=["shop"]),
            Namespace("shop-staging", cluster="west", projects=["shop"]),
            Namespace("analytics-prod", cluster="west", projects=["analytics"]),
        ],
        deployments=[
            Deployment("orders", namespace="shop-prod", data_service="PostgreSQL", image="postgresql:16.4"),
            Deployment("carts", namespace="shop-prod", data_service="Redis", image="redis:7.2"),
            Deployment("events", namespace="analytics-prod", data_service="Kafka", image="kafka:3.7"),
        ],
        backups=[
            Backup("orders-backup", deployment="orders", size_bytes=10 * GIB),
            Backup("carts-backup", deployment="carts", size_bytes=1 * GIB),
            Backup("events-backup", deployment="events", size_bytes=50 * GIB),
            Backup("orders-running-backup", deployment="orders", size_bytes=10 * GIB, state=BackupState.IN_PROGRESS),
            Backup("events-failed-backup", deployment="events", size_bytes=50 * GIB, state=BackupState.FAILED),
            Backup("orders-legacy-backup", deployment="orders", size_bytes=10 * GIB, capabilities={"backup": "v1"}),
        ],
    )
