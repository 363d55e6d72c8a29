"""The phases of a restore and the error codes it can fail with, numbered as in the API."""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """Where a restore stands (API reference, Phase). Phases only move forward; the last two are final."""

    INITIALIZING = 1
    PENDING = 2
    RESTORING_CLOUDSNAP = 3
    RESTORING_DATA_SERVICE_DEPLOYMENT_CR = 4
    RESTORING_DATA_SERVICE_DEPLOYMENT = 5
    DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE = 6
    SUCCESSFUL = 7
    FAILED = 8

    @property
    def is_final(self) -> bool:
        """Whether a restore stays in this phase for good."""
        return self >= Phase.SUCCESSFUL


class ErrorCode(IntEnum):
    """Why a restore failed (API reference, ErrorCode)."""

    DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST = 1
    FAILED_BACKUP_CREDENTIAL_SYNC = 2
    RESTORE_INTERNAL_ERROR = 3
