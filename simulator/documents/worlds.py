"""The ``world:`` of a scenario: what there is at first, on top of the default world or of nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, replace
from typing import Annotated, Any, ClassVar

from pydantic import Field

from fakes import BackupState, Condition, Token, World, default_world
from fakes.world.entities import COLLECTIONS, Entity
from simulator.documents.durations import Durations, to_durations
from simulator.documents.model import Model, one_of
from simulator.documents.quantities import BytesPerSecond, DurationSeconds, SizeBytes


class EntityDocument(Model):
    """An entity, under its name. A key that is left out keeps what the default world says, or a default."""

    renamed: ClassVar[Mapping[str, str]] = {}
    """The fields of the entity whose keys have another name in a document, by that name."""

    uid: str | None = Field(None, description="Its uid; left out, it is derived from its kind and name.")

    def changes(self) -> dict[str, Any]:
        """The fields of the entity that are given."""
        return {self.renamed.get(key, key): self._value(key) for key in sorted(self.model_fields_set)}

    def _value(self, key: str) -> Any:
        return getattr(self, key)


class AccountDocument(EntityDocument):
    """A customer."""


class TenantDocument(EntityDocument):
    """A part of an account."""

    account: str = Field("", description="Its account.")


class ProjectDocument(EntityDocument):
    """What access is given to."""

    tenant: str = Field("", description="Its tenant.")


class ClusterDocument(EntityDocument):
    """A cluster to which backups are restored."""

    renamed = {"bandwidth": "bandwidth_bytes_per_second", "heartbeat_limit": "heartbeat_limit_seconds"}  # noqa: RUF012  # declared in the base class

    tenant: str = Field("", description="Its tenant.")
    capacity: int = Field(4, ge=1, description="Restores at once; the others wait in PENDING.")
    bandwidth: BytesPerSecond = Field(0, gt=0, description="Shared by the downloads, such as 200MiB (per second).")
    heartbeat_limit: DurationSeconds = Field(300.0, description="When its agent is gone for longer, its restores fail.")
    durations: Durations = Field({}, description="How long phases take on this cluster.")

    def _value(self, key: str) -> Any:
        return to_durations(self.durations) if key == "durations" else super()._value(key)


class BackupLocationDocument(EntityDocument):
    """Where backups are kept."""

    tenant: str = Field("", description="Its tenant.")
    credentials_valid: bool = Field(True, description="Whether clusters can get at it.")


class NamespaceDocument(EntityDocument):
    """A namespace of a cluster."""

    cluster: str = Field("", description="Its cluster.")
    projects: Sequence[str] = Field((), description="The projects to which it is assigned.")


class DeploymentDocument(EntityDocument):
    """A running data service."""

    namespace: str = Field("", description="Where it runs.")
    project: str = Field("", description="Its project; may be left out where its namespace has only one.")
    data_service: str = Field("", min_length=1, description="What runs, such as PostgreSQL.")
    image: str = Field("", description="The image it runs from.")
    image_capabilities: Mapping[str, str] = Field({}, description="Version of each capability of the image.")


class BackupDocument(EntityDocument):
    """A backup of a deployment."""

    renamed = {"size": "size_bytes"}  # noqa: RUF012  # declared in the base class

    deployment: str = Field("", description="What was backed up.")
    location: str = Field("", description="The backup location in which it is kept.")
    size: SizeBytes = Field(0, description="Size of its cloudsnap, such as 20GiB.")
    capabilities: Mapping[str, str] = Field({}, description="Version of each capability of the backup.")
    state: Annotated[str, one_of("state of a backup", [state.value for state in BackupState])] = Field(
        BackupState.COMPLETED.value, description="How far it has come."
    )
    cloudsnap: str = Field("", description="Uid of its cloudsnap.")

    def _value(self, key: str) -> Any:
        return BackupState(self.state) if key == "state" else super()._value(key)


class TokenDocument(Model):
    """A bearer token, under its name; a world that has any asks every call for one."""

    secret: str = Field(min_length=1, description="What the caller sends as 'authorization: Bearer <secret>'.")
    projects: Sequence[str] = Field((), description="The projects that the caller sees and may use.")
    account: str = Field("", description="The account for which it is.")


class ConditionDocument(Model):
    """Capability versions that can be restored together."""

    backup: Mapping[str, str] = Field({}, description="Version of each capability that the backup needs.")
    image: Mapping[str, str] = Field({}, description="Version of each capability that the image needs.")


class WorldDocument(Model):
    """What there is at first. Entities stand under their names; those of the default world can be changed."""

    base: Annotated[str, one_of("base", ["default", "empty"])] = Field(
        "default", description="What this is added to: the default world, or nothing."
    )
    accounts: Mapping[str, AccountDocument] = Field({}, description="Customers.")
    tenants: Mapping[str, TenantDocument] = Field({}, description="Parts of accounts.")
    projects: Mapping[str, ProjectDocument] = Field({}, description="What access is given to.")
    clusters: Mapping[str, ClusterDocument] = Field({}, description="Where backups are restored to.")
    backup_locations: Mapping[str, BackupLocationDocument] = Field({}, description="Where backups are kept.")
    namespaces: Mapping[str, NamespaceDocument] = Field({}, description="Namespaces of clusters.")
    deployments: Mapping[str, DeploymentDocument] = Field({}, description="Running data services.")
    backups: Mapping[str, BackupDocument] = Field({}, description="Backups of deployments.")
    tokens: Mapping[str, TokenDocument] = Field({}, description="Who may call; without any, everybody may.")
    durations: Durations = Field({}, description="How long phases take.")
    data_service_durations: Mapping[str, Durations] = Field({}, description="How long phases take for a data service.")
    restorability: Mapping[str, Sequence[ConditionDocument]] | None = Field(
        None, description="For each data service the conditions of which one has to hold."
    )

    def to_world(self) -> World:
        """Make the world that is described.

        Raises:
            InvalidWorld: it contradicts itself.
        """
        base = _named(default_world() if self.base == "default" else World())
        return World(
            **{collection: self._entities(collection, base[collection]) for collection in COLLECTIONS},
            tokens=[Token(name, **dict(token)) for name, token in self.tokens.items()],
            durations=to_durations(self.durations),
            data_service_durations={name: to_durations(table) for name, table in self.data_service_durations.items()},
            restorability=self._matrix(),
        )

    def yaml_key(self, collection: str, field: str) -> str:
        """The key under which a document has a *field* of the entities of a *collection*."""
        model = _inner_model(collection)
        renamed = model.renamed if issubclass(model, EntityDocument) else {}
        return next((key for key, name in renamed.items() if name == field), field)

    def _entities(self, collection: str, base: Sequence[Entity]) -> list[Any]:
        entities = {entity.name: entity for entity in base}
        for name, document in getattr(self, collection).items():
            changes = document.changes()
            if name in entities:
                entities[name] = replace(entities[name], **changes)
            else:
                entities[name] = COLLECTIONS[collection](name, **(_required(COLLECTIONS[collection]) | changes))
        return list(entities.values())

    def _matrix(self) -> dict[str, list[Condition]] | None:
        if self.restorability is None:
            return None
        return {
            data_service: [Condition(condition.backup, condition.image) for condition in conditions]
            for data_service, conditions in self.restorability.items()
        }


def _named(world: World) -> dict[str, list[Entity]]:
    """The entities of *world*, by collection, with names in what they refer to: a scenario may change the uids."""
    names = {entity.uid: entity.name for collection in COLLECTIONS for entity in getattr(world, collection)}
    return {
        collection: [_with_names(entity, names) for entity in getattr(world, collection)] for collection in COLLECTIONS
    }


def _with_names(entity: Entity, names: Mapping[str, str]) -> Entity:
    changes: dict[str, Any] = {}
    for reference in fields(entity):
        value = getattr(entity, reference.name)
        if "refers_to" in reference.metadata:
            changes[reference.name] = names[value] if isinstance(value, str) else [names[uid] for uid in value]
    return replace(entity, **changes)


def _required(entity: type[Entity]) -> dict[str, str]:
    """An empty text for each field that an entity can't do without, so that the world says what is missing."""
    return {
        field.name: ""
        for field in fields(entity)
        if field.name != "name" and field.default is MISSING and field.default_factory is MISSING
    }


def _inner_model(collection: str) -> type[Model]:
    annotation: Any = WorldDocument.model_fields[collection].annotation
    model: type[Model] = annotation.__args__[-1]
    return model
