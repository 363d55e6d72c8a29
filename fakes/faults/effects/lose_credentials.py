"""The credentials of a backup location are lost."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from fakes.described import described
from fakes.faults.settings import PlainEffect, Seconds, setting
from fakes.faults.target import FaultTarget


@described
@dataclass(frozen=True, slots=True)
class LoseCredentials(PlainEffect):
    """Fail restores from the backup location as PENDING ends, with FAILED_BACKUP_CREDENTIAL_SYNC."""

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
        with suppress(ValueError):  # they may have been given back already
            world.give_back_credentials(uid)
