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


def _told(about: str, by: check.Check) -> Mapping[str, Any]:
    """Metadata of a field: what it is *about*, in a sentence, and *by* what a world checks its value."""
    return {"about": about, "check": by}


def _reference(about: str, collection: str, *, implied_by: tuple[str, str] | None = None) -> Any:
    """A field that holds the name or uid of an entity in *collection*.

    Left empty, it is the only one that there is; or that it is *implied_by*: the only one of an entity of another
    collection, to which another field refers.
    """
    metadata = {**_told(about, check.reference), "refers_to": collection, "implied_by": implied_by}
    return field(metadata=metadata, default="")


def _references(about: str, collection: str) -> Any:
    """A field that holds the names or uids of entities in *collection*."""
    return field(metadata={**_told(about, check.references), "refers_to": collection}, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Base of all entities.

    Names are unique among the entities of a kind in a world, unless each has its own uid, which is else derived from
    kind and name (`fakes.world.identifiers.derive_uid`). What a field is about stands in its metadata, and so also in
    the schema of documents.
    """

    kind: ClassVar[str]

    name: str = field(kw_only=False, metadata=_told("Name that people use.", check.name))
    uid: str = field(default="", metadata=_told("Its uid; left out, it is derived from its kind and name.", check.text))

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
    account: str = _reference("Its account.", "accounts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Entity):
    """What access is given to."""

    kind = "project"
    tenant: str = _reference("Its tenant.", "tenants")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster(Entity):
    """A Kubernetes cluster to which backups are restored."""

    kind = "cluster"
    tenant: str = _reference("Its tenant.", "tenants")
    capacity: int = field(
        default=4,
        metadata=_told("Restores that it works on at once; the others wait in PENDING.", check.WholeNumber(1)),
    )
    bandwidth_bytes_per_second: int = field(
        default=200 * MIB,
        metadata=_told(
            "Shared equally by the downloads that run on it, such as 200MiB (per second).", check.WholeNumber(1)
        ),
    )
    heartbeat_limit_seconds: float = field(
        default=300.0,
        metadata=_told("When its agent is gone for longer, its restores fail.", check.limit_seconds),
    )
    durations: Mapping[Phase, Duration] = field(
        default_factory=dict,
        metadata=_told("How long phases take here, where that differs from the world's.", check.phase_durations),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupLocation(Entity):
    """Where backups are kept."""

    kind = "backup location"
    tenant: str = _reference("Its tenant.", "tenants")
    credentials_valid: bool = field(
        default=True,
        metadata=_told("Whether clusters can get at it; while they can't, restores from it fail.", check.flag),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace(Entity):
    """A namespace of a cluster, assigned to the projects that may use it."""

    kind = "namespace"
    cluster: str = _reference("Its cluster.", "clusters")
    projects: Sequence[str] = _references("The projects to which it is assigned.", "projects")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment(Entity):
    """A running data service."""

    kind = "deployment"
    namespace: str = _reference("Where it runs.", "namespaces")
    project: str = _reference(
        "Its project; may be left out where its namespace has only one.",
        "projects",
        implied_by=("namespaces", "namespace"),
    )
    data_service: str = field(
        metadata=_told("What runs, such as PostgreSQL; a key of the restorability matrix.", check.data_service)
    )
    image: str = field(default="", metadata=_told("The image it runs from.", check.text))
    image_capabilities: Mapping[str, str] = field(
        default_factory=lambda: {"pds_restore": "v1"},
        metadata=_told("Version of each capability of the image, for the restorability matrix.", check.versions),
    )


class BackupState(Enum):
    """How far a backup has come; only a completed one can be restored."""

    IN_PROGRESS = "in progress"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup(Entity):
    """A backup of one deployment in one backup location."""

    kind = "backup"
    deployment: str = _reference("What was backed up.", "deployments")
    location: str = _reference("The backup location in which it is kept.", "backup_locations")
    size_bytes: int = field(
        default=GIB,
        metadata=_told("Size of its cloudsnap, which a restore downloads, such as 20GiB.", check.WholeNumber(0)),
    )
    capabilities: Mapping[str, str] = field(
        default_factory=lambda: {"backup": "v2"},
        metadata=_told("Version of each capability of the backup, for the restorability matrix.", check.versions),
    )
    state: BackupState = field(
        default=BackupState.COMPLETED, metadata=_told("How far it has come.", check.one_of(BackupState))
    )
    cloudsnap: str = field(
        default="", metadata=_told("Uid of its cloudsnap; left out, it is derived from the name.", check.text)
    )

    def __post_init__(self) -> None:
        Entity.__post_init__(self)
        self._derive_uid("cloudsnap", "cloudsnap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token. A world that has any asks every call for one of them."""

    kind: ClassVar[str] = "token"

    name: str = field(
        kw_only=False,
        metadata=_told("Who calls with it; appears in timelines and errors, unlike the secret.", check.name),
    )
    secret: str = field(
        repr=False, metadata=_told("What the caller sends as 'authorization: Bearer <secret>'.", check.secret)
    )
    projects: Sequence[str] = _references("The projects that the caller sees and may use.", "projects")
    account: str = _reference("The account for which it is; a call that names another one is refused.", "accounts")


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
