"""The client loses sight of a restore."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from fakes.environment import MICROSECONDS
from scenarios.clients.client_run import ClientRun, Complaint
from simulator.sessions.clock import ClockMode


@dataclass(frozen=True)
class AbandonedRestore:
    """Complains of *seconds* without a call while the client runs and a restore is live.

    On a clock that polls move, one poll may take as long as that, so the time says nothing.
    """

    name: str = "abandoned_restore"
    about: str = "The client makes no call for an hour of virtual time while a restore is live."
    seconds: float = 3600.0

    def complaints(self, run: ClientRun) -> Iterator[Complaint]:
        if run.clock is ClockMode.ON_POLL:
            return
        longest_microseconds = self.seconds * MICROSECONDS
        moments = [*sorted(call.arrived_microseconds for call in run.calls), run.end_microseconds]
        gaps = [gap for gap in pairwise(moments) if gap[1] - gap[0] > longest_microseconds]
        if not gaps:
            return
        lives: dict[str, tuple[str, int, int]] = {}
        for event in run.timeline.transitions():
            restore = event.restore
            begin = lives[restore.uid][1] if restore.uid in lives else event.at_microseconds
            end = event.at_microseconds if event.status.phase.is_final else run.end_microseconds
            lives[restore.uid] = (restore.name, begin, end)
        for early, late in gaps:
            for name, begin, end in lives.values():
                if min(end, late) - max(begin, early) > longest_microseconds:
                    hours = (min(end, late) - max(begin, early)) / MICROSECONDS / 3600
                    message = f"no call was made for {hours:.1f} h while the restore {name!r} was live"
                    yield Complaint(self.name, "no call while a restore is live", message)
                    return
