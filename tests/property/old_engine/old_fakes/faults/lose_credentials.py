"""The credentials of a backup location are lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from old_fakes.environment import to_microseconds
from old_fakes.faults.ending import once
from old_fakes.faults.numbers import require_duration
from old_fakes.strikes import StrikableWorld


@dataclass(frozen=True, slots=True)
class LoseCredentials:
    """Restores from the backup location fail as PENDING ends: FAILED_BACKUP_CREDENTIAL_SYNC.

    Args:
        duration_seconds: For how long; None means until the rule is removed.
    """

    name: ClassVar[str] = "lose_credentials"
    target: ClassVar[str] = "backup_location"

    duration_seconds: float | None = None

    def __post_init__(self) -> None:
        require_duration(self.duration_seconds)

    def strike(self, world: StrikableWorld, uid: str) -> Callable[[], None]:
        world.lose_credentials(uid)
        end = once(lambda: world.give_back_credentials(uid))
        if self.duration_seconds is not None:
            call = world.environment.call_after(to_microseconds(self.duration_seconds), end)
            # Mended since: what was ended before its time left a moment behind at which nothing happens.
            return lambda: (world.environment.call_off(call), end())
        return end
