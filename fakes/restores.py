"""A restore: what was asked for, which never changes, and how far it has come, which is replaced at every change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from fakes.phases import ErrorCode, Phase

KUBERNETES_NAME_LENGTH = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOrder:
    """What a caller asks for.

    Args:
        opaque: What the caller sent beyond the fields known here; kept and given back unread.
    """

    name: str
    namespace: str
    project: str
    backup: str
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    opaque: bytes = b""


class RestoreStatus(NamedTuple):
    """How far a restore has come: one immutable value for each version of the resource.

    Args:
        revision: 1 at first, one more with each change.
        reached_cluster: Whether the target cluster has the custom resource; from PENDING on it does.
    """

    phase: Phase
    revision: int
    updated_at_microseconds: int
    started_at_microseconds: int | None = None
    completed_at_microseconds: int | None = None
    error_code: ErrorCode | None = None
    error_message: str = ""
    reached_cluster: bool = False

    def followed_by(
        self, phase: Phase, microseconds: int, error_code: ErrorCode | None = None, error_message: str = ""
    ) -> RestoreStatus:
        """The status after this one, from the moment at which the restore comes to *phase* (design section 2)."""
        failed = phase is Phase.FAILED
        started = self.started_at_microseconds
        if started is None and phase > Phase.PENDING and not failed:
            started = microseconds
        return RestoreStatus(
            phase,
            self.revision + 1,
            microseconds,
            started,
            microseconds if phase.is_final else None,
            error_code,
            error_message,
            self.reached_cluster or not failed,
        )


PHASE_BITS = 4
PHASE_MASK = (1 << PHASE_BITS) - 1
"""A moment, or the ordinal of a restore, and a phase fit into one number: times 16 plus the phase."""


def is_live_version(version: int) -> bool:
    """Whether a restore can still change after that version of it (`Restore.version`)."""
    return version & PHASE_MASK < Phase.SUCCESSFUL


@dataclass(slots=True, eq=False, kw_only=True, weakref_slot=True)
class Restore:
    """A restore of a backup into a namespace. All fields but *status* are fixed from the start; references are uids.

    A reader takes *status* once and works with that: it is replaced as a whole, so nobody sees half a change.

    Args:
        ordinal: Place in the order of creation.
        deployment: Uid of the deployment that a success creates.
        resource_names: Display name of every resource that this one refers to, by uid.
        past: The statuses before the present one, oldest first.
    """

    ordinal: int
    uid: str
    order: RestoreOrder
    tenant: str
    cluster: str
    source_deployment: str
    backup_location: str
    cloudsnap: str
    deployment: str
    custom_resource_name: str
    created_at_microseconds: int
    resource_names: Mapping[str, str]
    status: RestoreStatus
    past: list[RestoreStatus] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name that the caller gave it."""
        return self.order.name

    @property
    def is_live(self) -> bool:
        """Whether it can still change."""
        return not self.status.phase.is_final

    @property
    def version(self) -> int:
        """A number that no other restore has, nor this one in another status; grows with each change."""
        return self.ordinal << PHASE_BITS | self.status.phase

    @property
    def history(self) -> tuple[int, ...]:
        """When it came to which phase, from its creation on: microseconds since 1970, times 16 plus the phase."""
        statuses = (*self.past, self.status)
        return tuple([status.updated_at_microseconds << PHASE_BITS | status.phase for status in statuses])

    def as_of(self, microseconds: int) -> Restore | None:
        """Give the restore as it was at a time; None when it did not exist."""
        for status in (self.status, *reversed(self.past)):
            if status.updated_at_microseconds <= microseconds:
                return replace(self, status=status)
        return None


def custom_resource_name(name: str, uid: str) -> str:
    """Make the name of the Kubernetes resource of a restore: ``restore-<name>-<short id>``.

    It is a valid Kubernetes name (RFC 1123) of at most 63 characters whatever *name* holds.

    Example:
        >>> custom_resource_name("Orders Copy_2", "rst:0b8e2fd1-7c3a-4a52-9d0e-3f6f2f1f6a77")
        'restore-orders-copy-2-0b8e2fd1'
    """
    short_id = uid.partition(":")[2][:8]
    room = KUBERNETES_NAME_LENGTH - len("restore--") - len(short_id)
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower())[:room].strip("-")
    return "-".join(part for part in ("restore", readable, short_id) if part)
