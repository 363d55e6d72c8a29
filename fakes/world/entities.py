"""The entities of a world: accounts, clusters, namespaces, deployments, backups and so on.

Entities are immutable values. A field that refers to another entity takes its name or its uid; once the entity is in a
`fakes.World`, the field holds the uid. If only one entity of the world could be meant, the reference may be left empty.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, ClassVar

from fakes.described import described
from fakes.lifecycle.durations import Duration
from fakes.lifecycle.phases import Phase
from fakes.world import value_checks as check
from fakes.world.identifiers import derive_uid

MIB = 1024**2
GIB = 1024**3


def _told(about: str, by: check.Check) -> Mapping[str, Any]:
    """Metadata of a field: what it is *about*, in a sentence, and the check that a world makes of its value."""
    return {"about": about, "check": by}


def _reference(about: str, collection: str, *, implied_by: tuple[str, str] | None = None) -> Any:
    """A field that holds the name or uid of an entity in *collection*.

    Left empty, it means the only entity there. With *implied_by*, it means the only one of another entity: the one that
    another field refers to.
    """
    metadata = {**_told(about, check.reference), "refers_to": collection, "implied_by": implied_by}
    return field(metadata=metadata, default="")


def _references(about: str, collection: str) -> Any:
    """A field that holds the names or uids of entities in *collection*."""
    return field(metadata={**_told(about, check.references), "refers_to": collection}, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Base of all entities.

    Names are unique among the entities of a kind in a world, unless each is given its own uid; by default, uids are
    derived from kind and name (`fakes.world.identifiers.derive_uid`). The metadata of a field describe it, here and in
    the schema of documents.
    """

    kind: ClassVar[str]

    name: str = field(kw_only=False, metadata=_told("Name that people use.", check.name))
    uid: str = field(default="", metadata=_told("Its uid; left out, it is derived from its kind and name.", check.text))

    def __post_init__(self) -> None:
        self._derive_uid("uid", self.kind)

    def _derive_uid(self, field_name: str, kind: str) -> None:
        """Derive the fields that are left empty, unless the name is invalid; the world reports that."""
        if getattr(self, field_name) == "" and isinstance(self.name, str):
            object.__setattr__(self, field_name, derive_uid(kind, self.name))


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Entity):
    """A customer."""

    kind = "account"


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant(Entity):
    """A part of an account, which owns projects, clusters and backup locations."""

    kind = "tenant"
    account: str = _reference("Its account.", "accounts")


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Entity):
    """What tokens give access to; deployments belong to one."""

    kind = "project"
    tenant: str = _reference("Its tenant.", "tenants")


@described
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


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class BackupLocation(Entity):
    """Where backups are kept."""

    kind = "backup location"
    tenant: str = _reference("Its tenant.", "tenants")
    credentials_valid: bool = field(
        default=True,
        metadata=_told("Whether clusters can get at it; while they can't, restores from it fail.", check.flag),
    )


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace(Entity):
    """A namespace of a cluster, assigned to the projects that may use it."""

    kind = "namespace"
    cluster: str = _reference("Its cluster.", "clusters")
    projects: Sequence[str] = _references("The projects to which it is assigned.", "projects")


@described
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


@described
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


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token. In a world with tokens, every call needs one."""

    kind: ClassVar[str] = "token"

    name: str = field(
        kw_only=False,
        metadata=_told("Who calls with it; appears in timelines and errors, unlike the secret.", check.name),
    )
    secret: str = field(
        repr=False,
        metadata=_told(
            "What the caller sends as 'authorization: Bearer <secret>'; or 'sha256:' and the digest of that in"
            " hexadecimal, where the world need not know it, as in snapshots.",
            check.secret,
        ),
    )
    projects: Sequence[str] = _references("The projects that the caller sees and may use.", "projects")
    account: str = _reference("The account for which it is; a call that names another one is refused.", "accounts")

    @property
    def knows_secret(self) -> bool:
        """Whether it has the secret itself, rather than its digest."""
        return _DIGEST.fullmatch(self.secret) is None

    @property
    def digest(self) -> str:
        """The digest of the secret, which can verify the secret without revealing it."""
        return secret_digest(self.secret) if self.knows_secret else self.secret

    def accepts(self, secret: str) -> bool:
        """Whether *secret* is the secret of the token."""
        return hmac.compare_digest(self.digest, secret_digest(secret))


_DIGEST = re.compile("sha256:[0-9a-f]{64}")


def secret_digest(secret: str) -> str:
    """Return the digest of a secret, as `Token.secret` takes it in place of the secret."""
    return f"sha256:{hashlib.sha256(secret.encode()).hexdigest()}"


def complaints_of(entity: Entity | Token) -> list[tuple[str, str]]:
    """Check an entity without regard to others; yields a field and a complaint about its value for each problem."""
    return [
        (entry.name, complaint)
        for entry in fields(entity)
        if "check" in entry.metadata  # a subclass from elsewhere may have more fields
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
"""The collections of a world; each comes after those that its entities refer to."""
