"""A world in motion: what exists, the restores that run in it, and what may be done to it."""

from __future__ import annotations

import operator
from dataclasses import replace

from fakes.access import Caller
from fakes.durations import Duration
from fakes.engine import Engine
from fakes.entities import Backup, Cluster, Deployment, Namespace, Project
from fakes.errors import AccessDenied, AlreadyExists, NotFound, PreconditionsFailed, Violation
from fakes.faults.injector import Injector
from fakes.faults.plan import ActiveRule, FaultPlan
from fakes.faults.rule import Rule
from fakes.identifiers import derive_uid, kind_of
from fakes.listing import ListQuery, Page, list_page
from fakes.phases import Phase
from fakes.preconditions import failed_preconditions
from fakes.registry import Identified, Registry
from fakes.restore_lists import RestoreLists
from fakes.restores import PHASE_BITS, Restore, RestoreOrder, Setting
from fakes.world import World
from fakes.world_changes import ChangingWorld, EntityType


class LivingWorld(ChangingWorld):
    """A declared world, set going.

    It is not safe for threads; a `simulator.sessions.session.Session` guards it.

    Args:
        world: What there is at first.
        seed: For everything that is drawn.
        start_microseconds: When the clock starts, in microseconds since 1970.
    """

    def __init__(self, world: World, *, seed: int, start_microseconds: int) -> None:
        super().__init__(world, start_microseconds=start_microseconds)
        self._seed_text = str(seed)
        self.faults = FaultPlan(self, seed=seed, start_microseconds=start_microseconds)
        self._injector = Injector(self.faults, self, self, self.environment, self.timeline)
        self._engine = Engine(world, self.environment, self, self.timeline, self._injector, seed=seed)
        self.environment.dispatcher = self._engine
        self._lists = RestoreLists(self.restores, self.timeline)
        self._namesakes: dict[str, dict[str, int]] = {}
        self._settings: dict[tuple[str, str, str], tuple[tuple[Namespace, Project, Backup, Deployment], Setting]] = {}

    def create_restore(self, order: RestoreOrder, caller: Caller) -> Restore:
        """Check *order* as design section 3 says, in that order, and start the restore.

        Raises:
            NotFound: the namespace, the project or the backup.
            AccessDenied: to the destination project or the backup's source project.
            PreconditionsFailed: all the conditions that don't hold.
            AlreadyExists: a live restore has the name in the namespace.
        """
        namespace = self._existing(self.namespaces, order.namespace)
        project = self._existing(self.projects, order.project)
        backup = self._existing(self.backups, order.backup)
        source = self.deployments.recall(backup.deployment)
        self._require_access(caller, "destination", order.project)
        self._require_access(caller, "source", source.project)
        setting = self._allowed_setting(order, namespace, project, backup, source)
        namesake = self._engine.live_restore_named(order.namespace, order.name)
        if namesake is not None:
            raise AlreadyExists("restore", order.name, namesake.uid, f"namespace {namespace.name!r}")
        restore = self._make_restore(order, setting)
        self.restores.add(restore)
        self._engine.start(restore)
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

    def get_restore(self, uid: str, caller: Caller, *, as_of_microseconds: int | None = None) -> Restore:
        """Find a restore, as it is or as it was at a time.

        Raises:
            NotFound: it does not exist, did not then, or the caller may not see its project.
        """
        hidden = self.restores.get(uid)
        if hidden is not None and not caller.sees(hidden.order.project):
            # Not even the hint that a name was given in place of a uid: it would tell that there is such a restore.
            raise NotFound("restore", uid)
        restore = self._existing(self.restores, uid)
        then = restore if as_of_microseconds is None else restore.as_of(as_of_microseconds)
        if then is None:
            raise NotFound("restore", uid)
        return then

    def list_restores(self, query: ListQuery, caller: Caller, *, as_of_microseconds: int | None = None) -> Page:
        """Give the page of the restores that *query* selects and *caller* may see, now or at a time."""
        if as_of_microseconds is None:
            return self._lists.page(query, caller.projects)
        then = (restore.as_of(as_of_microseconds) for restore in self.restores.values())
        return list_page((restore for restore in then if restore and caller.sees(restore.order.project)), query)

    def phase_duration(self, restore: Restore, phase: Phase) -> tuple[Duration, int]:
        """Tell how long a live phase of *restore* takes by itself: as declared, and in microseconds as drawn."""
        durations = self._engine.durations
        return durations.of(restore, phase), durations.sample_microseconds(restore, phase)

    def disconnect_cluster(self, cluster: str) -> Cluster:
        """Let the agent of a cluster be gone: nothing on it progresses until it is reconnected as often.

        Raises:
            UnknownEntity: there is no such cluster.
        """
        found = self.clusters[cluster]
        if self._engine.is_reachable(found.uid):
            self.announce("cluster disconnected", found)
        self._engine.disconnect(found.uid)
        return found

    def reconnect_cluster(self, cluster: str) -> Cluster:
        """Let the agent of a cluster be there again; restores on it go on where they were.

        Raises:
            UnknownEntity: there is no such cluster.
            ValueError: it is connected.
        """
        found = self.clusters[cluster]
        if self._engine.end_outage(found.uid):
            self.announce("cluster reconnected", found)
            self._engine.resume(found.uid)
        return found

    def inject(self, rule: Rule) -> ActiveRule:
        """Put a fault into force.

        Raises:
            InvalidRule: it could never match anything of this world, or contradicts itself.
        """
        return self._injector.inject(rule)

    def remove_rule(self, active: ActiveRule) -> None:
        """Take a rule out of force: release the restores that it holds and revert its effects.

        Phases that are already planned keep their plan.

        Raises:
            ValueError: it is not in force.
        """
        self.faults.remove(active)
        self.open_gate(active)
        self._injector.end_all(active)

    def open_gate(self, active: ActiveRule) -> None:
        """Open the gate of a rule: those that wait go on, in the order of their coming; later ones pass."""
        self._engine.open(active.gate)

    def close_gate(self, active: ActiveRule) -> None:
        """Close the gate of a rule: it holds what comes from now on."""
        active.gate.is_open = False

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

    def _allowed_setting(
        self, order: RestoreOrder, namespace: Namespace, project: Project, backup: Backup, source: Deployment
    ) -> Setting:
        """The setting of a restore, whose preconditions are looked at again only when an entity was replaced."""
        key = (order.namespace, order.project, order.backup)
        entities = (namespace, project, backup, source)
        known = self._settings.get(key)
        if known is not None and all(map(operator.is_, known[0], entities)):
            return known[1]
        violations = failed_preconditions(self, order)
        if violations:
            raise PreconditionsFailed(violations)
        setting = self._setting(*entities)
        self._settings[key] = (entities, setting)
        return setting

    def _make_restore(self, order: RestoreOrder, setting: Setting) -> Restore:
        namesakes = self._namesakes.setdefault(order.namespace, {})
        namesake_count = namesakes[order.name] = namesakes.get(order.name, 0) + 1
        uid = derive_uid("restore", self._seed_text, order.namespace, order.name, str(namesake_count))
        created = self.environment.now_microseconds << PHASE_BITS | Phase.INITIALIZING
        return Restore(len(self.restores) + 1, uid, order, setting, derive_uid("deployment", uid), [created])

    def _setting(self, namespace: Namespace, project: Project, backup: Backup, source: Deployment) -> Setting:
        cluster, location = self.clusters[namespace.cluster], self.backup_locations[backup.location]
        referenced: tuple[Identified, ...] = (namespace, project, cluster, backup, location, source)
        names = {entity.uid: entity.name for entity in referenced}
        return Setting(
            tenant=project.tenant,
            cluster=cluster.uid,
            source_deployment=source.uid,
            backup_location=location.uid,
            cloudsnap=backup.cloudsnap,
            names=names | {backup.cloudsnap: f"{backup.name}-cloudsnap"},
        )
