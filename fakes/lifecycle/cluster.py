"""A cluster at run time: the restores on it, what they compete for, and whether its agent can be reached."""

from __future__ import annotations

from dataclasses import dataclass

from fakes.environment import Entry, Environment
from fakes.lifecycle.bandwidth import SharedLink, Transfer
from fakes.lifecycle.capacity import CapacitySlots, Slot
from fakes.lifecycle.restores import Restore
from fakes.lifecycle.stages import StagePlans
from fakes.lifecycle.work import Work
from fakes.world.entities import Cluster


class ClusterRuntime:
    """A cluster at run time.

    Args:
        environment: The clock.
        cluster: As declared.
    """

    def __init__(self, environment: Environment, cluster: Cluster) -> None:
        self.cluster = cluster
        self.slots = CapacitySlots(environment, cluster.capacity)
        self.link = SharedLink(environment, cluster.bandwidth_bytes_per_second)
        self.runs: dict[str, RestoreRun] = {}
        """Its live restores by uid, in the order of their creation."""
        self.outage_count = 0
        self.heartbeat: Entry | None = None
        """The agenda entry at which the heartbeat limit passes."""


@dataclass(slots=True, eq=False)
class RestoreRun:
    """What a live restore still has to do.

    Args:
        restore: The restore.
        cluster: Where it runs.
        plan: Its work in each stage, before rules change it; None where it is drawn for each restore.
        stage_index: The stage in which it is.
        work: What it does in this stage, one after the other.
        position: Where it is in its work.
        remaining: Microseconds or bytes that are left of a suspended piece of work; None means all.
        entry: The agenda entry at which the current piece of work ends, if that takes time.
        transfer: Its running download.
        slot: Whether it has a slot of the cluster, or waits for one.
    """

    restore: Restore
    cluster: ClusterRuntime
    plan: StagePlans
    stage_index: int = 0
    work: tuple[Work, ...] = ()
    position: int = 0
    remaining: float | None = None
    entry: Entry | None = None
    transfer: Transfer | None = None
    slot: Slot = Slot.NONE
