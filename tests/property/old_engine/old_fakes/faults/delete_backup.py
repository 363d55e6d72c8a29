"""A backup is deleted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from old_fakes.registry import UnknownEntity
from old_fakes.strikes import StrikableWorld


@dataclass(frozen=True, slots=True)
class DeleteBackup:
    """Delete the backup and its cloudsnap; restores that still need it fail: RESTORE_INTERNAL_ERROR."""

    name: ClassVar[str] = "delete_backup"
    target: ClassVar[str] = "backup"

    def strike(self, world: StrikableWorld, uid: str) -> Callable[[], None]:
        with suppress(UnknownEntity):  # where somebody has deleted it already, all is as it should be
            world.delete_backup(uid)
        return lambda: None
