"""What all reports to files have in common: they are checked before anything runs, and written at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from scenarios.loading.loader import Scenario
from scenarios.running.outcomes import ScenarioOutcome


class Report(Protocol):
    """Writes something about all scenarios."""

    def write(self, outcomes: Sequence[ScenarioOutcome]) -> None:
        """Write it.

        Args:
            outcomes: The outcomes of the scenarios that were run, in their order.

        Raises:
            OSError: it can't be written.
        """
        ...


class ReportKind(Protocol):
    """A kind of report."""

    def __call__(self, target: Path, scenarios: Sequence[Scenario], /) -> Report:
        """Make the report, after checking that it can be written.

        Args:
            target: The file or folder.
            scenarios: The scenarios that will be run.

        Raises:
            OSError: it can't be written there.
            ValueError: it can't be written of these scenarios.
        """
        ...
