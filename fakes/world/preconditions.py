"""Preconditions of creating a restore; each function checks one."""

from __future__ import annotations

from collections.abc import Callable

from fakes.lifecycle.restores import RestoreSpec
from fakes.world.catalog import Catalog
from fakes.world.entities import BackupState
from fakes.world.errors import Violation
from fakes.world.restorability import is_restorable

Precondition = Callable[[Catalog, RestoreSpec], Violation | None]


def namespace_assigned(catalog: Catalog, spec: RestoreSpec) -> Violation | None:
    """The namespace is assigned to the project."""
    namespace = catalog.namespaces[spec.namespace]
    if spec.project in namespace.projects:
        return None
    assigned = ", ".join(repr(catalog.projects[uid].name) for uid in namespace.projects) or "no project"
    project = catalog.projects[spec.project]
    return Violation(
        "NAMESPACE_NOT_ASSIGNED",
        namespace.uid,
        f"namespace {namespace.name!r} is assigned to {assigned}, not to project {project.name!r}",
    )


def backup_completed(catalog: Catalog, spec: RestoreSpec) -> Violation | None:
    """The backup has been completed."""
    backup = catalog.backups[spec.backup]
    if backup.state is BackupState.COMPLETED:
        return None
    return Violation(
        "BACKUP_NOT_COMPLETED",
        backup.uid,
        f"backup {backup.name!r} is {backup.state.value}; only a completed one can be restored",
    )


def backup_restorable(catalog: Catalog, spec: RestoreSpec) -> Violation | None:
    """The backup and the image of its deployment meet a condition of the restorability matrix."""
    backup = catalog.backups[spec.backup]
    source = catalog.deployments.recall(backup.deployment)
    if is_restorable(catalog.matrix, source.data_service, backup.capabilities, source.image_capabilities):
        return None
    conditions = catalog.matrix.get(source.data_service, ())
    return Violation(
        "BACKUP_NOT_RESTORABLE",
        backup.uid,
        f"backup {backup.name!r} with capabilities {dict(backup.capabilities)} and an image with"
        f" {dict(source.image_capabilities)} can't be restored as {source.data_service}; the matrix allows"
        f" {' or '.join(map(str, conditions)) or 'nothing'}",
    )


PRECONDITIONS: tuple[Precondition, ...] = (namespace_assigned, backup_completed, backup_restorable)


def failed_preconditions(catalog: Catalog, spec: RestoreSpec) -> list[Violation]:
    """Every condition that does not hold for *spec*, whose namespace, project and backup exist."""
    return [violation for precondition in PRECONDITIONS if (violation := precondition(catalog, spec))]
