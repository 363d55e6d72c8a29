"""Changes of the world behind the API's back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import Field

from fakes import LiveWorld
from fakes.world.entities import COLLECTIONS
from simulator.documents.model import Model, OneKeyModel
from simulator.documents.quantities import SizeBytes
from simulator.documents.worlds import EntitiesDocument


class CreateBackupDocument(Model):
    """A backup to begin; it is in progress until ``complete_backup``."""

    name: str = Field(min_length=1, description="Its name.")
    deployment: str = Field(description="Name of the deployment that is backed up.")
    size: SizeBytes | None = Field(None, description="Size of its cloudsnap; left out, that of the latest backup.")
    location: str | None = Field(None, description="Name of the backup location.")
    capabilities: Mapping[str, str] | None = Field(None, description="Version of each capability of the backup.")


class UpgradeDeploymentDocument(Model):
    """Another image for a deployment."""

    deployment: str = Field(description="Name of the deployment.")
    image: str = Field(description="The image.")
    image_capabilities: Mapping[str, str] | None = Field(None, description="Version of each of its capabilities.")


class ChangeDocument(OneKeyModel):
    """Change the world behind the API's back: exactly one of the keys."""

    add: EntitiesDocument | None = Field(None, description="Add entities, all or none.")
    create_backup: CreateBackupDocument | None = Field(None, description="Begin a backup.")
    complete_backup: str | None = Field(None, description="Name of a backup in progress to complete.")
    delete_backup: str | None = Field(None, description="Name of a backup to delete, with its cloudsnap.")
    upgrade_deployment: UpgradeDeploymentDocument | None = Field(
        None, description="Let a deployment run another image."
    )
    delete_deployment: str | None = Field(None, description="Name or uid of a deployment to delete.")
    disconnect_cluster: str | None = Field(None, description="Name of a cluster whose agent is gone from now on.")
    reconnect_cluster: str | None = Field(None, description="Name of a cluster whose agent is there again.")
    lose_credentials: str | None = Field(None, description="Name of a backup location that clusters can't get at.")
    give_back_credentials: str | None = Field(None, description="Name of a backup location that they can again.")

    def added_names(self) -> Iterator[tuple[str, str]]:
        """The collections and names of the entities that it adds."""
        if self.create_backup is not None:
            yield "backups", self.create_backup.name
        for entity in self.add.entities() if self.add is not None else ():
            yield next(name for name, kind in COLLECTIONS.items() if isinstance(entity, kind)), entity.name

    def apply(self, world: LiveWorld) -> None:
        """Change *world*.

        Raises:
            UnknownEntity: it names what there is not.
            ValueError: the world is not in the state for it; `InvalidWorld` where what is added does not fit in.
        """
        if self.add is not None:
            world.add_all(self.add.entities())
            return
        [(change, arguments)] = self.model_dump(exclude_none=True).items()
        _CHANGES[change](world, arguments)


_CHANGES: Mapping[str, Callable[[LiveWorld, Any], object]] = {
    "create_backup": lambda world, given: world.create_backup(
        given["name"],
        given["deployment"],
        size_bytes=given.get("size"),
        location=given.get("location"),
        capabilities=given.get("capabilities"),
    ),
    "complete_backup": lambda world, name: world.complete_backup(name),
    "delete_backup": lambda world, name: world.delete_backup(name),
    "upgrade_deployment": lambda world, given: world.upgrade_deployment(
        given["deployment"], image=given["image"], image_capabilities=given.get("image_capabilities")
    ),
    "delete_deployment": lambda world, name: world.delete_deployment(name),
    "disconnect_cluster": lambda world, name: world.disconnect_cluster(name),
    "reconnect_cluster": lambda world, name: world.reconnect_cluster(name),
    "lose_credentials": lambda world, name: world.lose_credentials(name),
    "give_back_credentials": lambda world, name: world.give_back_credentials(name),
}
"""How each change is made."""
