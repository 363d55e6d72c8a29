"""From a world in motion to its records."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, cast

import simpy

from fakes.environment import KIND, SUBJECT, TIME, Entry
from fakes.faults.injector import FAULT_DUE, FAULT_ENDS
from fakes.faults.installed_rule import InstalledRule
from fakes.faults.rule import Rule
from fakes.faults.selector import MatchContext
from fakes.history.events import Event, FaultFired, RemoteCall, WorldChange
from fakes.lifecycle.cluster import ClusterRuntime, RestoreRun
from fakes.lifecycle.engine import WORK_DONE
from fakes.lifecycle.gates import Gate
from fakes.lifecycle.restores import Restore, RestoreTarget, microseconds_of
from fakes.snapshot.entities import declared_to_record, entity_to_plain
from fakes.snapshot.errors import SnapshotError
from fakes.snapshot.records import (
    ClusterRecord,
    CollectionRecord,
    ContextRecord,
    DownloadRecord,
    EntryRecord,
    EventsRecord,
    GateRecord,
    InstalledRuleRecord,
    Plain,
    RestoreRecord,
    RuleSetRecord,
    RunRecord,
    TargetRecord,
    VersionRecord,
    WorldRecord,
)
from fakes.snapshot.work import work_to_records
from fakes.world.declaration import World
from fakes.world.entities import COLLECTIONS, Entity
from fakes.world.live_world import LiveWorld

PACKED_EVENTS = {event.kind: event for event in (WorldChange, FaultFired, RemoteCall)}
"""Events whose fields are plain data, by kind."""
_EVENT_FIELDS: Mapping[type[Any], list[str]] = {
    event: [entry.name for entry in fields(event)] for event in PACKED_EVENTS.values()
}


def rule_to_plain(rule: Rule) -> Plain:
    """Write a rule with its name, because its default name depends on the order of keys, which JSON does not keep.

    Raises:
        SnapshotError: its effect can't be written.
    """
    try:
        return {**rule.to_plain(), "name": rule.name}
    except TypeError as error:
        raise SnapshotError((), str(error)) from None


def write_world(world: LiveWorld, declared: World, seed: int, held: Collection[simpy.Event] = ()) -> WorldRecord:
    """Write a world in motion.

    Args:
        world: The world.
        declared: As it was declared.
        seed: For everything that is drawn in it.
        held: simpy events on its agenda that are left out: the deadlines of calls that are held up.

    Raises:
        SnapshotError: there is something that can't be written: a custom effect or duration that has no
            plain form, or a simpy process.
    """
    foreign = [event for event in world.environment.events() if event not in held]
    if foreign:
        raise SnapshotError((), f"{foreign[0]!r} waits on the agenda; processes and events of simpy's can't be written")
    return _Writer(world, declared, seed).record()


class _Writer:
    """Writes one world."""

    def __init__(self, world: LiveWorld, declared: World, seed: int) -> None:
        self._world = world
        self._declared = declared
        self._seed = seed
        self._entities: dict[int, tuple[int, Entity]] = {}
        """The entities so far, with their indexes, by identity."""
        self._targets: dict[RestoreTarget, int] = {}
        self._gates: dict[int, tuple[int, Gate]] = {}
        self._clusters = {
            id(part): uid
            for uid, cluster in world.engine.clusters.items()
            for part in (cluster, cluster.slots, cluster.link)
        }
        """The clusters, by their parts."""
        self._runs = {uid: run for cluster in world.engine.clusters.values() for uid, run in cluster.runs.items()}

    def record(self) -> WorldRecord:
        world = self._world
        declared = {name: [self._entity(entity) for entity in getattr(self._declared, name)] for name in COLLECTIONS}
        rules = self._rule_set()
        restores = [self._restore(restore) for restore in world.restores.by_uid.values()]
        collections = {name: self._collection(name) for name in COLLECTIONS}
        versions = [
            [VersionRecord(version.at_microseconds, version.change, self._entity(version.entity)) for version in each]
            for each in world.versions.all()
        ]
        numbers, others = world.history.packed_events()
        plans = world.engine.planning.known
        try:
            return WorldRecord(
                seed=self._seed,
                start=world.versions.start_microseconds,
                now=world.environment.now_microseconds,
                declared=declared_to_record(self._declared, declared),
                entities=[entity_to_plain(entity) for _, entity in self._entities.values()],
                collections=collections,
                versions=versions,
                credential_losses=dict(world.credential_losses),
                targets=[self._target(target, plans.get(target)) for target in self._targets],
                rules=rules,
                restores=restores,
                clusters=[self._cluster(cluster) for cluster in world.engine.clusters.values()],
                gates=[self._gate(gate) for _, gate in self._gates.values()],
                agenda=[self._entry(entry) for entry in world.environment.entries()],
                events=EventsRecord(world.history.forgotten_count, numbers, [_event(other) for other in others]),
            )
        except TypeError as error:  # a custom duration or entity
            raise SnapshotError((), str(error)) from None

    def _entity(self, entity: Entity) -> int:
        return self._entities.setdefault(id(entity), (len(self._entities), entity))[0]

    def _gate_index(self, gate: Gate) -> int:
        return self._gates.setdefault(id(gate), (len(self._gates), gate))[0]

    def _collection(self, name: str) -> CollectionRecord:
        registry = self._world.collection(name)
        present: list[int | tuple[int, int]] = []
        for uid in registry.by_uid:
            source = self._world.deployments.source_of(uid) if name == "deployments" else None
            if source is None:
                present.append(self._entity(registry.by_uid[uid]))
            else:
                restore = self._world.deployment_history.restore_of(uid)
                assert restore is not None
                present.append((restore.ordinal, self._entity(source)))
        removed = [self._entity(entity) for entity in registry.removed]
        return CollectionRecord(present, removed, list(registry.names_ever))

    def _restore(self, restore: Restore) -> RestoreRecord:
        spec = restore.spec
        run = self._runs.get(restore.uid)
        return RestoreRecord(
            uid=restore.uid,
            name=spec.name,
            namespace=spec.namespace,
            project=spec.project,
            backup=spec.backup,
            target=self._targets.setdefault(restore.target, len(self._targets)),
            history=[microseconds_of(moment) for moment in restore.history],
            description=spec.description,
            labels=dict(spec.labels),
            annotations=dict(spec.annotations),
            unknown_fields=b64encode(spec.unknown_fields).decode(),
            error_code=None if restore.error_code is None else restore.error_code.name,
            error_message=restore.error_message,
            run=None if run is None else self._run(run),
        )

    def _run(self, run: RestoreRun) -> RunRecord:
        return RunRecord(
            position=run.position,
            work=None if run.work is run.plan[run.stage_index] else work_to_records(run.work, self._gate_index),
            remaining=run.remaining,
            slot=run.slot.value,
            download=None if run.transfer is None else DownloadRecord(*run.transfer[:2]),
        )

    def _target(self, target: RestoreTarget, plans: Any) -> TargetRecord:
        return TargetRecord(
            tenant=target.tenant,
            cluster=target.cluster,
            source_deployment=target.source_deployment,
            backup_location=target.backup_location,
            cloudsnap=target.cloudsnap,
            names=dict(target.names),
            plans=None
            if plans is None
            else [None if work is None else work_to_records(work, self._gate_index) for work in plans],
        )

    def _rule_set(self) -> RuleSetRecord:
        rules = self._world.rules
        for installed in rules:
            self._gate_index(installed.gate)
        return RuleSetRecord(
            installed=[_installed(installed) for installed in rules],
            name_numbers=dict(rules.name_numbers),
            calls=[_context(context) for context in rules.contexts("call")],
            phases=[_context(context) for context in rules.contexts("phase")],
        )

    def _gate(self, gate: Gate) -> GateRecord:
        return GateRecord(gate.name, gate.is_open, [restore.ordinal for restore in gate.held])

    def _cluster(self, runtime: ClusterRuntime) -> ClusterRecord:
        waiting = [run.restore.ordinal for run in runtime.slots.waiting]
        return ClusterRecord(runtime.cluster.uid, runtime.outage_count, waiting, *runtime.link.progress)

    def _entry(self, entry: Entry) -> EntryRecord:
        at, kind, subject = int(entry[TIME]), entry[KIND], cast(Any, entry[SUBJECT])
        record = EntryRecord(at, kind)  # type: ignore[arg-type]  # the kinds of the engine
        if kind == WORK_DONE:
            record.restore = subject.restore.ordinal
        elif kind == FAULT_DUE:
            record.rule = self._rule_index(subject)
        elif kind == FAULT_ENDS:
            record.rule = self._rule_index(subject.rule)
            record.applied = subject.rule.applied.index(subject)
        else:
            record.cluster = self._clusters[id(subject)]
        return record

    def _rule_index(self, installed: InstalledRule) -> int:
        return self._world.rules.installed.index(installed)


def _installed(installed: InstalledRule) -> InstalledRuleRecord:
    return InstalledRuleRecord(
        rule=rule_to_plain(installed.rule),
        name=installed.name,
        matched_count=installed.matched_count,
        fired_count=installed.fired_count,
        is_due_past=installed.is_due_past,
        memory=[(key, list(values)) for key, values in installed.memory.items()],
        applied=[fault.uid for fault in installed.applied],
        draws=dict(installed.draws),
    )


def _context(context: MatchContext) -> ContextRecord:
    return ContextRecord(
        values={key: list(values) for key, values in context.values.items()},
        subject=context.subject,
        title=context.title,
        at=context.at_microseconds,
        labels=dict(context.labels),
        uid=context.uid,
        name=context.name,
    )


def _event(event: Event) -> Plain:
    names = _EVENT_FIELDS.get(type(event))
    if names is None:
        raise TypeError(f"{event!r} is an event of a class of its own, {type(event).__name__}, which can't be written")
    return {"kind": event.kind, **dict(zip(names, attrgetter(*names)(event), strict=True))}
