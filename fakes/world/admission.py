"""Checks what CreateRestore asks for: everything exists, the caller may use it, and it can be restored."""

from __future__ import annotations

from fakes.lifecycle.restores import RestoreSpec, RestoreTarget
from fakes.world.access import Caller
from fakes.world.catalog import Catalog
from fakes.world.entities import Backup, Deployment, Namespace, Project
from fakes.world.errors import AccessDenied, NotFound, PreconditionsFailed
from fakes.world.identifiers import kind_of
from fakes.world.preconditions import failed_preconditions
from fakes.world.registry import EntityType, Identified, Registry


class Admission:
    """The checks of one world.

    Args:
        catalog: What exists.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._admitted: dict[tuple[str, str, str], RestoreTarget] = {}
        """Targets of the restores accepted since the last change of the world, by namespace, project and backup."""

    def admit(self, spec: RestoreSpec, caller: Caller) -> RestoreTarget:
        """Check that everything that *spec* asks for exists and is allowed.

        Raises:
            NotFound: the namespace, the project or the backup.
            AccessDenied: to the destination project or the backup's source project.
            PreconditionsFailed: all the conditions that don't hold.
        """
        key = (spec.namespace, spec.project, spec.backup)
        target = self._admitted.get(key)
        if target is None or caller.projects is not None:
            namespace = self.existing(self._catalog.namespaces, spec.namespace)
            project = self.existing(self._catalog.projects, spec.project)
            backup = self.existing(self._catalog.backups, spec.backup)
            source = self._catalog.deployments.recall(backup.deployment)
            self._require_access(caller, "destination", spec.project)
            self._require_access(caller, "source", source.project)
            violations = failed_preconditions(self._catalog, spec)
            if violations:
                raise PreconditionsFailed(violations)
            target = self._admitted.setdefault(key, self._target(namespace, project, backup, source))
        return target

    def forget(self) -> None:
        """Forget the accepted targets, because the world has changed."""
        self._admitted.clear()

    def existing(self, registry: Registry[EntityType], uid: str) -> EntityType:
        """Find an entity by uid only, as calls must; if there is none, the error says what the text names instead.

        Raises:
            NotFound: there is no such entity.
        """
        entity = registry.get(uid)
        if entity is None or entity.uid != uid:
            raise missing(registry, uid)
        return entity

    def _require_access(self, caller: Caller, role: str, project_uid: str) -> None:
        if not caller.sees(project_uid):
            raise AccessDenied(caller.name, role, project_uid, self._catalog.projects[project_uid].name)

    def _target(self, namespace: Namespace, project: Project, backup: Backup, source: Deployment) -> RestoreTarget:
        cluster = self._catalog.clusters[namespace.cluster]
        location = self._catalog.backup_locations[backup.location]
        referenced: tuple[Identified, ...] = (namespace, project, cluster, backup, location, source)
        names = {entity.uid: entity.name for entity in referenced}
        return RestoreTarget(
            tenant=project.tenant,
            cluster=cluster.uid,
            source_deployment=source.uid,
            backup_location=location.uid,
            cloudsnap=backup.cloudsnap,
            names=names | {backup.cloudsnap: f"{backup.name}-cloudsnap"},
        )


def missing(registry: Registry[EntityType], uid: str) -> NotFound:
    """Make the error for a uid that nothing in *registry* has; it says what the text names instead."""
    named = registry.get(uid)
    if named is not None:
        return NotFound(registry.kind, uid, f"that is the name of {named.uid}; calls take uids")
    kind = kind_of(uid)
    other = kind is not None and kind != registry.kind
    return NotFound(registry.kind, uid, f"that is the uid of a {kind}" if other else "")
