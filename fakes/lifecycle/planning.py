"""What restores do in each phase, before rules have a say in it: made once for all that have a target in common."""

from __future__ import annotations

from dataclasses import dataclass

from fakes.lifecycle.phase_durations import PhaseDurations
from fakes.lifecycle.restores import Restore, RestoreTarget
from fakes.lifecycle.stages import STAGES, Effort
from fakes.lifecycle.work import Work
from fakes.world.catalog import Catalog


@dataclass(frozen=True, slots=True)
class PhasePlans:
    """What the restores of one target do.

    Args:
        size_bytes: Size of what they download.
        by_stage: What they do in each stage; None where that is drawn for each restore.
    """

    size_bytes: int
    by_stage: tuple[tuple[Work, ...] | None, ...]


class Planning:
    """The plans of a world.

    Args:
        durations: How long phases take.
        catalog: What exists.
    """

    def __init__(self, durations: PhaseDurations, catalog: Catalog) -> None:
        self._durations = durations
        self._catalog = catalog
        self._plans: dict[RestoreTarget, PhasePlans] = {}

    def plans(self, restore: Restore) -> PhasePlans:
        """The plans of the target of *restore*."""
        plans = self._plans.get(restore.target)
        if plans is None:
            plans = self._plans[restore.target] = self._made(restore)
        return plans

    def work(self, restore: Restore, plans: PhasePlans, stage_index: int) -> tuple[Work, ...]:
        """What *restore* does in a stage."""
        work = plans.by_stage[stage_index]
        if work is None:
            duration_microseconds = self._durations.sample_microseconds(restore, STAGES[stage_index].phase)
            work = _work(stage_index, Effort(duration_microseconds, plans.size_bytes))
        return work

    def _made(self, restore: Restore) -> PhasePlans:
        size_bytes = self._catalog.backups.recall(restore.spec.backup).size_bytes
        by_stage: list[tuple[Work, ...] | None] = []
        for stage_index, stage in enumerate(STAGES):
            microseconds = self._durations.constant_microseconds(restore, stage.phase)
            by_stage.append(None if microseconds is None else _work(stage_index, Effort(microseconds, size_bytes)))
        return PhasePlans(size_bytes, tuple(by_stage))


def _work(stage_index: int, effort: Effort) -> tuple[Work, ...]:
    return tuple(make(effort) for make in STAGES[stage_index].work)
