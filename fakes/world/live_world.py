"""A running world: what exists, the restores that run in it, what has happened, and what can be done to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from fakes.environment import Environment
from fakes.faults.injector import Injector
from fakes.faults.installed_rule import InstalledRule
from fakes.faults.rule import Rule
from fakes.faults.rule_checks import NO_METHODS
from fakes.faults.rule_set import RuleSet
from fakes.history.events import WorldChange
from fakes.history.listing import ListQuery, Page
from fakes.history.restore_lists import RestoreLists
from fakes.history.store import History
from fakes.history.timeline import Timeline
from fakes.history.versions import DISCONNECTED, EntityVersions, Version
from fakes.lifecycle.durations import Duration
from fakes.lifecycle.engine import Engine
from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import Restore, RestoreSpec, RestoreTarget, moment
from fakes.values import shown
from fakes.world.access import Caller
from fakes.world.adding import AddsEntities
from fakes.world.admission import Admission, missing
from fakes.world.catalog import Catalog
from fakes.world.declaration import World, require_valid, resolve_addition
from fakes.world.deployment_history import DeploymentHistory
from fakes.world.entities import (
    COLLECTIONS,
    Backup,
    BackupLocation,
    BackupState,
    Cluster,
    Deployment,
    Entity,
)
from fakes.world.errors import AlreadyExists, NotFound, PreconditionsFailed, Violation
from fakes.world.identifiers import derive_uid
from fakes.world.registry import Registry
from fakes.world.restorability import CURRENT

EntityKind = TypeVar("EntityKind", bound=Entity)


class LiveWorld(AddsEntities):
    """A declared world, running. Entities are given by name or uid.

    It is not safe for threads; a session guards it.

    Args:
        world: The world at the start.
        seed: For all random choices.
        start_microseconds: When the clock starts, in microseconds since 1970.
        methods: The methods that can be called, as rules name them (`fakes.faults.rule_set.RuleSet`).
    """

    def __init__(
        self, world: World, *, seed: int, start_microseconds: int, methods: Mapping[str, str] = NO_METHODS
    ) -> None:
        self.start_microseconds = start_microseconds
        self.environment = Environment(start_microseconds)
        self.catalog = Catalog(world)
        self.accounts = self.catalog.accounts
        self.tenants = self.catalog.tenants
        self.projects = self.catalog.projects
        self.clusters = self.catalog.clusters
        self.backup_locations = self.catalog.backup_locations
        self.namespaces = self.catalog.namespaces
        self.deployments = self.catalog.deployments
        """The deployments, including those made by restores."""
        self.backups = self.catalog.backups
        self.tokens = self.catalog.tokens
        self.matrix = self.catalog.matrix
        """The restorability matrix that `create_restore` enforces."""
        self.history = History()
        self.restores = self.history.restores
        self.timeline = Timeline(self.history)
        self.rules = RuleSet(self.catalog, seed=seed, start_microseconds=start_microseconds, methods=methods)
        self.injector = Injector(self.rules, self, self.catalog, self.environment, self.history)
        self.engine = Engine(world, self.environment, self.catalog, self.history, self.injector, seed=seed)
        self.environment.dispatcher = self.engine
        self.versions = EntityVersions(self.catalog.entities(), start_microseconds)
        self._admission = Admission(self.catalog)
        self._lists = RestoreLists(self.history)
        self.deployment_history = DeploymentHistory(self.environment, self.deployments, self._lists, self.versions)
        self._seed_text = str(seed)
        self._namesakes: dict[str, dict[str, int]] = {}
        """How many restores of each name a namespace has had."""
        self._credential_losses = Counter(
            location.uid for location in self.backup_locations.values() if not location.credentials_valid
        )

    def collection(self, name: str) -> Registry[Entity]:
        """The registry of that name, such as ``"backups"``."""
        return self.catalog.collection(name)

    def create_restore(self, spec: RestoreSpec, caller: Caller) -> Restore:
        """Check *spec* and start the restore.

        Raises:
            NotFound: the namespace, the project or the backup.
            AccessDenied: to the destination project or the backup's source project.
            PreconditionsFailed: all the conditions that don't hold.
            AlreadyExists: a live restore has the name in the namespace.
        """
        target = self._admission.admit(spec, caller)
        namesake = self.engine.live_restore_named(spec.namespace, spec.name)
        if namesake is not None:
            namespace = self.namespaces[spec.namespace]
            raise AlreadyExists("restore", spec.name, namesake.uid, f"namespace {namespace.name!r}")
        restore = self._make_restore(spec, target)
        self.engine.start(restore)
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
            found = f"restore {failed.name!r} is {failed.status.phase.name}; only a FAILED one can be recreated"
            raise PreconditionsFailed([Violation("RESTORE_NOT_FAILED", failed.uid, found)])
        return self.create_restore(replace(failed.spec, name=name, project=project, namespace=namespace), caller)

    def get_restore(self, uid: str, caller: Caller, *, as_of_microseconds: int | None = None) -> Restore:
        """Find a restore, as it is or as it was at a time.

        Raises:
            NotFound: it does not or did not exist, or the caller may not see its project.
        """
        restore = self.restores.get(uid)
        if restore is not None and not caller.sees(restore.spec.project):
            # Without a hint that a name was given in place of a uid: it would reveal that the restore exists.
            raise NotFound("restore", uid)
        if restore is None or restore.uid != uid:
            raise missing(self.restores, uid)
        then = restore if as_of_microseconds is None else restore.as_of(as_of_microseconds)
        if then is None:
            raise NotFound("restore", uid)
        return then

    def list_restores(self, query: ListQuery, caller: Caller, *, as_of_microseconds: int | None = None) -> Page:
        """Return the page of restores that *query* selects and *caller* may see, now or at a time."""
        return self._lists.page(query, caller.projects, as_of_microseconds)

    def phase_duration(self, restore: Restore, phase: Phase) -> tuple[Duration, int]:
        """Return how long a live phase of *restore* takes by itself: as declared, and in microseconds as drawn."""
        durations = self.engine.durations
        return durations.of(restore, phase), durations.sample_microseconds(restore, phase)

    def add(self, entity: EntityKind) -> EntityKind:
        """Add an entity while the world runs.

        Fields that refer to other entities take names or uids, as in a declared world.

        Returns:
            The entity, with uids in these fields.

        Raises:
            TypeError: it is not an entity.
            InvalidWorld: it has problems, such as a taken uid or a dangling reference; lists all of them.
        """
        return cast(EntityKind, self.add_all([entity])[0])

    def add_all(self, entities: Sequence[Entity]) -> Sequence[Entity]:
        """Add several entities, all or none of them; each may refer to those before it.

        Raises:
            TypeError: one is not an entity.
            InvalidWorld: one can't be added; lists all problems of the first such entity.
        """
        if not isinstance(entities, Iterable):
            raise TypeError(f"{shown(entities)} is no list of entities; expected one such as [Namespace(...)]")
        registries = {name: self.collection(name).copy() for name in COLLECTIONS}
        added: list[tuple[str, Entity]] = []
        for entity in entities:
            collection = next((name for name, kind in COLLECTIONS.items() if isinstance(entity, kind)), None)
            if collection is None:
                raise TypeError(f"{entity!r} is no entity; expected one such as Namespace(...)")
            resolved = resolve_addition(collection, entity, registries)
            registries[collection].add(resolved)
            added.append((collection, resolved))
        return [self._take_in(collection, entity) for collection, entity in added]

    def _take_in(self, collection: str, added: Entity) -> Entity:
        self.collection(collection).add(added)
        if isinstance(added, Cluster):
            self.engine.add_cluster(added)
        if isinstance(added, BackupLocation) and not added.credentials_valid:
            self._credential_losses[added.uid] += 1
        return self._changed(f"{added.kind} added", added)

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
            name: Its name, which must be free.
            deployment: The deployment to back up.
            size_bytes: Size of its cloudsnap; left out, that of the latest backup of the deployment.
            location: Where it is kept; left out, the location of that backup, or else the only location.
            capabilities: Version of each of its capabilities; left out, what backups have by default.

        Raises:
            UnknownEntity: there is no such deployment or location.
            ValueError: the name is taken, or *location* is left out and can't be inferred.
            InvalidWorld: a value is invalid for a backup.
        """
        source = self.deployments[deployment]
        earlier = [backup for backup in self.backups.values() if backup.deployment == source.uid]
        latest = earlier[-1] if earlier else Backup("", deployment=source.uid)
        kept_in = (latest.location or self.catalog.only_backup_location()) if location is None else location
        backup = Backup(
            name,
            deployment=source.uid,
            location=self.backup_locations[kept_in].uid,
            size_bytes=latest.size_bytes if size_bytes is None else size_bytes,
            capabilities=CURRENT.backup if capabilities is None else capabilities,
            state=BackupState.IN_PROGRESS,
        )
        require_valid("backups", backup)
        self.backups.add(backup)
        return self._changed("backup begun", backup)

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
        return self._changed("backup completed", completed)

    def delete_backup(self, backup: str) -> Backup:
        """Delete a backup and its cloudsnap; restores of it that still need the cloudsnap will fail.

        Raises:
            UnknownEntity: there is no such backup.
        """
        return self._changed("backup deleted", self.backups.remove(backup))

    def upgrade_deployment(
        self, deployment: str, *, image: str, image_capabilities: Mapping[str, str] | None = None
    ) -> Deployment:
        """Give a deployment another image.

        Args:
            deployment: The deployment.
            image: The image.
            image_capabilities: Its capabilities; left out, those of the previous image.

        Raises:
            UnknownEntity: there is no such deployment.
            InvalidWorld: a value is invalid for a deployment.
        """
        before = self.deployments[deployment]
        self.deployment_history.begin_versions(before)
        capabilities = before.image_capabilities if image_capabilities is None else image_capabilities
        upgraded = replace(before, image=image, image_capabilities=capabilities)
        require_valid("deployments", upgraded)
        self.deployments.replace(upgraded)
        return self._changed("deployment upgraded", upgraded)

    def delete_deployment(self, deployment: str) -> Deployment:
        """Delete a deployment; its name becomes free, its backups stay.

        The remains of a deployment that a FAILED restore has left behind can be deleted as well, by uid.

        Raises:
            UnknownEntity: there is no such deployment.
        """
        past = self.deployment_history
        restore = past.restore_of(deployment) if isinstance(deployment, str) else None
        if restore is not None and restore.phase is Phase.FAILED and not past.is_deleted(deployment):
            deleted = past.destination_of(restore, self.environment.now_microseconds)
        else:
            deleted = self.deployments.remove(deployment)
        return self._changed("deployment deleted", deleted)

    def existing(self, collection: str, uid: str) -> Entity:
        """Find an entity by uid only, as calls must.

        Raises:
            NotFound: there is no such entity; says what the uid names instead.
        """
        return self._admission.existing(self.collection(collection), uid)

    def lose_credentials(self, backup_location: str) -> BackupLocation:
        """Make clusters unable to use a backup location, until its credentials have been given back as often.

        Raises:
            UnknownEntity: there is no such backup location.
        """
        before = self.backup_locations[backup_location]
        self._credential_losses[before.uid] += 1
        return self._set_credentials(before, valid=False) if before.credentials_valid else before

    def give_back_credentials(self, backup_location: str) -> BackupLocation:
        """Let clusters use a backup location again, unless its credentials were lost more than once.

        Raises:
            UnknownEntity: there is no such backup location.
            ValueError: its credentials are not lost.
        """
        before = self.backup_locations[backup_location]
        if before.credentials_valid:
            raise ValueError(f"the credentials of backup location {before.name!r} are not lost")
        self._credential_losses[before.uid] -= 1
        return before if self._credential_losses[before.uid] else self._set_credentials(before, valid=True)

    def disconnect_cluster(self, cluster: str) -> Cluster:
        """Disconnect the agent of a cluster: nothing on it progresses until it has been reconnected as often.

        Raises:
            UnknownEntity: there is no such cluster.
        """
        found = self.clusters[cluster]
        if self.engine.is_reachable(found.uid):
            self._changed(DISCONNECTED, found)
        self.engine.disconnect(found.uid)
        return found

    def reconnect_cluster(self, cluster: str) -> Cluster:
        """Reconnect the agent of a cluster; restores on it go on where they stopped.

        Raises:
            UnknownEntity: there is no such cluster.
            ValueError: it is connected.
        """
        found = self.clusters[cluster]
        if self.engine.end_outage(found.uid):
            self._changed("cluster reconnected", found)
            self.engine.resume(found.uid)
        return found

    def inject(self, rule: Rule) -> InstalledRule:
        """Put a rule into force.

        Raises:
            InvalidRule: it could never match anything in this world, or contradicts itself.
        """
        return self.injector.inject(rule)

    def remove_rule(self, installed: InstalledRule) -> None:
        """Remove a rule: release the restores that it holds and revert its effects.

        Phases that are already planned keep their plan.

        Raises:
            ValueError: it is not in force.
        """
        self.rules.remove(installed)
        self.open_gate(installed)
        self.injector.end_all(installed)

    def open_gate(self, installed: InstalledRule) -> None:
        """Open the gate of a rule: restores that wait go on, in the order in which they came; later ones pass."""
        self.engine.open(installed.gate)

    def close_gate(self, installed: InstalledRule) -> None:
        """Close the gate of a rule: it holds restores that come from now on."""
        installed.gate.is_open = False

    @property
    def credential_losses(self) -> Mapping[str, int]:
        """How often the credentials of backup locations were lost, by uid."""
        return self._credential_losses

    def load(self, restores: Iterable[Restore], credential_losses: Mapping[str, int]) -> None:
        """Add restores of a snapshot.

        Raises:
            ValueError: one has a uid other than the one that it would get here.
        """
        for restore in restores:
            uid = self._next_uid(restore.spec)
            if restore.uid != uid:
                raise ValueError(
                    f"restore {restore.ordinal}, {restore.name!r}, has the uid {restore.uid}; expected {uid}"
                )
            self.history.take_in(restore)
        self._credential_losses = Counter(credential_losses)

    def _next_uid(self, spec: RestoreSpec) -> str:
        """The uid of the next restore that *spec* asks for."""
        namesakes = self._namesakes.setdefault(spec.namespace, {})
        namesake_count = namesakes[spec.name] = namesakes.get(spec.name, 0) + 1
        return derive_uid("restore", self._seed_text, spec.namespace, spec.name, str(namesake_count))

    def _make_restore(self, spec: RestoreSpec, target: RestoreTarget) -> Restore:
        uid = self._next_uid(spec)
        created = moment(Phase.INITIALIZING, self.environment.now_microseconds)
        return Restore(self.history.restore_count + 1, uid, spec, target, derive_uid("deployment", uid), [created])

    def _changed(self, change: str, entity: EntityKind) -> EntityKind:
        """Record a change of an entity in the timeline, and return the entity."""
        self._admission.forget()
        now = self.environment.now_microseconds
        self.history.record(WorldChange(now, change, entity.uid, entity.name))
        self.versions.append(Version(now, change, entity))
        return entity

    def _set_credentials(self, before: BackupLocation, *, valid: bool) -> BackupLocation:
        location = replace(before, credentials_valid=valid)
        self.backup_locations.replace(location)
        return self._changed("credentials given back" if valid else "credentials lost", location)
