"""What has to be so before a restore is created; each function looks at one condition (design section 3)."""

from __future__ import annotations

from collections.abc import Callable

from old_fakes.entities import BackupState
from old_fakes.errors import Violation
from old_fakes.inventory import Inventory
from old_fakes.restorability import is_restorable
from old_fakes.restores import RestoreOrder

Precondition = Callable[[Inventory, RestoreOrder], Violation | None]


def namespace_assigned(inventory: Inventory, order: RestoreOrder) -> Violation | None:
    """The namespace is assigned to the project."""
    namespace = inventory.namespaces[order.namespace]
    if order.project in namespace.projects:
        return None
    assigned = ", ".join(repr(inventory.projects[uid].name) for uid in namespace.projects) or "no project"
    project = inventory.projects[order.project]
    return Violation(
        "NAMESPACE_NOT_ASSIGNED",
        namespace.uid,
        f"namespace {namespace.name!r} is assigned to {assigned}, not to project {project.name!r}",
    )


def backup_completed(inventory: Inventory, order: RestoreOrder) -> Violation | None:
    """The backup has been completed."""
    backup = inventory.backups[order.backup]
    if backup.state is BackupState.COMPLETED:
        return None
    return Violation(
        "BACKUP_NOT_COMPLETED",
        backup.uid,
        f"backup {backup.name!r} is {backup.state.value}; only a completed one can be restored",
    )


def backup_restorable(inventory: Inventory, order: RestoreOrder) -> Violation | None:
    """The restorability matrix has a condition that the backup and the image of its deployment meet."""
    backup = inventory.backups[order.backup]
    source = inventory.deployments.recall(backup.deployment)
    if is_restorable(inventory.matrix, source.data_service, backup.capabilities, source.image_capabilities):
        return None
    conditions = inventory.matrix.get(source.data_service, ())
    return Violation(
        "BACKUP_NOT_RESTORABLE",
        backup.uid,
        f"backup {backup.name!r} with capabilities {dict(backup.capabilities)} and an image with"
        f" {dict(source.image_capabilities)} can't be restored as {source.data_service}; the matrix allows"
        f" {' or '.join(map(str, conditions)) or 'nothing'}",
    )


PRECONDITIONS: tuple[Precondition, ...] = (namespace_assigned, backup_completed, backup_restorable)


def failed_preconditions(inventory: Inventory, order: RestoreOrder) -> list[Violation]:
    """Every condition that does not hold for *order*, whose namespace, project and backup exist."""
    return [violation for precondition in PRECONDITIONS if (violation := precondition(inventory, order))]
