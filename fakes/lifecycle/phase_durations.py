"""How long each phase of each restore takes, before rules change it."""

from __future__ import annotations

from collections.abc import Mapping

from fakes.environment import to_microseconds
from fakes.lifecycle.durations import Constant, Duration
from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import Restore
from fakes.lifecycle.stages import DEFAULT_DURATIONS
from fakes.randomness import stream
from fakes.world.catalog import Catalog
from fakes.world.declaration import World

DURATION_SECONDS_MAX = 100 * 365.25 * 24 * 3600.0
"""No phase takes longer, whatever a distribution yields."""


class PhaseDurations:
    """The durations of a world; the most specific ones win: data service, cluster, world, default.

    Args:
        world: As declared.
        catalog: What exists.
        seed: For durations that are drawn; each phase of each restore has a stream of its own.
    """

    def __init__(self, world: World, catalog: Catalog, *, seed: int) -> None:
        self._world = world
        self._catalog = catalog
        self._seed = seed
        self._tables: dict[tuple[str, str], Mapping[Phase, Duration]] = {}

    def sample_microseconds(self, restore: Restore, phase: Phase) -> int:
        """Return how long *phase* takes for *restore*; the answer is always the same."""
        duration = self.of(restore, phase)
        seconds = duration.sample_seconds(lambda: stream(self._seed, "duration", restore.uid, phase.name))
        return to_microseconds(min(seconds, DURATION_SECONDS_MAX))

    def of(self, restore: Restore, phase: Phase) -> Duration:
        """The duration of *phase* that applies to *restore*, as declared."""
        source = self._catalog.deployments.recall(restore.source_deployment)
        return self.table(restore.cluster, source.data_service)[phase]

    def constant_microseconds(self, restore: Restore, phase: Phase) -> int | None:
        """How long *phase* takes for every restore of the target of *restore*; None when it is drawn for each."""
        return self.sample_microseconds(restore, phase) if isinstance(self.of(restore, phase), Constant) else None

    def table(self, cluster_uid: str, data_service: str) -> Mapping[Phase, Duration]:
        """The durations that apply to a data service on a cluster."""
        key = (cluster_uid, data_service)
        if key not in self._tables:
            self._tables[key] = {
                **DEFAULT_DURATIONS,
                **self._world.durations,
                **self._catalog.clusters[cluster_uid].durations,
                **self._world.data_service_durations.get(data_service, {}),
            }
        return self._tables[key]
