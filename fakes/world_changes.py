"""What happens in a world other than restores: backups come and go, deployments change, credentials are lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from fakes.entities import Backup, BackupLocation, BackupState, Deployment
from fakes.environment import Environment
from fakes.inventory import Inventory
from fakes.registry import Identified
from fakes.restorability import CURRENT
from fakes.timeline import Timeline, WorldChange
from fakes.world import World

EntityType = TypeVar("EntityType", bound=Identified)


class ChangingWorld(Inventory):
    """An inventory that changes, and writes into a timeline how. Entities are given by name or uid.

    Args:
        world: What there is at first.
        start_microseconds: When the clock starts, in microseconds since 1970.
    """

    def __init__(self, world: World, *, start_microseconds: int) -> None:
        super().__init__(world)
        self.environment = Environment(start_microseconds)
        self.timeline = Timeline(self.restores)
        self._losses = Counter(
            location.uid for location in self.backup_locations.values() if not location.credentials_valid
        )

    def create_backup(
        self,
        name: str,
        deployment: str,
        *,
        size_bytes: int | None = None,
        location: str | None = None,
        capabilities: Mapping[str, str] | None = None,
    ) -> Backup:
        """Begin a backup of a deployment; it is in progress until `complete_backup`.

        Args:
            name: Its name; no other backup may have it.
            deployment: What is backed up.
            size_bytes: Size of its cloudsnap; left out, that of the latest backup of the deployment.
            location: Where it is kept; left out, where that one is, or the only location that there is.
            capabilities: Version of each of its capabilities; left out, what backups have by default.

        Raises:
            UnknownEntity: there is no such deployment or location.
            ValueError: the name is taken, or size or location can't be told.
        """
        source = self.deployments[deployment]
        earlier = [backup for backup in self.backups.values() if backup.deployment == source.uid]
        latest = earlier[-1] if earlier else Backup("", deployment=source.uid)
        kept_in = location or latest.location or self._only_location()
        backup = Backup(
            name,
            deployment=source.uid,
            location=self.backup_locations[kept_in].uid,
            size_bytes=latest.size_bytes if size_bytes is None else size_bytes,
            capabilities=CURRENT.backup if capabilities is None else capabilities,
            state=BackupState.IN_PROGRESS,
        )
        self.backups.add(backup)
        return self.announce("backup begun", backup)

    def complete_backup(self, backup: str) -> Backup:
        """Complete a backup that is in progress.

        Raises:
            UnknownEntity: there is no such backup.
            ValueError: it is not in progress.
        """
        before = self.backups[backup]
        if before.state is not BackupState.IN_PROGRESS:
            raise ValueError(f"backup {before.name!r} is {before.state.value}; only one in progress can be completed")
        completed = replace(before, state=BackupState.COMPLETED)
        self.backups.replace(completed)
        return self.announce("backup completed", completed)

    def delete_backup(self, backup: str) -> Backup:
        """Delete a backup and its cloudsnap; restores of it that still need the cloudsnap will fail.

        Raises:
            UnknownEntity: there is no such backup.
        """
        return self.announce("backup deleted", self.backups.remove(backup))

    def upgrade_deployment(
        self, deployment: str, *, image: str, image_capabilities: Mapping[str, str] | None = None
    ) -> Deployment:
        """Let a deployment run from another image.

        Args:
            deployment: Which one.
            image: The image.
            image_capabilities: Its capabilities; left out, they are those of the image before.

        Raises:
            UnknownEntity: there is no such deployment.
        """
        before = self.deployments[deployment]
        upgraded = replace(before, image=image, image_capabilities=image_capabilities or before.image_capabilities)
        self.deployments.replace(upgraded)
        return self.announce("deployment upgraded", upgraded)

    def delete_deployment(self, deployment: str) -> Deployment:
        """Delete a deployment; its name is free again, its backups stay.

        Raises:
            UnknownEntity: there is no such deployment.
        """
        return self.announce("deployment deleted", self.deployments.remove(deployment))

    def lose_credentials(self, backup_location: str) -> BackupLocation:
        """Let clusters no longer get at a backup location until the credentials are given back as often.

        Raises:
            UnknownEntity: there is no such backup location.
        """
        before = self.backup_locations[backup_location]
        self._losses[before.uid] += 1
        return self._set_credentials(before, valid=False) if before.credentials_valid else before

    def give_back_credentials(self, backup_location: str) -> BackupLocation:
        """Let clusters get at a backup location again, unless its credentials were lost more than once.

        Raises:
            UnknownEntity: there is no such backup location.
        """
        before = self.backup_locations[backup_location]
        self._losses[before.uid] = max(0, self._losses[before.uid] - 1)
        return before if self._losses[before.uid] else self._set_credentials(before, valid=True)

    def announce(self, change: str, entity: EntityType) -> EntityType:
        """Write into the timeline how an entity has changed, and give the entity."""
        self.timeline.append(WorldChange(self.environment.now_microseconds, change, entity.uid, entity.name))
        return entity

    def _set_credentials(self, before: BackupLocation, *, valid: bool) -> BackupLocation:
        location = replace(before, credentials_valid=valid)
        self.backup_locations.replace(location)
        return self.announce("credentials given back" if valid else "credentials lost", location)

    def _only_location(self) -> str:
        locations = list(self.backup_locations.by_uid)
        if len(locations) != 1:
            raise ValueError(f"there are {len(locations)} backup locations; say which")
        return locations[0]
