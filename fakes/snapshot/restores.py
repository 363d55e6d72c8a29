"""The restores of a snapshot: what they are, and what the live ones still have to do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from fakes.lifecycle.capacity import Slot
from fakes.lifecycle.cluster import RestoreRun
from fakes.lifecycle.gates import Gate
from fakes.lifecycle.phases import ErrorCode, Phase
from fakes.lifecycle.restores import VERSIONS_EACH, Restore, RestoreSpec, RestoreTarget
from fakes.lifecycle.stages import STAGES
from fakes.snapshot.errors import (
    SnapshotError,
    bytes_of,
    read_each,
    refusing,
    require,
    require_each_once,
    require_index,
)
from fakes.snapshot.records import RestoreRecord, RunRecord, TargetRecord, WorldRecord
from fakes.snapshot.work import error_code, work_from_records
from fakes.values import shown
from fakes.world.identifiers import derive_uid
from fakes.world.live_world import LiveWorld


class RestoreReader:
    """Makes the restores of a world.

    Args:
        record: The records of the world.
        world: The world, which has all its entities except deployments.
        gates: Its gates.

    Raises:
        SnapshotError: the records contradict themselves; says where.
    """

    def __init__(self, record: WorldRecord, world: LiveWorld, gates: Sequence[Gate]) -> None:
        self._record = record
        self._world = world
        self._gates = gates
        self._known_uids = {"namespace": {*world.namespaces.by_uid}, "project": {*world.projects.by_uid}}
        self._targets = read_each(("targets",), record.targets, self._read_target)
        ordinals = count(1)
        self.restores = read_each(("restores",), record.restores, lambda told: self._read(told, next(ordinals)))
        """All restores, in the order of their creation."""
        require_each_once([restore.uid for restore in self.restores], ("restores",))
        created = [restore.created_at_microseconds for restore in self.restores]
        require(created == sorted(created), ("restores",), "are not in the order of their creation")

    def _read_target(self, record: TargetRecord) -> RestoreTarget:
        world = self._world
        for key, uid, registry in (
            ("tenant", record.tenant, world.tenants),
            ("cluster", record.cluster, world.clusters),
            ("backup_location", record.backup_location, world.backup_locations),
        ):
            require(uid in registry.by_uid, (key,), f"is {shown(uid)}; expected the uid of a {registry.kind}")
        for uid in (record.cluster, record.backup_location):
            require(uid in record.names, ("names",), f"lack {shown(uid)}")
        target = RestoreTarget(
            tenant=record.tenant,
            cluster=record.cluster,
            source_deployment=record.source_deployment,
            backup_location=record.backup_location,
            cloudsnap=record.cloudsnap,
            names=record.names,
        )
        if record.plans is not None:
            require(len(record.plans) == len(STAGES), ("plans",), f"are {len(record.plans)}; expected {len(STAGES)}")
            plans = []
            for index, plan in enumerate(record.plans):
                with refusing(("plans", index)):
                    require(plan is None or plan, (), "is empty; expected one piece of work or more")
                    plans.append(None if plan is None else work_from_records(plan, self._gates))
            world.engine.planning.known[target] = tuple(plans)
        return target

    def _read(self, record: RestoreRecord, ordinal: int) -> Restore:
        require_index(record.target, len(self._targets), ("target",), "targets")
        target = self._targets[record.target]
        code = None if record.error_code is None else error_code(record.error_code)
        spec = RestoreSpec(
            name=record.name,
            namespace=record.namespace,
            project=record.project,
            backup=record.backup,
            description=record.description,
            labels=record.labels,
            annotations=record.annotations,
            unknown_fields=bytes_of(record.unknown_fields, ("unknown_fields",)),
        )
        for key, known in self._known_uids.items():
            uid = getattr(record, key)
            if uid not in known or uid not in target.names:
                raise SnapshotError((key,), f"is {shown(uid)}; expected the uid of a {key} that its target names")
        if record.backup not in target.names:
            raise SnapshotError(("backup",), f"is {shown(record.backup)}, which its target does not name")
        history = self._read_history(record.history, code)
        restore = Restore(
            ordinal,
            record.uid,
            spec,
            target,
            derive_uid("deployment", record.uid),
            history,
            code,
            record.error_message,
        )
        if restore.is_live and record.run is None:
            raise SnapshotError(("run",), "is missing for a live restore")
        if not restore.is_live and record.run is not None:
            raise SnapshotError(("run",), "is there for a restore that is over")
        return restore

    def _read_history(self, times: list[int], code: ErrorCode | None) -> list[int]:
        phases = [*range(1, len(times) + 1)]
        if code is not None:
            phases[-1:] = [Phase.FAILED]
        shortest, longest = 1 if code is None else 2, Phase.FAILED - 1
        if not shortest <= len(times) <= longest:
            raise SnapshotError(("history",), f"has {len(times)} times; expected {shortest} to {longest}")
        bounds = [self._record.start, *times, self._record.now]
        if bounds != sorted(bounds):
            raise SnapshotError(("history",), "has times that are out of order, or not those of this world")
        return [at * VERSIONS_EACH + phase for phase, at in zip(phases, times, strict=True)]

    def check_references(self) -> None:
        """Check that everything that restores refer to exists or existed; by now the world has all its entities."""
        world = self._world
        backups = {backup.uid for backup in world.backups.recall_all()}
        deployments = {*world.deployments.by_uid, *(each.uid for each in world.deployments.removed)}
        for index, target in enumerate(self._targets):
            require(
                target.source_deployment in deployments,
                ("targets", index, "source_deployment"),
                f"is {shown(target.source_deployment)}; expected the uid of a deployment",
            )
        for index, restore in enumerate(self.restores):
            backup = restore.spec.backup
            if backup not in backups:
                raise SnapshotError(("restores", index, "backup"), f"is {shown(backup)}; expected the uid of a backup")
            if restore.deployment not in deployments and restore.phase is Phase.SUCCESSFUL:
                reason = f"lack {restore.deployment}, which the restore {restore.name!r} has made"
                raise SnapshotError(("collections", "deployments"), reason)

    def read_runs(self) -> dict[int, RestoreRun]:
        """Make what the live restores still have to do, by ordinal, and hand it to the engine."""
        runs = {}
        for index, record in enumerate(self._record.restores):
            if record.run is None:
                continue
            restore = self.restores[index]
            namesake = self._world.engine.live_restore_named(restore.spec.namespace, restore.name)
            require(namesake is None, ("restores", index, "name"), "is that of another live restore in its namespace")
            with refusing(("restores", index, "run")):
                runs[restore.ordinal] = run = self._read_run(restore, record.run)
            self._world.engine.take_in(run)
        return runs

    def _read_run(self, restore: Restore, record: RunRecord) -> RestoreRun:
        plan = self._world.engine.planning.known.get(restore.target)
        if plan is None:
            raise SnapshotError((), "its target has no plans")
        stage_index = restore.phase - 1
        work = plan[stage_index] if record.work is None else None
        if record.work is not None:
            with refusing(("work",)):
                work = work_from_records(record.work, self._gates)
        if not work:
            raise SnapshotError(("work",), "is missing")
        require_index(record.position, len(work), ("position",), "pieces of work")
        run = RestoreRun(
            restore,
            self._world.engine.clusters[restore.cluster],
            plan,
            stage_index,
            work,
            record.position,
            record.remaining,
            slot=Slot(record.slot),
        )
        if record.download is not None:
            run.transfer = (record.download.ends_at_bytes, record.download.number, run)
        return run
