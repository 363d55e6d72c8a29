"""What restores do in each stage, before rules change it: made once for all that have a target in common."""

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
        self._plans: dict[RestoreTarget, StagePlans] = {}

    def plans(self, restore: Restore) -> StagePlans:
        """What all restores with the target of *restore* do."""
        plans = self._plans.get(restore.target)
        if plans is None:
            constants = [self._durations.constant_microseconds(restore, stage.phase) for stage in STAGES]
            plans = self._plans[restore.target] = tuple(
                None if constant is None else self._work(restore, stage_index, constant)
                for stage_index, constant in enumerate(constants)
            )
        return plans

    def draw(self, restore: Restore, stage_index: int) -> tuple[Work, ...]:
        """What *restore* does in a stage whose duration is drawn."""
        phase = STAGES[stage_index].phase
        return self._work(restore, stage_index, self._durations.sample_microseconds(restore, phase))

    def _work(self, restore: Restore, stage_index: int, duration_microseconds: int) -> tuple[Work, ...]:
        size_bytes = self._catalog.backups.recall(restore.spec.backup).size_bytes
        effort = Effort(duration_microseconds, size_bytes)
        return tuple(make(effort) for make in STAGES[stage_index].work)
