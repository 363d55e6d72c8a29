"""What may be done to a world from outside its API."""

from __future__ import annotations

from typing import Protocol

from old_fakes.entities import Backup, BackupLocation, Cluster
from old_fakes.environment import Environment


class StrikableWorld(Protocol):
    """A world as effects see it; entities are given by name or uid."""

    environment: Environment

    def delete_backup(self, backup: str) -> Backup:
        """Delete a backup and its cloudsnap."""
        ...

    def lose_credentials(self, backup_location: str) -> BackupLocation:
        """Let clusters no longer get at a backup location."""
        ...

    def give_back_credentials(self, backup_location: str) -> BackupLocation:
        """Let clusters get at a backup location again."""
        ...

    def disconnect_cluster(self, cluster: str) -> Cluster:
        """Let the agent of a cluster be gone."""
        ...

    def reconnect_cluster(self, cluster: str) -> Cluster:
        """Let the agent of a cluster be there again."""
        ...
