"""A restore: what was asked for, which never changes, and how far it has come, which is replaced at every change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from fakes.lifecycle.phases import ErrorCode, Phase
from fakes.printable import printable
from fakes.times import to_datetime
from fakes.world.identifiers import kubernetes_name


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreSpec:
    """What a caller asks for.

    Args:
        unknown_fields: Fields that the caller sent and that are unknown here; returned as they came.
    """

    name: str
    namespace: str
    project: str
    backup: str
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    unknown_fields: bytes = b""


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

    @property
    def updated_at(self) -> datetime:
        """When it got this status."""
        return to_datetime(self.updated_at_microseconds)

    @property
    def started_at(self) -> datetime | None:
        """When its work on the cluster began; None until then."""
        return None if self.started_at_microseconds is None else to_datetime(self.started_at_microseconds)

    @property
    def completed_at(self) -> datetime | None:
        """When it ended; None until then."""
        return None if self.completed_at_microseconds is None else to_datetime(self.completed_at_microseconds)

    def followed_by(
        self, phase: Phase, microseconds: int, error_code: ErrorCode | None = None, error_message: str = ""
    ) -> RestoreStatus:
        """The status after this one, from the moment at which the restore enters *phase*."""
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


VERSIONS_EACH = 16
"""More than a restore can have versions, and more than there are phases."""


def moment(phase: Phase, microseconds: int) -> int:
    """Pack into one number when a restore enters a phase: plain numbers cost the garbage collector nothing."""
    return microseconds * VERSIONS_EACH + phase


def phase_of(moment: int) -> Phase:
    """The phase of a moment."""
    return _PHASES[moment % VERSIONS_EACH]


def microseconds_of(moment: int) -> int:
    """The time of a moment, in microseconds since 1970."""
    return moment // VERSIONS_EACH


_PHASES: tuple[Phase, ...] = (Phase.INITIALIZING, *Phase)
"""Phases by number; no phase has the number 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RestoreTarget:
    """What restores of the same backup into the same namespace and project have in common; references are uids.

    Args:
        names: Display names of the resources that they refer to, by uid.
    """

    tenant: str
    cluster: str
    source_deployment: str
    backup_location: str
    cloudsnap: str
    names: Mapping[str, str]


@dataclass(slots=True, eq=False, repr=False, weakref_slot=True)
class Restore:
    """A restore of a backup into a namespace; only its history grows, all else is fixed from the start.

    Readers take *status* once and work with that: it is one immutable value, so nobody sees half a change.

    Args:
        ordinal: Place in the order of creation.
        deployment: Uid of the deployment that a success creates.
        history: When it entered each phase (`moment`), from its creation on.
        error_code: Why it is FAILED, if it is.
    """

    ordinal: int
    uid: str
    spec: RestoreSpec
    target: RestoreTarget
    deployment: str
    history: list[int]
    error_code: ErrorCode | None = None
    error_message: str = ""
    _statuses: tuple[RestoreStatus, ...] = ()

    @property
    def name(self) -> str:
        """The name that the caller gave it."""
        return self.spec.name

    def __repr__(self) -> str:
        error = f" with {self.error_code.name}" if self.error_code else ""
        return printable(f"<restore {self.name} {self.uid}: {self.phase.name}{error}>")

    @property
    def tenant(self) -> str:
        """Uid of the tenant to which it belongs."""
        return self.target.tenant

    @property
    def cluster(self) -> str:
        """Uid of the target cluster."""
        return self.target.cluster

    @property
    def source_deployment(self) -> str:
        """Uid of the deployment that was backed up."""
        return self.target.source_deployment

    @property
    def backup_location(self) -> str:
        """Uid of the place where the backup is kept."""
        return self.target.backup_location

    @property
    def cloudsnap(self) -> str:
        """Uid of the cloudsnap of the backup."""
        return self.target.cloudsnap

    @property
    def custom_resource_name(self) -> str:
        """Name of its Kubernetes resource."""
        return custom_resource_name(self.spec.name, self.uid)

    @property
    def resource_names(self) -> Mapping[str, str]:
        """Display names of the resources that it refers to, by uid."""
        return {**self.target.names, self.deployment: self.spec.name}

    @property
    def created_at_microseconds(self) -> int:
        """When it was created, in microseconds since 1970."""
        return microseconds_of(self.history[0])

    @property
    def created_at(self) -> datetime:
        """When it was created, in UTC."""
        return to_datetime(self.created_at_microseconds)

    @property
    def statuses(self) -> tuple[RestoreStatus, ...]:
        """All statuses that it has had, oldest first; made when they are read."""
        # Compared and stored together: a change in another thread makes what is stored too short, never wrong.
        statuses, history = self._statuses, tuple(self.history)
        if len(statuses) != len(history):
            statuses = self._statuses = tuple(_statuses_of(history, self.error_code, self.error_message))
        return statuses

    @property
    def status(self) -> RestoreStatus:
        """Its current status."""
        return self.statuses[-1]

    @property
    def phase(self) -> Phase:
        """The phase in which it is."""
        return phase_of(self.history[-1])

    @property
    def is_live(self) -> bool:
        """Whether it can still change."""
        return self.history[-1] % VERSIONS_EACH < Phase.SUCCESSFUL

    @property
    def version(self) -> int:
        """A number that no other restore has, nor this one with another status; grows with each change."""
        return self.ordinal * VERSIONS_EACH + self.history[-1] % VERSIONS_EACH

    def as_of(self, microseconds: int) -> Restore | None:
        """Return the restore as it was at a time; None when it did not exist."""
        history = [moment for moment in self.history if microseconds_of(moment) <= microseconds]
        return replace(self, history=history, _statuses=()) if history else None


def _statuses_of(history: Sequence[int], error_code: ErrorCode | None, error_message: str) -> Iterator[RestoreStatus]:
    status = RestoreStatus(phase_of(history[0]), 1, microseconds_of(history[0]))
    yield status
    for moment in history[1:]:
        phase = phase_of(moment)
        error = (error_code, error_message) if phase is Phase.FAILED else (None, "")
        status = status.followed_by(phase, microseconds_of(moment), *error)
        yield status


def custom_resource_name(name: str, uid: str) -> str:
    """Make the name of the Kubernetes resource of a restore: ``restore-<name>-<short id>``.

    It is a valid Kubernetes name (RFC 1123) of at most 63 characters whatever *name* holds.

    Example:
        >>> custom_resource_name("Orders Copy_2", "rst:0b8e2fd1-7c3a-4a52-9d0e-3f6f2f1f6a77")
        'restore-orders-copy-2-0b8e2fd1'
    """
    return kubernetes_name("restore", name, uid)
