"""How restores fail by themselves: each function looks at one thing when a phase is done and may end the restore."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fakes.lifecycle.phases import ErrorCode
from fakes.lifecycle.restores import Restore
from fakes.world.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a restore ends in FAILED."""

    error_code: ErrorCode
    error_message: str


NaturalFailure = Callable[[Catalog, Restore], Failure | None]


def backup_credentials_lost(catalog: Catalog, restore: Restore) -> Failure | None:
    """The cluster can't use the backup location."""
    location = catalog.backup_locations[restore.target.backup_location]
    if location.credentials_valid:
        return None
    cluster = catalog.clusters[restore.cluster]
    return Failure(
        ErrorCode.FAILED_BACKUP_CREDENTIAL_SYNC,
        f"credentials of backup location {location.name!r} did not sync to target cluster {cluster.name!r}",
    )


def cloudsnap_gone(catalog: Catalog, restore: Restore) -> Failure | None:
    """The backup was deleted after the restore had been created."""
    if restore.spec.backup in catalog.backups:
        return None
    backup = catalog.backups.recall(restore.spec.backup)
    return Failure(
        ErrorCode.RESTORE_INTERNAL_ERROR,
        f"cloudsnap {restore.cloudsnap} of backup {backup.name!r} not found in the backup location",
    )


def deployment_name_taken(catalog: Catalog, restore: Restore) -> Failure | None:
    """The namespace has a deployment with the name of the restore."""
    taken = catalog.deployment_named(restore.spec.namespace, restore.name)
    if taken is None:
        return None
    namespace = catalog.namespaces[restore.spec.namespace]
    return Failure(
        ErrorCode.DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST,
        f"data service deployment {restore.name!r} ({taken.uid}) already exists in namespace {namespace.name!r}",
    )
