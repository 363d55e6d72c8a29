"""The metrics at ``/metrics``, collected when they are read; only calls are counted as they happen.

They have no names of sessions, restores or clients, so the number of lines is limited.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from fakes.lifecycle.phases import Phase
from simulator.sessions.event_watch import Watcher
from simulator.sessions.registry import SessionRegistry


def metrics_of(sessions: SessionRegistry, watchers: Collection[Watcher]) -> CollectorRegistry:
    """Return the metrics of a server, and of its process.

    Args:
        sessions: Its sessions.
        watchers: The current watchers of their events.
    """
    registry = CollectorRegistry()
    registry.register(_ServerCollector(sessions, watchers))
    ProcessCollector(registry=registry)
    return registry


class _ServerCollector(Collector):
    def __init__(self, sessions: SessionRegistry, watchers: Collection[Watcher]) -> None:
        self._sessions = sessions
        self._watchers = watchers

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        calls = CounterMetricFamily(
            "pds_sim_calls",
            "Calls that were answered, in all sessions that there have been.",
            labels=["method", "code"],
        )
        for labels, count in sorted(self._sessions.call_counts().items()):
            calls.add_metric(labels, count)
        yield calls
        sessions = [*self._sessions]
        yield GaugeMetricFamily("pds_sim_sessions", "Sessions that there are.", len(sessions))
        restores = GaugeMetricFamily("pds_sim_restores", "Restores in all sessions, by phase.", labels=["phase"])
        phases = [hosted.session.world.restores.phases for hosted in sessions]
        for phase in Phase:
            restores.add_metric([phase.name], sum(each.count(phase) for each in phases))
        yield restores
        lags = [watcher.lag_events for watcher in tuple(self._watchers)]
        yield GaugeMetricFamily("pds_sim_watchers", "Streams of events that clients watch.", len(lags))
        yield GaugeMetricFamily(
            "pds_sim_watcher_lag_events",
            "Events that have happened and that the slowest watcher has not been sent.",
            max(lags, default=0),
        )
