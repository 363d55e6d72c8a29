"""The agent of a cluster is gone for a time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from fakes.faults.settings import PlainEffect, Seconds, setting
from fakes.faults.target import FaultTarget


@dataclass(frozen=True, slots=True)
class Outage(PlainEffect):
    """Nothing on the cluster progresses or reports; afterwards all goes on where it was.

    What is gone for longer than the heartbeat limit of the cluster fails: RESTORE_INTERNAL_ERROR.

    Args:
        duration_seconds: For how long; None means until the rule is removed.
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
        with suppress(ValueError):  # where somebody has reconnected it already, all is as it should be
            world.reconnect_cluster(uid)
