"""Walks restores through the table of stages, on the clock of one world.

What a live restore still has to do is data, a `Workload`: the stage, the activity within it and what remains of that.
There is no generator whose position could not be written down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from old_fakes.activities import Acting, Activity, AwaitingCapacity, Downloading, Holding, Lasting, Stopping
from old_fakes.environment import Environment, to_microseconds
from old_fakes.failures import Failure
from old_fakes.faults.occasions import phase_occasion
from old_fakes.faults.plan import ActiveRule, FaultPlan
from old_fakes.faults.rule import Firing, PhaseEffect
from old_fakes.faults.where import Occasion
from old_fakes.inventory import Inventory
from old_fakes.phase_durations import PhaseDurations
from old_fakes.phase_plans import PhasePlans, Planning
from old_fakes.phases import ErrorCode, Phase
from old_fakes.restores import PHASE_BITS, Restore
from old_fakes.segments import Announce, AwaitCapacity, Download, Hold, Last, PhasePlan, Segment, Stop, Wait, rounded
from old_fakes.stages import STAGES, Stage
from old_fakes.timeline import FaultFired, Timeline
from old_fakes.workplace import Workplace
from old_fakes.world import World


@dataclass(slots=True, eq=False)
class Workload:
    """What a live restore still has to do.

    Args:
        plans: What it does in each phase unless rules change that.
        done: Is called when the segment on which it works is done.
        is_beginning: Whether that segment is just being begun.
        is_done: Whether it was done in being begun.
    """

    restore: Restore
    workplace: Workplace
    plans: PhasePlans
    done: Callable[[], None]
    stage_index: int = 0
    segments: tuple[Segment, ...] = ()
    segment_index: int = 0
    activity: Activity | None = None
    is_beginning: bool = False
    is_done: bool = False
    place: AwaitingCapacity | None = None

    @property
    def stage(self) -> Stage:
        """The row of the table at which the restore stands."""
        return STAGES[self.stage_index]


def _nothing() -> None:
    """What is to be done when nothing is."""


class Lifecycle:
    """The live restores of one world.

    Args:
        world: As declared; tells how long phases take and what clusters can do.
        environment: The clock.
        inventory: What exists; gains a deployment with each success.
        timeline: Told of every transition.
        faults: The rules that may change what happens.
        strike: Lets a rule happen to the entities that an occasion names.
        seed: For durations that are drawn.
    """

    def __init__(
        self,
        world: World,
        environment: Environment,
        inventory: Inventory,
        timeline: Timeline,
        faults: FaultPlan,
        strike: Callable[[ActiveRule, Firing, Occasion], None],
        *,
        seed: int,
    ) -> None:
        self._environment = environment
        self._inventory = inventory
        self._timeline = timeline
        self._faults = faults
        self._strike = strike
        self._workloads: dict[str, Workload] = {}
        self._live_by_name: dict[tuple[str, str], Restore] = {}
        self.durations = PhaseDurations(world, inventory, seed=seed)
        self._planning = Planning(self.durations, inventory)
        self._workplaces = {cluster.uid: Workplace(environment, cluster) for cluster in inventory.clusters.values()}

    def live_restore_named(self, namespace_uid: str, name: str) -> Restore | None:
        """The live restore of that name in a namespace, if there is one."""
        return self._live_by_name.get((namespace_uid, name))

    def start(self, restore: Restore) -> None:
        """Set *restore*, which has just been created, going."""
        workload = Workload(
            restore,
            self._workplaces[restore.setting.cluster],
            self._planning.plans(restore),
            lambda: self._end_segment(workload),
        )
        self._workloads[restore.uid] = workload
        self._live_by_name[restore.order.namespace, restore.name] = restore
        self._timeline.append_version(restore.version)
        self._begin_phase(workload)

    def fail(self, restore: Restore, failure: Failure) -> None:
        """End a live restore in FAILED, wherever it stands.

        Raises:
            ValueError: it is final already.
        """
        workload = self._workloads.get(restore.uid)
        if workload is None:
            raise ValueError(f"restore {restore.name!r} ({restore.uid}) is {restore.status.phase.name}, which is final")
        if workload.activity is not None:
            workload.activity.suspend()
        self._end(workload)
        restore.error_code, restore.error_message = failure.error_code, failure.error_message
        self._timeline.append_version(self._change(restore, Phase.FAILED))
        self._inventory.restores.settle(restore)

    def disconnect(self, cluster_uid: str) -> None:
        """Let the agent of a cluster be gone: what its restores do stops where it is.

        Whatever is still there when the heartbeat limit has passed fails.
        """
        workplace = self._workplaces[cluster_uid]
        workplace.outage_count += 1
        if workplace.outage_count > 1:
            return
        for workload in self._on(workplace):
            if workload.activity is not None:
                workload.activity.suspend()
        limit = to_microseconds(workplace.cluster.heartbeat_limit_seconds)
        workplace.heartbeat = self._environment.call_after(limit, lambda: self._lose_heartbeat(workplace))

    def is_reachable(self, cluster_uid: str) -> bool:
        """Whether the agent of a cluster is there."""
        return self._workplaces[cluster_uid].is_reachable

    def reconnect(self, cluster_uid: str, announce: Callable[[], object]) -> None:
        """Let the agent of a cluster be there again, unless another outage still lasts: all goes on where it was.

        *announce* is called when it is there, before anything goes on.

        Raises:
            ValueError: it is there.
        """
        workplace = self._workplaces[cluster_uid]
        if workplace.is_reachable:
            raise ValueError(f"cluster {workplace.cluster.name!r} is connected")
        workplace.outage_count -= 1
        if workplace.outage_count:
            return
        announce()
        if workplace.heartbeat is not None:
            self._environment.call_off(workplace.heartbeat)
        for workload in self._on(workplace):
            # What goes on may bring about the next outage, and then nothing further does.
            if self.is_reachable(cluster_uid) and workload.activity is not None and workload.restore.is_live:
                self._begin_activity(workload, workload.activity)

    def _on(self, workplace: Workplace) -> list[Workload]:
        return [workload for workload in self._workloads.values() if workload.workplace is workplace]

    def _lose_heartbeat(self, workplace: Workplace) -> None:
        limit_seconds = workplace.cluster.heartbeat_limit_seconds
        for workload in self._on(workplace):
            message = f"no heartbeat from target cluster {workplace.cluster.name!r} for {limit_seconds:g} s"
            self.fail(workload.restore, Failure(ErrorCode.RESTORE_INTERNAL_ERROR, message))

    def _begin_phase(self, workload: Workload) -> None:
        segments = self._planning.segments(workload.restore, workload.plans, workload.stage_index)
        if self._faults:
            plan = PhasePlan(segments, workload.workplace.bytes_per_microsecond)
            segments = rounded(self._meet_faults(workload, plan).segments)
        workload.segments = segments
        self._go_on(workload, 0)

    def _meet_faults(self, workload: Workload, plan: PhasePlan) -> PhasePlan:
        now = self._environment.now_microseconds
        occasion = phase_occasion(self._inventory, workload.restore, workload.stage.phase, now)
        for active, firing in self._faults.fire("phase", occasion):
            effect = active.rule.effect
            if isinstance(effect, PhaseEffect):
                plan = effect.before(plan, firing)
            else:
                self._strike(active, firing, occasion)
        return plan

    def _go_on(self, workload: Workload, index: int) -> None:
        """Work on the segments from *index* on, until one takes time or none is left."""
        segments = workload.segments
        while index < len(segments):
            workload.segment_index = index
            segment = segments[index]
            if type(segment) is Last:
                # Most of them are, and they are never done at once: this way is the same as the other one, and shorter.
                workload.activity = lasting = Lasting(self._environment, segment.duration_microseconds)
                if not workload.workplace.outage_count:
                    lasting.begin(workload.done)
                return
            workload.activity = activity = self._activity(workload, segment)
            if workload.workplace.outage_count or not self._is_done_at_once(workload, activity):
                return
            index += 1
        self._leave(workload)

    def _begin_activity(self, workload: Workload, activity: Activity) -> None:
        if self._is_done_at_once(workload, activity):
            self._go_on(workload, workload.segment_index + 1)

    def _is_done_at_once(self, workload: Workload, activity: Activity) -> bool:
        """Begin an activity. One that is done later goes on to the next segment by itself.

        One that is done at once does not, as any number of them may follow each other, deeper than Python can call.
        """
        workload.is_beginning, workload.is_done = True, False
        activity.begin(workload.done)
        workload.is_beginning = False
        return workload.is_done

    def _end_segment(self, workload: Workload) -> None:
        if workload.is_beginning:
            workload.is_done = True
        else:
            self._go_on(workload, workload.segment_index + 1)

    def _activity(self, workload: Workload, segment: Segment) -> Activity:
        workplace, restore = workload.workplace, workload.restore
        match segment:
            case Last(duration_microseconds) | Wait(duration_microseconds):
                return Lasting(self._environment, duration_microseconds)
            case Download(size_bytes):
                return Downloading(workplace.link, size_bytes)
            case AwaitCapacity():
                if workload.place is None:
                    workload.place = AwaitingCapacity(workplace.places)
                return workload.place
            case Hold(gate):
                return Holding(gate, restore)
            case Announce(rule, effect):
                return Acting(lambda: self._announce(rule, effect, restore))
            case Stop(failure):
                return Stopping(lambda: self.fail(restore, failure))

    def _announce(self, rule: str, effect: str, restore: Restore) -> None:
        now = self._environment.now_microseconds
        self._timeline.append(FaultFired(now, rule, effect, restore.uid, restore.name))

    def _leave(self, workload: Workload) -> None:
        look_for_failure, restore = STAGES[workload.stage_index].failure, workload.restore
        failure = None if look_for_failure is None else look_for_failure(self._inventory, restore)
        if failure is not None:
            self.fail(restore, failure)
        elif workload.stage_index + 1 == len(STAGES):
            self._succeed(workload)
        else:
            workload.stage_index += 1
            self._timeline.append_version(self._change(restore, STAGES[workload.stage_index].phase))
            self._begin_phase(workload)

    def _succeed(self, workload: Workload) -> None:
        restore = workload.restore
        self._end(workload)
        source = self._inventory.deployments.recall(restore.source_deployment)
        self._inventory.deployments.add_restored(restore, source)
        version = self._change(restore, Phase.SUCCESSFUL)
        self._timeline.append_deployment(restore)
        self._timeline.append_version(version)
        self._inventory.restores.settle(restore)

    def _end(self, workload: Workload) -> None:
        restore = workload.restore
        workload.activity = None
        workload.done = _nothing  # it refers to the workload, and without that circle nothing is left to be collected
        if workload.place is not None:
            workload.place.release()
        del self._workloads[restore.uid]
        del self._live_by_name[restore.order.namespace, restore.name]

    def _change(self, restore: Restore, phase: Phase) -> int:
        """Let *restore* come to *phase*, and give the version that it has then."""
        restore.history.append(self._environment.now_microseconds << PHASE_BITS | phase)
        version = restore.ordinal << PHASE_BITS | phase
        self._inventory.restores.versions[restore.ordinal - 1] = version
        return version
