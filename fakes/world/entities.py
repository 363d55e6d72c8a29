"""What a world consists of before any restore: accounts, clusters, namespaces, deployments, backups.

Entities are immutable values. A field that refers to another entity takes its name or its uid; once a `fakes.World`
has taken the entity in, the field holds the uid. Where a world has only one entity that could be meant, the reference
may be left empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, ClassVar

from fakes.lifecycle.durations import Duration
from fakes.lifecycle.phases import Phase
from fakes.world import value_checks as check
from fakes.world.identifiers import derive_uid

MIB = 1024**2
GIB = 1024**3


def _checked(by: check.Check) -> Mapping[str, Any]:
    """Metadata of a field whose value a world checks *by* that function."""
    return {"check": by}


def _reference(collection: str, *, implied_by: tuple[str, str] | None = None) -> Any:
    """A field that holds the name or uid of an entity in *collection*.

    Left empty, it is the only one that there is; or that it is *implied_by*: the only one of an entity of another
    collection, to which another field refers.
    """
    metadata = {"refers_to": collection, "check": check.reference, "implied_by": implied_by}
    return field(metadata=metadata, default="")


def _references(collection: str) -> Any:
    """A field that holds the names or uids of entities in *collection*."""
    return field(metadata={"refers_to": collection, "check": check.references}, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Base of all entities.

    Args:
        name: Name that people use; unique among the entities of its kind in a world, unless each has its own *uid*.
        uid: Left empty, it is derived from the kind and the name (`fakes.world.identifiers.derive_uid`).
    """

    kind: ClassVar[str]

    name: str = field(kw_only=False, metadata=_checked(check.name))
    uid: str = field(default="", metadata=_checked(check.text))

    def __post_init__(self) -> None:
        self._derive_uid("uid", self.kind)

    def _derive_uid(self, field_name: str, kind: str) -> None:
        """Derive what a field leaves empty; from a name that is none nothing is derived, and the world will tell."""
        if getattr(self, field_name) == "" and isinstance(self.name, str):
            object.__setattr__(self, field_name, derive_uid(kind, self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Entity):
    """A customer."""

    kind = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant(Entity):
    """A part of an account; owns projects, clusters and backup locations."""

    kind = "tenant"
    account: str = _reference("accounts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Entity):
    """What access is given to."""

    kind = "project"
    tenant: str = _reference("tenants")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster(Entity):
    """A Kubernetes cluster to which backups are restored.

    Args:
        capacity: Restores that it works on at once; the others wait in PENDING.
        bandwidth_bytes_per_second: Shared equally by the cloudsnap downloads that run on it at the same time.
        heartbeat_limit_seconds: When its agent is gone for longer, its restores fail; ``math.inf`` means never.
        durations: How long phases take here, where that differs from the world's.
    """

    kind = "cluster"
    tenant: str = _reference("tenants")
    capacity: int = field(default=4, metadata=_checked(check.whole_number(1)))
    bandwidth_bytes_per_second: int = field(default=200 * MIB, metadata=_checked(check.whole_number(1)))
    heartbeat_limit_seconds: float = field(default=300.0, metadata=_checked(check.limit_seconds))
    durations: Mapping[Phase, Duration] = field(default_factory=dict, metadata=_checked(check.phase_durations))


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupLocation(Entity):
    """Where backups are kept.

    Args:
        credentials_valid: Whether clusters can get at it; while they can't, restores from it fail.
    """

    kind = "backup location"
    tenant: str = _reference("tenants")
    credentials_valid: bool = field(default=True, metadata=_checked(check.flag))


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace(Entity):
    """A namespace of a cluster, assigned to the projects that may use it."""

    kind = "namespace"
    cluster: str = _reference("clusters")
    projects: Sequence[str] = _references("projects")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment(Entity):
    """A running data service.

    Args:
        project: May be left empty when its namespace is assigned to one project only.
        data_service: What runs, such as ``"PostgreSQL"``; a key of the restorability matrix.
        image: The image it runs from.
        image_capabilities: Version of each capability of that image, which the restorability matrix asks for.
    """

    kind = "deployment"
    namespace: str = _reference("namespaces")
    project: str = _reference("projects", implied_by=("namespaces", "namespace"))
    data_service: str = field(metadata=_checked(check.data_service))
    image: str = field(default="", metadata=_checked(check.text))
    image_capabilities: Mapping[str, str] = field(
        default_factory=lambda: {"pds_restore": "v1"}, metadata=_checked(check.versions)
    )


class BackupState(Enum):
    """How far a backup has come; only a completed one can be restored."""

    IN_PROGRESS = "in progress"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup(Entity):
    """A backup of one deployment in one backup location.

    Args:
        size_bytes: Size of its cloudsnap, which a restore downloads.
        capabilities: Version of each capability of the backup, which the restorability matrix asks for.
        cloudsnap: Uid of the cloud snapshot of the volume; left empty, it is derived from the name.
    """

    kind = "backup"
    deployment: str = _reference("deployments")
    location: str = _reference("backup_locations")
    size_bytes: int = field(default=GIB, metadata=_checked(check.whole_number(0)))
    capabilities: Mapping[str, str] = field(default_factory=lambda: {"backup": "v2"}, metadata=_checked(check.versions))
    state: BackupState = field(default=BackupState.COMPLETED, metadata=_checked(check.one_of(BackupState)))
    cloudsnap: str = field(default="", metadata=_checked(check.text))

    def __post_init__(self) -> None:
        Entity.__post_init__(self)
        self._derive_uid("cloudsnap", "cloudsnap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token. A world that has any asks every call for one of them.

    Args:
        name: Who calls with it; appears in the timeline and in errors, unlike the secret.
        secret: What the caller sends.
        projects: The projects that the caller sees and may use.
        account: The account for which the token is; a call that names another one is refused.
    """

    name: str = field(kw_only=False, metadata=_checked(check.name))
    secret: str = field(repr=False, metadata=_checked(check.secret))
    projects: Sequence[str] = _references("projects")
    account: str = _reference("accounts")


def complaints_of(entity: Entity | Token) -> list[tuple[str, str]]:
    """Tell what is wrong with an entity by itself: the field and what is wrong with its value, for each complaint."""
    return [
        (entry.name, complaint)
        for entry in fields(entity)
        if "check" in entry.metadata  # a class of somebody else may have more fields
        for complaint in entry.metadata["check"](getattr(entity, entry.name))
    ]


COLLECTIONS: Mapping[str, type[Entity]] = {
    "accounts": Account,
    "tenants": Tenant,
    "projects": Project,
    "clusters": Cluster,
    "backup_locations": BackupLocation,
    "namespaces": Namespace,
    "deployments": Deployment,
    "backups": Backup,
}
"""The collections of a world, each after those that its entities refer to."""
