"""The client restores the same twice at the same time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from scenarios.clients.client_run import ClientRun, Complaint


@dataclass(frozen=True)
class DuplicateRestore:
    """Complains of two live restores of one backup into one namespace."""

    name: str = "duplicate_restore"
    about: str = "Two restores of the same backup into the same namespace are live at the same time."

    def complaints(self, run: ClientRun) -> Iterator[Complaint]:
        live: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for event in run.timeline.transitions():
            restore = event.restore
            alike = live[restore.spec.backup, restore.spec.namespace]
            if event.status.phase.is_final:
                alike.pop(restore.uid, None)
                continue
            if event.from_ is None and alike:
                others = " and ".join(map(repr, alike.values()))
                message = f"{restore.name!r} was created while {others} restored the same backup there"
                yield Complaint(self.name, "two live restores", message)
                return
            alike[restore.uid] = restore.name
