"""A world in motion: what exists, the restores that run in it, and what may be done to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TypeVar

from fakes.access import Caller
from fakes.entities import Backup, BackupLocation, Deployment, Namespace
from fakes.environment import Environment
from fakes.errors import AccessDenied, AlreadyExists, NotFound, PreconditionsFailed, Violation
from fakes.identifiers import derive_uid, kind_of
from fakes.inventory import Inventory
from fakes.lifecycle import Lifecycle
from fakes.listing import ListQuery, Page, list_page
from fakes.phases import Phase
from fakes.preconditions import failed_preconditions
from fakes.registry import Identified, Registry
from fakes.restores import Restore, RestoreOrder, RestoreStatus, custom_resource_name
from fakes.timeline import Timeline, WorldChange
from fakes.world import World

EntityType = TypeVar("EntityType", bound=Identified)


class LivingWorld(Inventory):
    """A declared world, set going.

    It is not safe for threads; a `simulator.session.Session` guards it.

    Args:
        world: What there is at first.
        seed: For everything that is drawn.
        start_microseconds: When the clock starts, in microseconds since 1970.
    """

    def __init__(self, world: World, *, seed: int, start_microseconds: int) -> None:
        super().__init__(world)
        self.environment = Environment(start_microseconds)
        self.timeline = Timeline()
        self._seed = seed
        self._lifecycle = Lifecycle(world, self.environment, self, self.timeline, seed=seed)
        self._namesakes: Counter[tuple[str, str]] = Counter()

    def create_restore(self, order: RestoreOrder, caller: Caller) -> Restore:
        """Check *order* as design section 3 says, in that order, and start the restore.

        Raises:
            NotFound: the namespace, the project or the backup.
            AccessDenied: to the destination project or the backup's source project.
            PreconditionsFailed: all the conditions that don't hold.
            AlreadyExists: a live restore has the name in the namespace.
        """
        namespace = self._existing(self.namespaces, order.namespace)
        self._existing(self.projects, order.project)
        backup = self._existing(self.backups, order.backup)
        source = self.deployments.recall(backup.deployment)
        self._require_access(caller, "destination", order.project)
        self._require_access(caller, "source", source.project)
        violations = failed_preconditions(self, order)
        if violations:
            raise PreconditionsFailed(violations)
        namesake = self._lifecycle.live_restore_named(order.namespace, order.name)
        if namesake is not None:
            raise AlreadyExists("restore", order.name, namesake.uid, f"namespace {namespace.name!r}")
        restore = self._make_restore(order, namespace, backup, source)
        self.restores.add(restore)
        self._lifecycle.start(restore)
        return restore

    def recreate_restore(self, uid: str, *, name: str, project: str, namespace: str, caller: Caller) -> Restore:
        """Start a new restore of the backup of one that failed, which stays as it is.

        The new one takes over the description, labels and annotations of the failed one.

        Raises:
            NotFound: the restore does not exist or the caller may not see it.
            PreconditionsFailed: it is not FAILED.
            WorldError: whatever `create_restore` refuses.
        """
        failed = self.get_restore(uid, caller)
        if failed.status.phase is not Phase.FAILED:
            raise PreconditionsFailed(
                [
                    Violation(
                        "RESTORE_NOT_FAILED",
                        failed.uid,
                        f"restore {failed.name!r} is {failed.status.phase.name}; only a FAILED one can be recreated",
                    )
                ]
            )
        return self.create_restore(replace(failed.order, name=name, project=project, namespace=namespace), caller)

    def get_restore(self, uid: str, caller: Caller) -> Restore:
        """Find a restore.

        Raises:
            NotFound: it does not exist or the caller may not see its project.
        """
        restore = self.restores.get(uid)
        if restore is not None and not caller.sees(restore.order.project):
            # Not even the hint that a name was given in place of a uid: it would tell that there is such a restore.
            raise NotFound("restore", uid)
        return self._existing(self.restores, uid)

    def list_restores(self, query: ListQuery, caller: Caller) -> Page:
        """Give the page of the restores that *query* selects and *caller* may see."""
        return list_page((restore for restore in self.restores.values() if caller.sees(restore.order.project)), query)

    def delete_backup(self, name_or_uid: str) -> Backup:
        """Delete a backup and its cloudsnap; restores of it that still need the cloudsnap will fail.

        Raises:
            UnknownEntity: there is no such backup.
        """
        return self._announce("backup deleted", self.backups.remove(name_or_uid))

    def delete_deployment(self, name_or_uid: str) -> Deployment:
        """Delete a deployment; its name is free again, its backups stay.

        Raises:
            UnknownEntity: there is no such deployment.
        """
        return self._announce("deployment deleted", self.deployments.remove(name_or_uid))

    def lose_credentials(self, backup_location: str) -> BackupLocation:
        """Let clusters no longer get at a backup location, given by name or uid.

        Raises:
            UnknownEntity: there is no such backup location.
        """
        return self._announce("credentials lost", self._set_credentials(backup_location, valid=False))

    def give_back_credentials(self, backup_location: str) -> BackupLocation:
        """Let clusters get at a backup location again, given by name or uid.

        Raises:
            UnknownEntity: there is no such backup location.
        """
        return self._announce("credentials given back", self._set_credentials(backup_location, valid=True))

    def _set_credentials(self, backup_location: str, *, valid: bool) -> BackupLocation:
        location = replace(self.backup_locations[backup_location], credentials_valid=valid)
        self.backup_locations.replace(location)
        return location

    def _announce(self, change: str, entity: EntityType) -> EntityType:
        self.timeline.append(WorldChange(self.environment.now_microseconds, change, entity.uid, entity.name))
        return entity

    def _existing(self, registry: Registry[EntityType], uid: str) -> EntityType:
        """Find by uid alone, as calls must; a miss says what the text names instead."""
        entity = registry.get(uid)
        if entity is not None and entity.uid == uid:
            return entity
        if entity is not None:
            raise NotFound(registry.kind, uid, f"that is the name of {entity.uid}; calls take uids")
        kind = kind_of(uid)
        other = kind is not None and kind != registry.kind
        raise NotFound(registry.kind, uid, f"that is the uid of a {kind}" if other else "")

    def _require_access(self, caller: Caller, role: str, project_uid: str) -> None:
        if not caller.sees(project_uid):
            raise AccessDenied(caller.name, role, project_uid, self.projects[project_uid].name)

    def _make_restore(self, order: RestoreOrder, namespace: Namespace, backup: Backup, source: Deployment) -> Restore:
        now = self.environment.now_microseconds
        namesake_count = self._namesakes[order.namespace, order.name] = self._namesakes[order.namespace, order.name] + 1
        uid = derive_uid("restore", str(self._seed), order.namespace, order.name, str(namesake_count))
        deployment_uid = derive_uid("deployment", uid)
        referenced: list[Identified] = [
            namespace,
            self.projects[order.project],
            self.clusters[namespace.cluster],
            backup,
            self.backup_locations[backup.location],
            source,
        ]
        names = {entity.uid: entity.name for entity in referenced}
        return Restore(
            ordinal=len(self.restores) + 1,
            uid=uid,
            order=order,
            tenant=self.projects[order.project].tenant,
            cluster=namespace.cluster,
            source_deployment=source.uid,
            backup_location=backup.location,
            cloudsnap=backup.cloudsnap,
            deployment=deployment_uid,
            custom_resource_name=custom_resource_name(order.name, uid),
            created_at_microseconds=now,
            resource_names=names | {backup.cloudsnap: f"{backup.name}-cloudsnap", deployment_uid: order.name},
            status=RestoreStatus(phase=Phase.INITIALIZING, revision=1, updated_at_microseconds=now),
        )
