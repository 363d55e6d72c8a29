"""A world in motion: what exists, the restores that run in it, what has happened, and what may be done to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from fakes.environment import Environment
from fakes.faults.injector import Injector
from fakes.faults.rule import Rule
from fakes.faults.rule_checks import NO_METHODS
from fakes.faults.rule_set import InstalledRule, RuleSet
from fakes.history.events import WorldChange
from fakes.history.listing import ListQuery, Page
from fakes.history.restore_lists import RestoreLists
from fakes.history.store import DeploymentRegistry, History, RestoreRegistry
from fakes.history.timeline import Timeline
from fakes.history.versions import DECLARED, DELETED, DISCONNECTED, EntityVersions, Version
from fakes.lifecycle.durations import Duration
from fakes.lifecycle.engine import Engine
from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import Restore, RestoreSpec, RestoreTarget, moment
from fakes.world.access import Caller
from fakes.world.admission import Admission, missing
from fakes.world.catalog import Catalog
from fakes.world.declaration import World, require_valid, resolve_addition
from fakes.world.entities import (
    COLLECTIONS,
    Account,
    Backup,
    BackupLocation,
    BackupState,
    Cluster,
    Deployment,
    Entity,
    Namespace,
    Project,
    Tenant,
    Token,
)
from fakes.world.errors import AlreadyExists, NotFound, PreconditionsFailed, Violation
from fakes.world.identifiers import derive_uid
from fakes.world.registry import Registry
from fakes.world.restorability import CURRENT, RestorabilityMatrix

EntityKind = TypeVar("EntityKind", bound=Entity)


class LiveWorld:
    """A declared world, set going. Entities are given by name or uid.

    It is not safe for threads; a session guards it.

    Args:
        world: What there is at first.
        seed: For everything that is drawn.
        start_microseconds: When the clock starts, in microseconds since 1970.
        methods: The methods that calls can have, as rules name them (`fakes.faults.rule_set.RuleSet`).
    """

    def __init__(
        self, world: World, *, seed: int, start_microseconds: int, methods: Mapping[str, str] = NO_METHODS
    ) -> None:
        self.environment = Environment(start_microseconds)
        self.catalog = Catalog(world)
        self.history = History()
        self.timeline = Timeline(self.history)
        self.rules = RuleSet(self.catalog, seed=seed, start_microseconds=start_microseconds, methods=methods)
        self.injector = Injector(self.rules, self, self.catalog, self.environment, self.history)
        self.engine = Engine(world, self.environment, self.catalog, self.history, self.injector, seed=seed)
        self.environment.dispatcher = self.engine
        self.versions = EntityVersions(self.catalog.entities(), start_microseconds)
        self._admission = Admission(self.catalog)
        self._lists = RestoreLists(self.history)
        self._seed_text = str(seed)
        self._namesakes: dict[str, dict[str, int]] = {}
        """How many restores of a name a namespace has had."""
        self._credential_losses = Counter(
            location.uid for location in self.backup_locations.values() if not location.credentials_valid
        )

    @property
    def accounts(self) -> Registry[Account]:
        """The accounts."""
        return self.catalog.accounts

    @property
    def tenants(self) -> Registry[Tenant]:
        """The tenants."""
        return self.catalog.tenants

    @property
    def projects(self) -> Registry[Project]:
        """The projects."""
        return self.catalog.projects

    @property
    def clusters(self) -> Registry[Cluster]:
        """The target clusters."""
        return self.catalog.clusters

    @property
    def backup_locations(self) -> Registry[BackupLocation]:
        """The backup locations."""
        return self.catalog.backup_locations

    @property
    def namespaces(self) -> Registry[Namespace]:
        """The namespaces."""
        return self.catalog.namespaces

    @property
    def deployments(self) -> DeploymentRegistry:
        """The deployments, those that restores have made too."""
        return self.catalog.deployments

    @property
    def backups(self) -> Registry[Backup]:
        """The backups."""
        return self.catalog.backups

    @property
    def restores(self) -> RestoreRegistry:
        """The restores."""
        return self.history.restores

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens that callers may have."""
        return self.catalog.tokens

    @property
    def matrix(self) -> RestorabilityMatrix:
        """The restorability matrix that `create_restore` enforces."""
        return self.catalog.matrix

    def collection(self, name: str) -> Registry[Entity]:
        """The registry of that name, such as ``"backups"``."""
        return self.catalog.collection(name)

    def create_restore(self, spec: RestoreSpec, caller: Caller) -> Restore:
        """Check *spec* as design section 3 says, in that order, and start the restore.

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
            NotFound: it does not exist, did not then, or the caller may not see its project.
        """
        restore = self.restores.get(uid)
        if restore is not None and not caller.sees(restore.spec.project):
            # Not even the hint that a name was given in place of a uid: it would tell that there is such a restore.
            raise NotFound("restore", uid)
        if restore is None or restore.uid != uid:
            raise missing(self.restores, uid)
        then = restore if as_of_microseconds is None else restore.as_of(as_of_microseconds)
        if then is None:
            raise NotFound("restore", uid)
        return then

    def list_restores(self, query: ListQuery, caller: Caller, *, as_of_microseconds: int | None = None) -> Page:
        """Give the page of the restores that *query* selects and *caller* may see, now or at a time."""
        return self._lists.page(query, caller.projects, as_of_microseconds)

    def phase_duration(self, restore: Restore, phase: Phase) -> tuple[Duration, int]:
        """Tell how long a live phase of *restore* takes by itself: as declared, and in microseconds as drawn."""
        durations = self.engine.durations
        return durations.of(restore, phase), durations.sample_microseconds(restore, phase)

    def add(self, entity: EntityKind) -> EntityKind:
        """Take in another entity: a namespace, say, that somebody makes while the world goes on.

        Fields that refer to other entities take names or uids, as in a declared world.

        Returns:
            The entity, with uids in these fields.

        Raises:
            TypeError: it is no entity.
            InvalidWorld: with everything that is wrong with it: its uid is taken, it refers to nothing.
        """
        return cast(EntityKind, self.add_all([entity])[0])

    def add_all(self, entities: Sequence[Entity]) -> Sequence[Entity]:
        """Take in several entities, each of which may refer to those before it: all of them, or none.

        Raises:
            TypeError: one is no entity.
            InvalidWorld: with everything that is wrong with the first that can't be added.
        """
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
            name: Its name; no other backup may have it.
            deployment: What is backed up.
            size_bytes: Size of its cloudsnap; left out, that of the latest backup of the deployment.
            location: Where it is kept; left out, where that one is, or the only location that there is.
            capabilities: Version of each of its capabilities; left out, what backups have by default.

        Raises:
            UnknownEntity: there is no such deployment or location.
            ValueError: the name is taken, or location can't be told.
            InvalidWorld: a value is none that a backup may have.
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
        """Let a deployment run from another image.

        Args:
            deployment: Which one.
            image: The image.
            image_capabilities: Its capabilities; left out, they are those of the image before.

        Raises:
            UnknownEntity: there is no such deployment.
            InvalidWorld: a value is none that a deployment may have.
        """
        before = self.deployments[deployment]
        self._begin_versions(before)
        capabilities = before.image_capabilities if image_capabilities is None else image_capabilities
        upgraded = replace(before, image=image, image_capabilities=capabilities)
        require_valid("deployments", upgraded)
        self.deployments.replace(upgraded)
        return self._changed("deployment upgraded", upgraded)

    def delete_deployment(self, deployment: str) -> Deployment:
        """Delete a deployment; its name is free again, its backups stay.

        What a restore that has FAILED has left behind of one can be deleted as well, by its uid.

        Raises:
            UnknownEntity: there is no such deployment.
        """
        restore = self.restore_of_deployment(deployment)
        if restore is not None and restore.phase is Phase.FAILED and not self._is_deleted(deployment):
            return self._changed("deployment deleted", self.destination_of(restore, self.environment.now_microseconds))
        return self._changed("deployment deleted", self.deployments.remove(deployment))

    def restore_of_deployment(self, uid: str) -> Restore | None:
        """The restore that makes a deployment, or has made it; None where none does."""
        return self._lists.restore_of_deployment(uid)

    def deployment_as_of(self, uid: str, at_microseconds: int) -> Deployment:
        """A deployment as it was at a time when it was there.

        Raises:
            UnknownEntity: there never was one.
        """
        versions = self.versions.of(uid, at_microseconds)
        found = versions[-1].entity if versions else self.deployments.recall(uid)
        assert isinstance(found, Deployment)
        return found

    def destination_of(self, restore: Restore, at_microseconds: int) -> Deployment:
        """The deployment that a restore makes: like the one that was backed up, but for its name and its place.

        Args:
            restore: The restore, as it was at the time.
            at_microseconds: The time.
        """
        if restore.phase is Phase.SUCCESSFUL:
            return self.deployment_as_of(restore.deployment, at_microseconds)
        if not restore.is_live:
            at_microseconds = restore.status.updated_at_microseconds
        source = self.deployment_as_of(restore.source_deployment, at_microseconds)
        spec = restore.spec
        return replace(source, name=spec.name, uid=restore.deployment, namespace=spec.namespace, project=spec.project)

    def existing(self, collection: str, uid: str) -> Entity:
        """Find an entity by uid alone, as calls must.

        Raises:
            NotFound: there is no such entity; says what the uid names instead.
        """
        return self._admission.existing(self.collection(collection), uid)

    def lose_credentials(self, backup_location: str) -> BackupLocation:
        """Keep clusters from a backup location until its credentials are given back as often.

        Raises:
            UnknownEntity: there is no such backup location.
        """
        before = self.backup_locations[backup_location]
        self._credential_losses[before.uid] += 1
        return self._set_credentials(before, valid=False) if before.credentials_valid else before

    def give_back_credentials(self, backup_location: str) -> BackupLocation:
        """Let clusters get at a backup location again, unless its credentials were lost more than once.

        Raises:
            UnknownEntity: there is no such backup location.
        """
        before = self.backup_locations[backup_location]
        losses = self._credential_losses[before.uid] = max(0, self._credential_losses[before.uid] - 1)
        return before if losses else self._set_credentials(before, valid=True)

    def disconnect_cluster(self, cluster: str) -> Cluster:
        """Let the agent of a cluster be gone: nothing on it progresses until it is reconnected as often.

        Raises:
            UnknownEntity: there is no such cluster.
        """
        found = self.clusters[cluster]
        if self.engine.is_reachable(found.uid):
            self._changed(DISCONNECTED, found)
        self.engine.disconnect(found.uid)
        return found

    def reconnect_cluster(self, cluster: str) -> Cluster:
        """Let the agent of a cluster be there again; restores on it go on where they were.

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
        """Put a fault into force.

        Raises:
            InvalidRule: it could never match anything of this world, or contradicts itself.
        """
        return self.injector.inject(rule)

    def remove_rule(self, installed: InstalledRule) -> None:
        """Take a rule out of force: release the restores that it holds and revert its effects.

        Phases that are already planned keep their plan.

        Raises:
            ValueError: it is not in force.
        """
        self.rules.remove(installed)
        self.open_gate(installed)
        self.injector.end_all(installed)

    def open_gate(self, installed: InstalledRule) -> None:
        """Open the gate of a rule: those that wait go on, in the order of their coming; later ones pass."""
        self.engine.open(installed.gate)

    def close_gate(self, installed: InstalledRule) -> None:
        """Close the gate of a rule: it holds what comes from now on."""
        installed.gate.is_open = False

    def _make_restore(self, spec: RestoreSpec, target: RestoreTarget) -> Restore:
        namesakes = self._namesakes.setdefault(spec.namespace, {})
        namesake_count = namesakes[spec.name] = namesakes.get(spec.name, 0) + 1
        uid = derive_uid("restore", self._seed_text, spec.namespace, spec.name, str(namesake_count))
        created = moment(Phase.INITIALIZING, self.environment.now_microseconds)
        return Restore(self.history.restore_count + 1, uid, spec, target, derive_uid("deployment", uid), [created])

    def _changed(self, change: str, entity: EntityKind) -> EntityKind:
        """Write into the timeline how an entity has changed, and give the entity."""
        self._admission.forget()
        now = self.environment.now_microseconds
        self.history.record(WorldChange(now, change, entity.uid, entity.name))
        self.versions.append(Version(now, change, entity))
        return entity

    def _begin_versions(self, deployment: Deployment) -> None:
        """Remember what a deployment was when its restore had made it, before it changes for the first time."""
        restore = self.restore_of_deployment(deployment.uid)
        if restore is not None and not self.versions.of(deployment.uid, self.environment.now_microseconds):
            self.versions.append(Version(restore.status.updated_at_microseconds, DECLARED, deployment))

    def _is_deleted(self, uid: str) -> bool:
        versions = self.versions.of(uid, self.environment.now_microseconds)
        return bool(versions) and versions[-1].change in DELETED

    def _set_credentials(self, before: BackupLocation, *, valid: bool) -> BackupLocation:
        location = replace(before, credentials_valid=valid)
        self.backup_locations.replace(location)
        return self._changed("credentials given back" if valid else "credentials lost", location)
