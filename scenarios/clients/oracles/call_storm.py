"""The client calls repeatedly without a pause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from fakes.environment import MICROSECONDS
from scenarios.clients.client_run import ClientRun, Complaint
from simulator.sessions.clock import ClockMode


@dataclass(frozen=True)
class CallStorm:
    """Complains of the same request sent more than *count_max* times within *seconds*.

    On a clock that polls move, the gap between two polls is the simulator's choice, so it says nothing.
    """

    name: str = "call_storm"
    about: str = "The client sends the same request more than 20 times in a second: it has no backoff."
    count_max: int = 20
    seconds: float = 1.0

    def complaints(self, run: ClientRun) -> Iterator[Complaint]:
        if run.clock is ClockMode.ON_POLL:
            return
        arrivals: defaultdict[tuple[str, bytes], list[int]] = defaultdict(list)
        for call in run.calls:
            time = call.wall_microseconds if run.clock is ClockMode.WALL else call.arrived_microseconds
            arrivals[call.method, call.request_bytes].append(time)
        told = set()
        for (method, _), times in arrivals.items():
            if method not in told and self._is_storm(times):
                told.add(method)
                message = f"{method} was called more than {self.count_max} times within {self.seconds:g} s"
                yield Complaint(self.name, method, f"{message}, with the same request")

    def _is_storm(self, times: list[int]) -> bool:
        times.sort()
        return any(
            late - early <= self.seconds * MICROSECONDS
            for early, late in zip(times, times[self.count_max :], strict=False)
        )
