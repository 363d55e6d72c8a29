"""What rules can ask of a restore."""

from __future__ import annotations

from old_fakes.faults.where import Occasion
from old_fakes.inventory import Inventory
from old_fakes.phases import Phase
from old_fakes.restores import Restore


def values_of(inventory: Inventory, restore: Restore) -> dict[str, tuple[str, ...]]:
    """The names and uids that belong to a restore, by the keys of rules."""
    names = restore.resource_names
    order = restore.order
    referenced = {
        "cluster": restore.cluster,
        "namespace": order.namespace,
        "project": order.project,
        "backup": order.backup,
        "backup_location": restore.backup_location,
    }
    values: dict[str, tuple[str, ...]] = {key: (names[uid], uid) for key, uid in referenced.items()}
    values["data_service"] = (inventory.deployments.recall(restore.source_deployment).data_service,)
    values["restore"] = (restore.name, restore.uid)
    return values


def phase_occasion(inventory: Inventory, restore: Restore, phase: Phase, at_microseconds: int) -> Occasion:
    """A restore is about to begin a phase."""
    return Occasion(
        values=values_of(inventory, restore) | {"phase": (phase.name,)},
        labels=restore.order.labels,
        subject=f"{restore.uid} {phase.name}",
        title=f"{restore.name} in {phase.name}",
        at_microseconds=at_microseconds,
    )
