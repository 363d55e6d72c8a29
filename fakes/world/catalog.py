"""Everything that exists in a running world, by kind."""

from __future__ import annotations

from collections.abc import Iterator

from fakes.history.registries import DeploymentRegistry
from fakes.world.declaration import World
from fakes.world.entities import (
    COLLECTIONS,
    Account,
    Backup,
    BackupLocation,
    Cluster,
    Deployment,
    Entity,
    Namespace,
    Project,
    Tenant,
    Token,
)
from fakes.world.registry import Registry
from fakes.world.restorability import RestorabilityMatrix


class Catalog:
    """Registries of entities, found by name or uid.

    Args:
        world: The entities at the start.
    """

    def __init__(self, world: World) -> None:
        self.accounts: Registry[Account] = Registry(Account.kind)
        self.tenants: Registry[Tenant] = Registry(Tenant.kind)
        self.projects: Registry[Project] = Registry(Project.kind)
        self.clusters: Registry[Cluster] = Registry(Cluster.kind)
        self.backup_locations: Registry[BackupLocation] = Registry(BackupLocation.kind)
        self.namespaces: Registry[Namespace] = Registry(Namespace.kind)
        self.deployments = DeploymentRegistry()
        self.backups: Registry[Backup] = Registry(Backup.kind)
        self.tokens: tuple[Token, ...] = tuple(world.tokens)
        self.matrix: RestorabilityMatrix = world.matrix
        for collection in COLLECTIONS:
            for entity in getattr(world, collection):
                self.collection(collection).add(entity)

    def collection(self, name: str) -> Registry[Entity]:
        """The registry of that name, such as ``"backups"``."""
        registry: Registry[Entity] = getattr(self, name)
        return registry

    def entities(self) -> Iterator[Entity]:
        """All entities that exist, except restores."""
        return (entity for collection in COLLECTIONS for entity in self.collection(collection).values())

    def deployment_named(self, namespace_uid: str, name: str) -> Deployment | None:
        """The deployment of that name in a namespace, if there is one."""
        for deployment in self.deployments.named(name):
            if deployment.namespace == namespace_uid:
                return deployment
        return None

    def only_backup_location(self) -> str:
        """The uid of the only backup location.

        Raises:
            ValueError: there is none, or more than one.
        """
        locations = list(self.backup_locations.by_uid)
        if len(locations) != 1:
            raise ValueError(f"there are {len(locations)} backup locations; say which")
        return locations[0]
