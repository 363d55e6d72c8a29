"""The world of a remote session: what exists in it, and changing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from fakes import Account, Backup, BackupLocation, Cluster, Deployment, Namespace, Project, Restore, Tenant
from fakes.world.adding import AddsEntities
from fakes.world.entities import COLLECTIONS, Entity
from fakes.world.registry import Registry
from simulator.documents.entities import DOCUMENTS
from simulator.documents.plain import plain_entity
from simulator.remote.connection import SessionConnection
from simulator.remote.history import RemoteHistory, RemoteTimeline
from simulator.services.control.conversions import from_struct


def _look(collection: str) -> Any:
    """Make a property for a collection of the world; each access asks the server."""
    return property(lambda world: world._registry(collection), doc=f"The {collection.replace('_', ' ')}.")  # noqa: SLF001  # it is one of these


class RemoteWorld(AddsEntities):
    """What exists now; each access asks the server.

    Args:
        session: The session.
        history: Of the same session.
    """

    accounts: Registry[Account] = _look("accounts")
    tenants: Registry[Tenant] = _look("tenants")
    projects: Registry[Project] = _look("projects")
    clusters: Registry[Cluster] = _look("clusters")
    backup_locations: Registry[BackupLocation] = _look("backup_locations")
    namespaces: Registry[Namespace] = _look("namespaces")
    deployments: Registry[Deployment] = _look("deployments")
    backups: Registry[Backup] = _look("backups")

    def __init__(self, session: SessionConnection, history: RemoteHistory) -> None:
        self._session = session
        self._history = history

    @property
    def restores(self) -> Registry[Restore]:
        """The restores, as they are at this access."""
        registry: Registry[Restore] = Registry("restore")
        for restore in self._history.restores():
            registry.add(restore)
        return registry

    @property
    def timeline(self) -> RemoteTimeline:
        """What has happened so far."""
        return self._history.timeline()

    def add(self, entity: Entity) -> Entity:
        """Add an entity; see `fakes.LiveWorld.add`.

        Raises:
            ValueError: it contradicts itself or the world.
        """
        collection = next(name for name, kind in COLLECTIONS.items() if isinstance(entity, kind))
        self._change("add", {collection: {entity.name: plain_entity(entity)}})
        return self._found(collection, entity.uid)

    def create_backup(
        self,
        name: str,
        deployment: str,
        *,
        size_bytes: int | None = None,
        location: str | None = None,
        capabilities: Mapping[str, str] | None = None,
    ) -> Backup:
        """Begin a backup of a deployment; see `fakes.LiveWorld.create_backup`."""
        told = {
            "name": name,
            "deployment": deployment,
            "size": size_bytes,
            "location": location,
            "capabilities": capabilities,
        }
        self._change("create_backup", {key: value for key, value in told.items() if value is not None})
        return self.backups[name]

    def complete_backup(self, backup: str) -> Backup:
        """Complete a backup that is in progress."""
        self._change("complete_backup", backup)
        return self.backups[backup]

    def delete_backup(self, backup: str) -> Backup:
        """Delete a backup and its cloudsnap; restores that still need it will fail."""
        found = self.backups[backup]
        self._change("delete_backup", backup)
        return found

    def upgrade_deployment(
        self, deployment: str, *, image: str, image_capabilities: Mapping[str, str] | None = None
    ) -> Deployment:
        """Give a deployment another image."""
        told: dict[str, Any] = {"deployment": deployment, "image": image}
        if image_capabilities is not None:
            told["image_capabilities"] = dict(image_capabilities)
        self._change("upgrade_deployment", told)
        return self.deployments[deployment]

    def delete_deployment(self, deployment: str) -> Deployment:
        """Delete a deployment; its name becomes free."""
        found = self.deployments[deployment]
        self._change("delete_deployment", deployment)
        return found

    def disconnect_cluster(self, cluster: str) -> Cluster:
        """Disconnect the agent of a cluster, until it has been reconnected as often."""
        self._change("disconnect_cluster", cluster)
        return self.clusters[cluster]

    def reconnect_cluster(self, cluster: str) -> Cluster:
        """Reconnect the agent of a cluster."""
        self._change("reconnect_cluster", cluster)
        return self.clusters[cluster]

    def lose_credentials(self, backup_location: str) -> BackupLocation:
        """Make clusters unable to use a backup location, until its credentials have been given back as often."""
        self._change("lose_credentials", backup_location)
        return self.backup_locations[backup_location]

    def give_back_credentials(self, backup_location: str) -> BackupLocation:
        """Let clusters use a backup location again."""
        self._change("give_back_credentials", backup_location)
        return self.backup_locations[backup_location]

    def _change(self, change: str, told: Any) -> None:
        self._session.call("ChangeWorld", change={change: told})

    def _registry(self, collection: str) -> Registry[Any]:
        world = self._session.call("GetWorld", kinds=[collection])
        registry: Registry[Any] = Registry(COLLECTIONS[collection].kind)
        for name, told in sorted(from_struct(world.entities)[collection].items()):
            registry.add(_to_entity(collection, name, told))
        return registry

    def _found(self, collection: str, uid: str) -> Entity:
        return cast(Entity, self._registry(collection)[uid])


def _to_entity(collection: str, name: str, told: Mapping[str, Any]) -> Entity:
    document = DOCUMENTS[collection]
    known = {key: value for key, value in told.items() if key in document.model_fields}
    return COLLECTIONS[collection](name, **document.model_validate(known).changes())
