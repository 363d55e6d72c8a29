"""What a world consists of before any restore: accounts, clusters, namespaces, deployments, backups.

Entities are immutable values. A field that refers to another entity takes its name or its uid; once a `fakes.World`
has taken the entity in, the field holds the uid. Where a world has only one entity that could be meant, the reference
may be left empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar

from fakes.lifecycle.durations import Duration
from fakes.lifecycle.phases import Phase
from fakes.world.identifiers import derive_uid

MIB = 1024**2
GIB = 1024**3


def _reference(collection: str, **options: Any) -> Any:
    """A field that holds the name or uid of an entity in *collection*, or several of them."""
    return field(metadata={"refers_to": collection}, **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Base of all entities.

    Args:
        name: Name that people use; unique among the entities of its kind in a world, unless each has its own *uid*.
        uid: Left empty, it is derived from the kind and the name (`fakes.world.identifiers.derive_uid`).
    """

    kind: ClassVar[str]

    name: str = field(kw_only=False)
    uid: str = ""

    def __post_init__(self) -> None:
        if not self.uid:
            object.__setattr__(self, "uid", derive_uid(self.kind, self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Entity):
    """A customer."""

    kind = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant(Entity):
    """A part of an account; owns projects, clusters and backup locations."""

    kind = "tenant"
    account: str = _reference("accounts", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Entity):
    """What access is given to."""

    kind = "project"
    tenant: str = _reference("tenants", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster(Entity):
    """A Kubernetes cluster to which backups are restored.

    Args:
        capacity: Restores that it works on at once; the others wait in PENDING.
        bandwidth_bytes_per_second: Shared equally by the cloudsnap downloads that run on it at the same time.
        heartbeat_limit_seconds: When its agent is gone for longer, its restores fail.
        durations: How long phases take here, where that differs from the world's.
    """

    kind = "cluster"
    tenant: str = _reference("tenants", default="")
    capacity: int = 4
    bandwidth_bytes_per_second: int = 200 * MIB
    heartbeat_limit_seconds: float = 300.0
    durations: Mapping[Phase, Duration] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupLocation(Entity):
    """Where backups are kept.

    Args:
        credentials_valid: Whether clusters can get at it; while they can't, restores from it fail.
    """

    kind = "backup location"
    tenant: str = _reference("tenants", default="")
    credentials_valid: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace(Entity):
    """A namespace of a cluster, assigned to the projects that may use it."""

    kind = "namespace"
    cluster: str = _reference("clusters", default="")
    projects: Sequence[str] = _reference("projects", default=())


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
    namespace: str = _reference("namespaces", default="")
    project: str = _reference("projects", default="")
    data_service: str
    image: str = ""
    image_capabilities: Mapping[str, str] = field(default_factory=lambda: {"pds_restore": "v1"})


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
    deployment: str = _reference("deployments", default="")
    location: str = _reference("backup_locations", default="")
    size_bytes: int = GIB
    capabilities: Mapping[str, str] = field(default_factory=lambda: {"backup": "v2"})
    state: BackupState = BackupState.COMPLETED
    cloudsnap: str = ""

    def __post_init__(self) -> None:
        Entity.__post_init__(self)
        if not self.cloudsnap:
            object.__setattr__(self, "cloudsnap", derive_uid("cloudsnap", self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token. A world that has any asks every call for one of them.

    Args:
        name: Who calls with it; appears in the timeline and in errors, unlike the secret.
        secret: What the caller sends.
        projects: The projects that the caller sees and may use.
        account: The account for which the token is; a call that names another one is refused.
    """

    name: str = field(kw_only=False)
    secret: str = field(repr=False)
    projects: Sequence[str] = _reference("projects", default=())
    account: str = _reference("accounts", default="")


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
