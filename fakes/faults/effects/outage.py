"""The agent of a cluster is gone for a time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from fakes.described import described
from fakes.faults.settings import PlainEffect, Seconds, setting
from fakes.faults.target import FaultTarget


@described
@dataclass(frozen=True, slots=True)
class Outage(PlainEffect):
    """Disconnect the agent of a cluster: nothing on it progresses or reports; afterwards everything resumes.

    Past the heartbeat limit of the cluster, its restores fail with RESTORE_INTERNAL_ERROR.
    """

    name: ClassVar[str] = "outage"
    target: ClassVar[str] = "cluster"

    duration_seconds: float | None = setting(
        Seconds(may_be_endless=True),
        "For how long; left out, until the rule is removed.",
        key="duration",
        default=None,
    )

    def apply(self, world: FaultTarget, uid: str) -> None:
        world.disconnect_cluster(uid)

    def revert(self, world: FaultTarget, uid: str) -> None:
        with suppress(ValueError):  # it may have been reconnected already
            world.reconnect_cluster(uid)
