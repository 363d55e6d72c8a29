"""A backup is deleted."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from fakes.faults.settings import PlainEffect
from fakes.faults.target import FaultTarget
from fakes.world.registry import UnknownEntity


@dataclass(frozen=True, slots=True)
class DeleteBackup(PlainEffect):
    """Delete the backup and its cloudsnap; restores that still need it fail with RESTORE_INTERNAL_ERROR."""

    name: ClassVar[str] = "delete_backup"
    target: ClassVar[str] = "backup"

    def apply(self, world: FaultTarget, uid: str) -> None:
        with suppress(UnknownEntity):  # it may have been deleted already
            world.delete_backup(uid)
