"""The work of restores in each stage, before rules change it: planned once for all restores with the same target."""

from __future__ import annotations

from fakes.lifecycle.phase_durations import PhaseDurations
from fakes.lifecycle.restores import Restore, RestoreTarget
from fakes.lifecycle.stages import STAGES, Effort, StagePlans
from fakes.lifecycle.work import Work
from fakes.world.catalog import Catalog


class Planning:
    """The plans of a world.

    Args:
        durations: How long phases take.
        catalog: What exists.
    """

    def __init__(self, durations: PhaseDurations, catalog: Catalog) -> None:
        self._durations = durations
        self._catalog = catalog
        self.known: dict[RestoreTarget, StagePlans] = {}
        """The plans that were made so far."""

    def plans(self, restore: Restore) -> StagePlans:
        """The work of all restores with the target of *restore*."""
        plans = self.known.get(restore.target)
        if plans is None:
            constants = [self._durations.constant_microseconds(restore, stage.phase) for stage in STAGES]
            plans = self.known[restore.target] = tuple(
                None if constant is None else self._work(restore, stage_index, constant)
                for stage_index, constant in enumerate(constants)
            )
        return plans

    def draw(self, restore: Restore, stage_index: int) -> tuple[Work, ...]:
        """The work of *restore* in a stage whose duration is drawn."""
        phase = STAGES[stage_index].phase
        return self._work(restore, stage_index, self._durations.sample_microseconds(restore, phase))

    def _work(self, restore: Restore, stage_index: int, duration_microseconds: int) -> tuple[Work, ...]:
        size_bytes = self._catalog.backups.recall(restore.spec.backup).size_bytes
        effort = Effort(duration_microseconds, size_bytes)
        return tuple(make(effort) for make in STAGES[stage_index].work)
