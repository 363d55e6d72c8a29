"""What rules can ask of a restore."""

from __future__ import annotations

from fakes.faults.selector import MatchContext
from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import Restore
from fakes.world.catalog import Catalog


def values_of(catalog: Catalog, restore: Restore) -> dict[str, tuple[str, ...]]:
    """The names and uids that belong to a restore, by the keys of rules."""
    names = restore.resource_names
    spec = restore.spec
    referenced = {
        "cluster": restore.cluster,
        "namespace": spec.namespace,
        "project": spec.project,
        "backup": spec.backup,
        "backup_location": restore.backup_location,
    }
    values: dict[str, tuple[str, ...]] = {key: (names[uid], uid) for key, uid in referenced.items()}
    values["data_service"] = (catalog.deployments.recall(restore.source_deployment).data_service,)
    values["restore"] = (restore.name, restore.uid)
    return values


def phase_context(catalog: Catalog, restore: Restore, phase: Phase, at_microseconds: int) -> MatchContext:
    """A restore is about to begin a phase."""
    return MatchContext(
        values=values_of(catalog, restore) | {"phase": (phase.name,)},
        labels=restore.spec.labels,
        subject=f"{restore.uid} {phase.name}",
        title=f"{restore.name} in {phase.name}",
        at_microseconds=at_microseconds,
    )
