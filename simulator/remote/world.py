"""The world of a session elsewhere: what exists in it, and changing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from fakes import Account, Backup, BackupLocation, Cluster, Deployment, Namespace, Project, Restore, Tenant
from fakes.world.entities import COLLECTIONS, Entity
from fakes.world.registry import Registry
from simulator.api import control_pb2
from simulator.documents.entities import DOCUMENTS
from simulator.documents.plain import plain_entity
from simulator.remote.connection import ControlConnection
from simulator.remote.history import RemoteHistory, RemoteTimeline
from simulator.services.control.conversions import from_struct


class RemoteWorld:
    """What exists now; each look asks the server.

    Args:
        connection: To the server.
        session_id: Which session.
        history: Of the same session.
    """

    def __init__(self, connection: ControlConnection, session_id: str, history: RemoteHistory) -> None:
        self._connection = connection
        self._session_id = session_id
        self._history = history

    @property
    def accounts(self) -> Registry[Account]:
        """The accounts."""
        return self._registry("accounts")

    @property
    def tenants(self) -> Registry[Tenant]:
        """The tenants."""
        return self._registry("tenants")

    @property
    def projects(self) -> Registry[Project]:
        """The projects."""
        return self._registry("projects")

    @property
    def clusters(self) -> Registry[Cluster]:
        """The target clusters."""
        return self._registry("clusters")

    @property
    def backup_locations(self) -> Registry[BackupLocation]:
        """The backup locations."""
        return self._registry("backup_locations")

    @property
    def namespaces(self) -> Registry[Namespace]:
        """The namespaces."""
        return self._registry("namespaces")

    @property
    def deployments(self) -> Registry[Deployment]:
        """The deployments."""
        return self._registry("deployments")

    @property
    def backups(self) -> Registry[Backup]:
        """The backups."""
        return self._registry("backups")

    @property
    def restores(self) -> Registry[Restore]:
        """The restores, as they were at this look."""
        registry: Registry[Restore] = Registry("restore")
        for restore in self._history.restores():
            registry.add(restore)
        return registry

    @property
    def timeline(self) -> RemoteTimeline:
        """What has happened until now."""
        return self._history.timeline()

    def add(self, entity: Entity) -> Entity:
        """Take in another entity; see `fakes.LiveWorld.add`.

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
        """Let a deployment run from another image."""
        told: dict[str, Any] = {"deployment": deployment, "image": image}
        if image_capabilities is not None:
            told["image_capabilities"] = dict(image_capabilities)
        self._change("upgrade_deployment", told)
        return self.deployments[deployment]

    def delete_deployment(self, deployment: str) -> Deployment:
        """Delete a deployment; its name is free again."""
        found = self.deployments[deployment]
        self._change("delete_deployment", deployment)
        return found

    def disconnect_cluster(self, cluster: str) -> Cluster:
        """Let the agent of a cluster be gone until it is reconnected as often."""
        self._change("disconnect_cluster", cluster)
        return self.clusters[cluster]

    def reconnect_cluster(self, cluster: str) -> Cluster:
        """Let the agent of a cluster be there again."""
        self._change("reconnect_cluster", cluster)
        return self.clusters[cluster]

    def lose_credentials(self, backup_location: str) -> BackupLocation:
        """Keep clusters from a backup location until its credentials are given back as often."""
        self._change("lose_credentials", backup_location)
        return self.backup_locations[backup_location]

    def give_back_credentials(self, backup_location: str) -> BackupLocation:
        """Let clusters get at a backup location again."""
        self._change("give_back_credentials", backup_location)
        return self.backup_locations[backup_location]

    def _change(self, change: str, told: Any) -> None:
        request = control_pb2.ChangeWorldRequest(session=self._session_id)
        request.change.update({change: told})
        self._connection.call("ChangeWorld", request)

    def _registry(self, collection: str) -> Registry[Any]:
        world = self._connection.call("GetWorld", control_pb2.GetWorldRequest(session=self._session_id))
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
