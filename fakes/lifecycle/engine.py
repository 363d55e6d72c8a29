"""The engine: walks restores through the table of stages, on the clock of one world.

A live restore is one record, a `RestoreRun`: the stage, the piece of work within it and what remains of that. What is
due stands on the agenda of the environment as a kind and a subject; `Engine.handlers` has a function for each kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from fakes.environment import Environment, to_microseconds
from fakes.faults.injector import FAULT_DUE, FAULT_ENDS, Injector
from fakes.faults.installed_rule import AppliedFault, InstalledRule
from fakes.faults.match_context import phase_context
from fakes.history.events import FaultFired
from fakes.history.store import History
from fakes.lifecycle.bandwidth import DOWNLOADED, SharedLink
from fakes.lifecycle.capacity import SLOT_RELEASED, CapacitySlots, Slot
from fakes.lifecycle.cluster import ClusterRuntime, RestoreRun
from fakes.lifecycle.failures import Failure
from fakes.lifecycle.gates import Gate
from fakes.lifecycle.phase_durations import PhaseDurations
from fakes.lifecycle.phase_plan import PhasePlan
from fakes.lifecycle.phases import ErrorCode, Phase
from fakes.lifecycle.planning import Planning
from fakes.lifecycle.restores import Restore
from fakes.lifecycle.stages import STAGES
from fakes.lifecycle.work import (
    AwaitGate,
    AwaitSlot,
    Download,
    Elapse,
    FailRestore,
    Pause,
    RecordFault,
    Work,
)
from fakes.world.catalog import Catalog
from fakes.world.declaration import World
from fakes.world.entities import Cluster

WORK_DONE = "work done"
"""Kind of the agenda entry at which a piece of work that takes time ends."""
HEARTBEAT_LOST = "heartbeat lost"
"""Kind of the agenda entry at which the heartbeat limit of a cluster passes."""


class Engine:
    """The live restores of one world.

    Args:
        world: The world as declared; says how long phases take and what clusters can do.
        environment: The clock.
        catalog: What exists; gains a deployment with each success.
        history: Records every transition.
        faults: Applies rules.
        seed: For durations that are drawn.
    """

    def __init__(
        self,
        world: World,
        environment: Environment,
        catalog: Catalog,
        history: History,
        faults: Injector,
        *,
        seed: int,
    ) -> None:
        self._environment = environment
        self._catalog = catalog
        self._history = history
        self._faults = faults
        self._rules = faults.rules
        self._live_by_name: dict[tuple[str, str], Restore] = {}
        self.durations = PhaseDurations(world, catalog, seed=seed)
        self.planning = Planning(self.durations, catalog)
        self.clusters = {cluster.uid: ClusterRuntime(environment, cluster) for cluster in catalog.clusters.values()}

    def add_cluster(self, cluster: Cluster) -> None:
        """Add a cluster for restores to run on."""
        self.clusters[cluster.uid] = ClusterRuntime(self._environment, cluster)

    def live_restore_named(self, namespace_uid: str, name: str) -> Restore | None:
        """The live restore of that name in a namespace, if there is one."""
        return self._live_by_name.get((namespace_uid, name))

    def start(self, restore: Restore) -> None:
        """Start *restore*, which has just been created."""
        cluster = self.clusters[restore.target.cluster]
        run = RestoreRun(restore, cluster, self.planning.plans(restore))
        cluster.runs[restore.uid] = run
        self._live_by_name[restore.spec.namespace, restore.name] = restore
        self._history.begin(restore)
        run.work = self._decide(run)
        run.position = -1
        self._proceed(run)

    def take_in(self, run: RestoreRun) -> None:
        """Add a live restore of a snapshot."""
        run.cluster.runs[run.restore.uid] = run
        self._live_by_name[run.restore.spec.namespace, run.restore.name] = run.restore

    def fail(self, restore: Restore, failure: Failure) -> None:
        """End a live restore in FAILED, in whatever phase it is.

        Raises:
            ValueError: it is final already.
        """
        run = self.clusters[restore.cluster].runs.get(restore.uid)
        if run is None:
            raise ValueError(f"restore {restore.name!r} ({restore.uid}) is {restore.status.phase.name}, which is final")
        self._suspend(run)
        self._end(run)
        restore.error_code, restore.error_message = failure.error_code, failure.error_message
        self._history.enter(restore, Phase.FAILED, self._environment.now_microseconds)
        self._history.restores.settle(restore)

    def open(self, gate: Gate) -> None:
        """Open a gate: restores that wait there go on, in the order in which they came; later ones pass."""
        gate.is_open = True
        while gate.waiting:
            restore = gate.waiting.pop(next(iter(gate.waiting)))
            self._proceed(self.clusters[restore.cluster].runs[restore.uid])

    def is_reachable(self, cluster_uid: str) -> bool:
        """Whether the agent of a cluster is connected."""
        return not self.clusters[cluster_uid].outage_count

    def disconnect(self, cluster_uid: str) -> None:
        """Begin an outage of a cluster: its restores stop where they are.

        Restores that are still there when the heartbeat limit has passed fail.
        """
        cluster = self.clusters[cluster_uid]
        cluster.outage_count += 1
        if cluster.outage_count > 1:
            return
        for run in cluster.runs.values():
            self._suspend(run)
        limit_seconds = cluster.cluster.heartbeat_limit_seconds
        if limit_seconds < math.inf:
            delay_microseconds = to_microseconds(limit_seconds)
            cluster.heartbeat = self._environment.schedule_entry(delay_microseconds, HEARTBEAT_LOST, cluster)

    def end_outage(self, cluster_uid: str) -> bool:
        """End an outage of a cluster.

        Returns:
            Whether it was the only one; if so, call `resume` to let the restores go on.

        Raises:
            ValueError: there is none.
        """
        cluster = self.clusters[cluster_uid]
        if not cluster.outage_count:
            raise ValueError(f"cluster {cluster.cluster.name!r} is connected")
        cluster.outage_count -= 1
        return not cluster.outage_count

    def resume(self, cluster_uid: str) -> None:
        """Let the restores of a cluster go on where they were."""
        cluster = self.clusters[cluster_uid]
        if cluster.heartbeat is not None:
            self._environment.cancel(cluster.heartbeat)
            cluster.heartbeat = None
        for run in tuple(cluster.runs.values()):
            # A restore that goes on may cause the next outage, and then no other does. One between two phases goes on
            # by itself.
            if not cluster.outage_count and run.restore.is_live and run.position < len(run.work):
                work = run.work[run.position]
                if self._begin[type(work)](self, run, work):
                    self._proceed(run)

    def _proceed(self, run: RestoreRun) -> None:
        """The current piece of work is done: go on until one takes time or the restore is over."""
        run.entry = None
        run.position += 1
        while True:
            if run.position == len(run.work):
                if not self._leave_stage(run):
                    return
                run.position = 0
            if run.cluster.outage_count:
                return
            work = run.work[run.position]
            if type(work) is Elapse:
                # The most frequent kind: `_begin_elapse`, inlined for speed.
                run.entry = self._environment.schedule_entry(work.duration_microseconds, WORK_DONE, run)
                return
            if not self._begin[type(work)](self, run, work):
                return
            run.position += 1

    def _leave_stage(self, run: RestoreRun) -> bool:
        """End a stage whose work is done; the restore fails, succeeds, or comes to the next stage.

        Returns:
            Whether there is a next stage.
        """
        stage_index = run.stage_index
        look_for_failure = STAGES[stage_index].failure
        if look_for_failure is not None:
            failure = look_for_failure(self._catalog, run.restore)
            if failure is not None:
                self.fail(run.restore, failure)
                return False
        run.stage_index = stage_index = stage_index + 1
        if stage_index == len(STAGES):
            self._succeed(run)
            return False
        self._history.enter(run.restore, STAGES[stage_index].phase, self._environment.now_microseconds)
        work = run.plan[stage_index]
        run.work = self._decide(run) if work is None or self._rules.installed else work
        return True

    def _decide(self, run: RestoreRun) -> tuple[Work, ...]:
        """The work of a restore in its current stage, after rules have changed it."""
        phase = STAGES[run.stage_index].phase
        work = run.plan[run.stage_index]
        if work is None:
            work = self.planning.draw(run.restore, run.stage_index)
        if self._rules.installed:
            context = phase_context(self._catalog, run.restore, phase, self._environment.now_microseconds)
            plan = PhasePlan(work, run.cluster.link.bytes_per_microsecond)
            self._faults.change(plan, context)
            work = plan.work
        return work

    def _suspend(self, run: RestoreRun) -> None:
        """Stop the current piece of work, and remember what is left of it."""
        if run.position < len(run.work):
            work = run.work[run.position]
            suspend = self._stop.get(type(work))
            if suspend is not None:
                suspend(self, run, work)

    def _begin_elapse(self, run: RestoreRun, work: Elapse | Pause) -> bool:
        delay = work.duration_microseconds if run.remaining is None else int(run.remaining)
        run.remaining = None
        run.entry = self._environment.schedule_entry(delay, WORK_DONE, run)
        return False

    def _suspend_elapse(self, run: RestoreRun, _: Work) -> None:
        if run.entry is not None:
            self._environment.cancel(run.entry)
            run.remaining = run.entry[0] - self._environment.now_microseconds
            run.entry = None

    def _begin_download(self, run: RestoreRun, work: Download) -> bool:
        size_bytes = work.size_bytes if run.remaining is None else run.remaining
        run.remaining = None
        run.cluster.link.start(size_bytes, run)
        return False

    def _suspend_download(self, run: RestoreRun, _: Work) -> None:
        if run.transfer is not None:
            run.remaining = run.cluster.link.stop(run)

    def _begin_await_slot(self, run: RestoreRun, _: AwaitSlot) -> bool:
        if run.slot is Slot.NONE:
            run.cluster.slots.acquire(run)
        return run.slot is Slot.HELD

    def _begin_await_gate(self, run: RestoreRun, work: AwaitGate) -> bool:
        if not work.gate.is_open:
            work.gate.waiting[run.restore.uid] = run.restore
        return work.gate.is_open

    def _suspend_await_gate(self, run: RestoreRun, work: AwaitGate) -> None:
        work.gate.waiting.pop(run.restore.uid, None)

    def _record_fault(self, run: RestoreRun, work: RecordFault) -> bool:
        now, restore = self._environment.now_microseconds, run.restore
        self._history.record(FaultFired(now, work.rule, work.effect, restore.uid, restore.name))
        return True

    def _begin_failure(self, run: RestoreRun, work: FailRestore) -> bool:
        self.fail(run.restore, work.failure)
        return False

    def _grant_slot(self, slots: CapacitySlots) -> None:
        run = slots.grant_next()
        if run is not None and not run.cluster.outage_count:
            self._proceed(run)

    def _end_downloads(self, link: SharedLink) -> None:
        for run in link.finish():
            if run.restore.is_live:
                self._proceed(run)

    def _lose_heartbeat(self, cluster: ClusterRuntime) -> None:
        cluster.heartbeat = None
        limit_seconds = cluster.cluster.heartbeat_limit_seconds
        message = f"no heartbeat from target cluster {cluster.cluster.name!r} for {limit_seconds:g} s"
        for run in tuple(cluster.runs.values()):
            self.fail(run.restore, Failure(ErrorCode.RESTORE_INTERNAL_ERROR, message))

    def _begin_fault(self, rule: InstalledRule) -> None:
        self._faults.begin(rule)

    def _end_fault(self, fault: AppliedFault) -> None:
        self._faults.end(fault)

    def _succeed(self, run: RestoreRun) -> None:
        restore = run.restore
        self._end(run)
        source = self._catalog.deployments.recall(restore.source_deployment)
        self._catalog.deployments.add_restored(restore, source)
        self._history.record_deployment(restore)
        self._history.enter(restore, Phase.SUCCESSFUL, self._environment.now_microseconds)
        self._history.restores.settle(restore)

    def _end(self, run: RestoreRun) -> None:
        restore = run.restore
        if run.slot is not Slot.NONE:
            run.cluster.slots.release(run)
        del run.cluster.runs[restore.uid]
        del self._live_by_name[restore.spec.namespace, restore.name]

    handlers: ClassVar[Mapping[str, Callable[[Any, Any], None]]] = {
        WORK_DONE: _proceed,
        SLOT_RELEASED: _grant_slot,
        DOWNLOADED: _end_downloads,
        HEARTBEAT_LOST: _lose_heartbeat,
        FAULT_DUE: _begin_fault,
        FAULT_ENDS: _end_fault,
    }
    """The function for each kind of entry that is due."""
    _begin: ClassVar[Mapping[type[Work], Callable[[Any, RestoreRun, Any], bool]]] = {
        Elapse: _begin_elapse,
        Pause: _begin_elapse,
        Download: _begin_download,
        AwaitSlot: _begin_await_slot,
        AwaitGate: _begin_await_gate,
        RecordFault: _record_fault,
        FailRestore: _begin_failure,
    }
    """The function that begins or continues each kind of work, and returns whether it is done at once."""
    _stop: ClassVar[Mapping[type[Work], Callable[[Any, RestoreRun, Any], None]]] = {
        Elapse: _suspend_elapse,
        Pause: _suspend_elapse,
        Download: _suspend_download,
        AwaitGate: _suspend_await_gate,
    }
    """The function that stops each kind of work; the other kinds take no time, or keep their place."""
