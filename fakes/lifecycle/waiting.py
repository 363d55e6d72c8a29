"""What a live restore waits for, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fakes.lifecycle.cluster import ClusterRuntime, RestoreRun
from fakes.lifecycle.work import AwaitGate, AwaitSlot, Download, Elapse, Pause, Work

_MEBIBYTE = 1024**2


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a restore waits for.

    Args:
        reason: In a sentence, without a full stop.
        until_microseconds: When that is over, in microseconds since 1970; None when it depends on other things.
    """

    reason: str
    until_microseconds: int | None = None


def waiting_of(run: RestoreRun) -> Waiting:
    """Say what the restore of *run* waits for."""
    if run.cluster.outage_count:
        return Waiting(f"the agent of cluster {run.cluster.cluster.name!r} to reconnect")
    work = run.work[run.position]
    return _WAITINGS[type(work)](run, work)


def _elapse(run: RestoreRun, _: Work) -> Waiting:
    return Waiting("its phase to take its time", _end_of(run))


def _pause(run: RestoreRun, _: Work) -> Waiting:
    return Waiting("a stall to end that a rule has caused", _end_of(run))


def _download(run: RestoreRun, _: Work) -> Waiting:
    link = run.cluster.link
    share = link.bytes_per_second / max(1, link.running_count) / _MEBIBYTE
    missing = link.missing_bytes(run) / _MEBIBYTE
    return Waiting(
        f"its cloudsnap: {missing:,.1f} MiB are missing, at {share:,.1f} MiB/s"
        f" ({link.running_count} share the bandwidth of cluster {run.cluster.cluster.name!r})"
    )


def _slot(run: RestoreRun, _: Work) -> Waiting:
    cluster = run.cluster
    place = cluster.slots.place_of(run)
    return Waiting(
        f"a slot of cluster {cluster.cluster.name!r}: {cluster.slots.taken_count} of {cluster.cluster.capacity}"
        f" are in use, and it is number {place} of {cluster.slots.waiting_count} in the queue"
    )


def _gate(_: RestoreRun, work: AwaitGate) -> Waiting:
    return Waiting(f"the gate of rule {work.gate.name!r} to open")


def _end_of(run: RestoreRun) -> int | None:
    return None if run.entry is None else run.entry[0]


_WAITINGS: Mapping[type[Work], Callable[[RestoreRun, Any], Waiting]] = {
    Elapse: _elapse,
    Pause: _pause,
    Download: _download,
    AwaitSlot: _slot,
    AwaitGate: _gate,
}
"""The function for each kind of work that takes time."""


@dataclass(frozen=True, slots=True)
class ClusterUsage:
    """What is in use on a cluster.

    Args:
        slots_used: Restores that run.
        slots_awaited: Restores that wait for a slot.
        downloads: Downloads that share the bandwidth.
        restores: Restores that are live, those without a slot included.
    """

    is_connected: bool
    slots_used: int
    slots_awaited: int
    downloads: int
    restores: int


def usage_of(cluster: ClusterRuntime) -> ClusterUsage:
    """Return what is in use on *cluster*."""
    return ClusterUsage(
        is_connected=not cluster.outage_count,
        slots_used=cluster.slots.taken_count,
        slots_awaited=cluster.slots.waiting_count,
        downloads=cluster.link.running_count,
        restores=len(cluster.runs),
    )
