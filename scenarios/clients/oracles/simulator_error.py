"""The simulator itself, or an effect or a service of the user's own, has an error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scenarios.clients.client_run import ClientRun, Complaint
from scenarios.clients.failures import place_of


@dataclass(frozen=True)
class SimulatorError:
    """Complains of exceptions in handlers of calls, which clients see as INTERNAL."""

    name: str = "simulator_error"
    about: str = "The simulator, or an effect or a service of your own, raises an exception."

    def complaints(self, run: ClientRun) -> Iterator[Complaint]:
        for error in run.errors:
            kind = type(error).__name__
            yield Complaint(self.name, f"{kind} at {place_of(error)}", f"{kind}: {error}")
