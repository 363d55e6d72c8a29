"""What happened in each scenario, as JSON lines in a file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scenarios.loading.loader import Scenario
from scenarios.reports.files import check_file, check_folder, file_name, repeated, write_whole
from scenarios.running.outcomes import ScenarioOutcome


def timeline_name(file: str, case: str) -> str:
    """The file for the timeline of a scenario, or of one case of it, in the folder for all of them."""
    stem = Path(file).stem.removesuffix(".pds")
    return f"{stem}[{file_name(case)}].jsonl" if case else f"{stem}.jsonl"


class TimelineFiles:
    """The files in a folder, as `scenarios.reports.report.Report` says."""

    def __init__(self, target: Path, scenarios: Sequence[Scenario]) -> None:
        names = [timeline_name(scenario.source.file, scenario.case) for scenario in scenarios]
        if twice := repeated(names):
            raise ValueError(f"several files would write {', '.join(twice)}; run them one by one")
        check_folder(target)
        for name in names:
            check_file(target / name)
        self._target = target

    def write(self, outcomes: Sequence[ScenarioOutcome]) -> None:
        for outcome in outcomes:
            write_whole(self._target / timeline_name(outcome.file, outcome.case), outcome.timeline)
