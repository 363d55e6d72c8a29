"""What restores on one cluster compete for, and whether its agent can be reached."""

from __future__ import annotations

from old_fakes.bandwidth import SharedLink
from old_fakes.entities import Cluster
from old_fakes.environment import MICROSECONDS, ArrangedCall, Environment
from old_fakes.places import Places


class Workplace:
    """A cluster at work.

    Args:
        environment: The clock.
        cluster: As declared.
    """

    def __init__(self, environment: Environment, cluster: Cluster) -> None:
        self.environment = environment
        self.cluster = cluster
        self.places = Places(environment, cluster.capacity)
        self.link = SharedLink(environment, cluster.bandwidth_bytes_per_second)
        self.outage_count = 0
        self.heartbeat: ArrangedCall | None = None

    @property
    def is_reachable(self) -> bool:
        """Whether the agent of the cluster is there."""
        return self.outage_count == 0

    @property
    def bytes_per_microsecond(self) -> float:
        """The bandwidth of the link."""
        return self.cluster.bandwidth_bytes_per_second / MICROSECONDS
