"""What faults may do to a world."""

from __future__ import annotations

from typing import Protocol

from fakes.world.entities import Backup, BackupLocation, Cluster


class FaultTarget(Protocol):
    """A world as effects see it; entities are given by name or uid."""

    def delete_backup(self, backup: str) -> Backup:
        """Delete a backup and its cloudsnap."""
        ...

    def lose_credentials(self, backup_location: str) -> BackupLocation:
        """Make clusters unable to use a backup location."""
        ...

    def give_back_credentials(self, backup_location: str) -> BackupLocation:
        """Let clusters use a backup location again."""
        ...

    def disconnect_cluster(self, cluster: str) -> Cluster:
        """Begin an outage of a cluster."""
        ...

    def reconnect_cluster(self, cluster: str) -> Cluster:
        """End an outage of a cluster."""
        ...
