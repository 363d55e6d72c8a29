"""What the properties of worlds use: a small one, and somebody who does to it what a history says."""

import pytest

from fakes import (
    ANYBODY,
    MIB,
    Account,
    Backup,
    BackupLocation,
    Cluster,
    Deployment,
    Exponential,
    LiveWorld,
    Namespace,
    Normal,
    Phase,
    Project,
    RestoreSpec,
    Tenant,
    Uniform,
    World,
    derive_uid,
)
from fakes.environment import to_microseconds
from fakes.world.errors import WorldError

END_SECONDS = 10_000_000


def small_world(*, cellar_is_valid=False):
    return World(
        accounts=[Account("acme")],
        tenants=[Tenant("engineering")],
        projects=[Project("shop")],
        clusters=[
            Cluster("east", capacity=2, bandwidth_bytes_per_second=MIB, heartbeat_limit_seconds=100),
            Cluster("west", capacity=1, bandwidth_bytes_per_second=3 * MIB),
        ],
        backup_locations=[BackupLocation("vault"), BackupLocation("cellar", credentials_valid=cellar_is_valid)],
        namespaces=[
            Namespace("east-prod", cluster="east", projects=["shop"]),
            Namespace("east-test", cluster="east", projects=["shop"]),
            Namespace("west-prod", cluster="west", projects=["shop"]),
        ],
        deployments=[Deployment("orders", namespace="east-prod", data_service="PostgreSQL")],
        backups=[
            Backup("nightly", location="vault", size_bytes=10 * MIB),
            Backup("weekly", location="cellar", size_bytes=70 * MIB),
            Backup("monthly", location="vault", size_bytes=0),
        ],
        durations={
            Phase.INITIALIZING: Uniform(0, 3),
            Phase.RESTORING_CLOUDSNAP: Exponential(5),
            Phase.RESTORING_DATA_SERVICE_DEPLOYMENT: Normal(20, 15),
        },
    )


class Driver:
    """Does to a world what a history says; what the world refuses is left out."""

    def __init__(self, plan=(), *, seed=7, cellar_is_valid=False):
        self.world = LiveWorld(small_world(cellar_is_valid=cellar_is_valid), seed=seed, start_microseconds=0)
        for rule in plan:
            self.world.inject(rule)

    def do(self, action):
        try:
            getattr(self, action.verb)(action)
        except WorldError:
            # A name that is taken, a backup that is gone: what a caller would be told, and no change.
            return

    def advance(self, action):
        self.advance_seconds(action.seconds)

    def advance_seconds(self, seconds):
        self.world.environment.advance_to(self.world.environment.now_microseconds + to_microseconds(seconds))

    def create(self, action):
        order = RestoreSpec(
            name=action.name,
            namespace=derive_uid("namespace", action.namespace),
            project=derive_uid("project", "shop"),
            backup=derive_uid("backup", action.backup),
            labels={"team": "payments"} if action.ordinal % 2 else {},
        )
        self.world.create_restore(order, ANYBODY)

    def recreate(self, action):
        uids = list(self.world.restores) or ["rst:none"]
        self.world.recreate_restore(
            uids[action.ordinal % len(uids)],
            name=action.name,
            project=derive_uid("project", "shop"),
            namespace=derive_uid("namespace", action.namespace),
            caller=ANYBODY,
        )

    def delete_backup(self, action):
        if action.backup in self.world.backups:
            self.world.delete_backup(action.backup)

    def delete_deployment(self, action):
        for deployment in self.world.deployments.named(action.name):
            self.world.delete_deployment(deployment.uid)

    def lose_credentials(self, action):
        self.world.lose_credentials(action.location)

    def give_back_credentials(self, action):
        if not self.world.backup_locations[action.location].credentials_valid:
            self.world.give_back_credentials(action.location)

    def inject(self, action):
        self.world.inject(action.rule)

    def remove(self, action):
        for active in self._one(action):
            self.world.remove_rule(active)

    def open(self, action):
        for active in self._one(action):
            self.world.open_gate(active)

    def close(self, action):
        for active in self._one(action):
            self.world.close_gate(active)

    def finish(self):
        for active in self.world.rules:
            self.world.remove_rule(active)
        self.advance_seconds(END_SECONDS)

    def _one(self, action):
        actives = list(self.world.rules)
        return [actives[action.ordinal % len(actives)]] if actives else []


@pytest.fixture(scope="session")
def driver_of():
    """Makes a world, with the rules of a plan, and its driver; for all examples the same, as it keeps nothing."""
    return Driver
