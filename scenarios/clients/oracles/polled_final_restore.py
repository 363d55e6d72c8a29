"""The client goes on polling a restore that is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from fakes import Phase
from scenarios.clients.client_run import ClientRun, Complaint
from simulator.api import restore_pb2


@dataclass(frozen=True)
class PolledFinalRestore:
    """Complains of more than *count_max* GetRestore of a restore after one has shown that it is final."""

    name: str = "polled_final_restore"
    about: str = "The client polls a restore more than 3 times after it was told that the restore is final."
    count_max: int = 3

    def complaints(self, run: ClientRun) -> Iterator[Complaint]:
        polls: Counter[str] = Counter()
        phases: dict[str, str] = {}
        for call in run.calls.of("GetRestore"):
            response = call.response
            if call.subject in phases:
                polls[call.subject] += 1
            elif isinstance(response, restore_pb2.Restore) and Phase(response.status.phase).is_final:
                phases[response.meta.uid] = Phase(response.status.phase).name
        told = {phases[uid]: (uid, count) for uid, count in polls.items() if count > self.count_max}
        for phase, (uid, count) in told.items():
            yield Complaint(self.name, phase, f"{uid} was polled {count} times after it was told to be {phase}")
