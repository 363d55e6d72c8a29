"""Walks restores through the table of stages, on the clock of one world.

What a live restore still has to do is data, a `Workload`: the stage, the activity within it and what remains of that.
There is no generator whose position could not be written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

import simpy

from fakes.activities import Activity
from fakes.bandwidth import SharedLink
from fakes.durations import Duration
from fakes.entities import Deployment
from fakes.environment import Environment, to_microseconds
from fakes.failures import Failure
from fakes.inventory import Inventory
from fakes.phases import Phase
from fakes.randomness import stream
from fakes.restores import Restore, RestoreStatus
from fakes.stages import DEFAULT_DURATIONS, STAGES, Effort, Stage, Workplace
from fakes.timeline import Timeline, Transition, WorldChange
from fakes.world import World

DURATION_SECONDS_MAX = 100 * 365.25 * 24 * 3600.0
"""No phase takes longer, whatever a distribution says."""


@runtime_checkable
class Releasable(Protocol):
    """An activity that holds something beyond its end, until the restore is final."""

    def release(self) -> None: ...


@dataclass(slots=True, eq=False)
class Workload:
    """What a live restore still has to do."""

    restore: Restore
    workplace: Workplace
    durations: Mapping[Phase, Duration]
    size_bytes: int
    stage_index: int = 0
    activity_index: int = 0
    activity: Activity | None = None
    held: list[Releasable] = field(default_factory=list)

    @property
    def stage(self) -> Stage:
        """The row of the table at which the restore stands."""
        return STAGES[self.stage_index]


class Lifecycle:
    """The live restores of one world.

    Args:
        world: As declared; tells how long phases take and what clusters can do.
        environment: The clock.
        inventory: What exists; gains a deployment with each success.
        timeline: Told of every transition.
        seed: For durations that are drawn.
    """

    def __init__(
        self, world: World, environment: Environment, inventory: Inventory, timeline: Timeline, *, seed: int
    ) -> None:
        self._world = world
        self._environment = environment
        self._inventory = inventory
        self._timeline = timeline
        self._seed = seed
        self._workloads: dict[str, Workload] = {}
        self._live_by_name: dict[tuple[str, str], Restore] = {}
        self._durations: dict[tuple[str, str], Mapping[Phase, Duration]] = {}
        self._workplaces = {
            cluster.uid: Workplace(
                environment,
                simpy.Resource(environment, cluster.capacity),
                SharedLink(environment, cluster.bandwidth_bytes_per_second),
            )
            for cluster in inventory.clusters.values()
        }

    def live_restore_named(self, namespace_uid: str, name: str) -> Restore | None:
        """The live restore of that name in a namespace, if there is one."""
        return self._live_by_name.get((namespace_uid, name))

    def start(self, restore: Restore) -> None:
        """Set *restore*, which has just been created, going."""
        source = self._inventory.deployments.recall(restore.source_deployment)
        workload = Workload(
            restore,
            self._workplaces[restore.cluster],
            self._durations_for(restore.cluster, source.data_service),
            self._inventory.backups.recall(restore.order.backup).size_bytes,
        )
        self._workloads[restore.uid] = workload
        self._live_by_name[restore.order.namespace, restore.name] = restore
        self._timeline.append(Transition(self._environment.now_microseconds, restore, None, restore.status))
        self._begin_activity(workload, 0)

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
        self._change(
            restore,
            phase=Phase.FAILED,
            completed_at_microseconds=self._environment.now_microseconds,
            error_code=failure.error_code,
            error_message=failure.error_message,
        )

    def _begin_activity(self, workload: Workload, index: int) -> None:
        stage = workload.stage
        if index == len(stage.activities):
            self._leave(workload)
            return
        activity = stage.activities[index](workload.workplace, self._effort(workload))
        workload.activity_index = index
        workload.activity = activity
        if isinstance(activity, Releasable):
            workload.held.append(activity)
        activity.begin(lambda: self._begin_activity(workload, index + 1))

    def _leave(self, workload: Workload) -> None:
        stage, restore = workload.stage, workload.restore
        failure = stage.failure(self._inventory, restore) if stage.failure else None
        if failure is not None:
            self.fail(restore, failure)
        elif workload.stage_index + 1 == len(STAGES):
            self._succeed(workload)
        else:
            workload.stage_index += 1
            self._enter(workload)
            self._begin_activity(workload, 0)

    def _enter(self, workload: Workload) -> None:
        restore, phase = workload.restore, workload.stage.phase
        started = restore.status.started_at_microseconds
        if started is None and phase > Phase.PENDING:
            started = self._environment.now_microseconds
        self._change(restore, phase=phase, reached_cluster=True, started_at_microseconds=started)

    def _succeed(self, workload: Workload) -> None:
        restore, now = workload.restore, self._environment.now_microseconds
        self._end(workload)
        source = self._inventory.deployments.recall(restore.source_deployment)
        deployment = Deployment(
            restore.name,
            uid=restore.deployment,
            namespace=restore.order.namespace,
            project=restore.order.project,
            data_service=source.data_service,
            image=source.image,
            image_capabilities=source.image_capabilities,
        )
        self._inventory.deployments.add(deployment)
        self._timeline.append(WorldChange(now, "deployment created", deployment.uid, deployment.name))
        self._change(restore, phase=Phase.SUCCESSFUL, completed_at_microseconds=now)

    def _end(self, workload: Workload) -> None:
        restore = workload.restore
        workload.activity = None
        for held in workload.held:
            held.release()
        del self._workloads[restore.uid]
        del self._live_by_name[restore.order.namespace, restore.name]

    def _change(self, restore: Restore, **changes: object) -> None:
        before = restore.status
        now = self._environment.now_microseconds
        status: RestoreStatus = replace(
            before,
            revision=before.revision + 1,
            updated_at_microseconds=now,
            **changes,  # type: ignore[arg-type]
        )
        restore.status = status
        self._timeline.append(Transition(now, restore, before.phase, status))

    def _effort(self, workload: Workload) -> Effort:
        phase = workload.stage.phase
        seconds = workload.durations[phase].sample_seconds(
            lambda: stream(self._seed, "duration", workload.restore.uid, phase.name)
        )
        return Effort(to_microseconds(min(seconds, DURATION_SECONDS_MAX)), workload.size_bytes)

    def _durations_for(self, cluster_uid: str, data_service: str) -> Mapping[Phase, Duration]:
        """The durations that apply, the most particular ones winning: data service, cluster, world, default."""
        key = (cluster_uid, data_service)
        if key not in self._durations:
            self._durations[key] = {
                **DEFAULT_DURATIONS,
                **self._world.durations,
                **self._inventory.clusters[cluster_uid].durations,
                **self._world.data_service_durations.get(data_service, {}),
            }
        return self._durations[key]
