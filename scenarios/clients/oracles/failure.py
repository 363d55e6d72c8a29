"""The client fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scenarios.clients.client_run import ClientRun, Complaint


@dataclass(frozen=True)
class FailureOracle:
    """Complains of one way in which a run may end.

    Args:
        name: The way, as `Complaint.oracle` has it.
        about: What it complains of.
    """

    name: str
    about: str

    def complaints(self, run: ClientRun) -> Iterator[Complaint]:
        if run.failure is not None and run.failure.oracle == self.name:
            yield run.failure
