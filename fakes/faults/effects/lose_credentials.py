"""The credentials of a backup location are lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.faults.settings import PlainEffect, Seconds, setting
from fakes.faults.target import FaultTarget


@dataclass(frozen=True, slots=True)
class LoseCredentials(PlainEffect):
    """Restores from the backup location fail as PENDING ends: FAILED_BACKUP_CREDENTIAL_SYNC.

    Args:
        duration_seconds: For how long; None means until the rule is removed.
    """

    name: ClassVar[str] = "lose_credentials"
    target: ClassVar[str] = "backup_location"

    duration_seconds: float | None = setting(
        Seconds(may_be_endless=True),
        "For how long; left out, until the rule is removed.",
        key="duration",
        default=None,
    )

    def apply(self, world: FaultTarget, uid: str) -> None:
        world.lose_credentials(uid)

    def revert(self, world: FaultTarget, uid: str) -> None:
        world.give_back_credentials(uid)
