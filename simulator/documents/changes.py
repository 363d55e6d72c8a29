"""Changes of the world behind the API's back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
    size_bytes: SizeBytes | None = Field(
        None, alias="size", description="Size of its cloudsnap; left out, that of the latest backup."
    )
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
            UnknownEntity: it names something that does not exist.
            ValueError: the world is not in the state for it; `fakes.InvalidWorld` where what is added does not fit in.
        """
        if self.add is not None:
            world.add_all(self.add.entities())
            return
        # The other keys are the names of methods of the world, and the keys below them those of arguments.
        [(change, given)] = self.model_dump(exclude_none=True).items()
        make = getattr(world, change)
        make(**given) if isinstance(given, dict) else make(given)
