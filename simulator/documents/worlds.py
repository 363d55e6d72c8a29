"""The ``world:`` of a scenario: the entities at the start, added to the default world or to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, replace
from typing import Annotated, Any

from pydantic import Field, create_model

from fakes import Condition, Token, World, default_world
from fakes.world.entities import COLLECTIONS, Entity
from simulator.documents.durations import Durations, to_durations
from simulator.documents.entities import DOCUMENTS, FieldsDocument
from simulator.documents.model import Model, one_of


class ConditionDocument(Model):
    """Capability versions that can be restored together."""

    backup: Mapping[str, str] = Field({}, description="Version of each capability that the backup needs.")
    image: Mapping[str, str] = Field({}, description="Version of each capability that the image needs.")


class _Entities(Model):
    def entities(self) -> list[Entity]:
        """The models of the collections; each comes after those that its entities may refer to."""
        return [
            kind(name, **(_required(kind) | document.changes()))
            for collection, kind in COLLECTIONS.items()
            for name, document in getattr(self, collection).items()
        ]


_collections: dict[str, Any] = {
    collection: (Mapping[str, document], Field({}, description=f"Each under its name. {document.__doc__}"))  # type: ignore[valid-type]  # made above
    for collection, document in DOCUMENTS.items()
}
EntitiesDocument = create_model(
    "EntitiesDocument",
    __base__=_Entities,
    __doc__="Entities by kind and name.",
    **{collection: _collections[collection] for collection in COLLECTIONS},
)
CollectionsDocument = create_model(
    "CollectionsDocument",
    __base__=EntitiesDocument,
    __doc__="What a world consists of, by kind and name.",
    tokens=_collections["tokens"],
)


class WorldDocument(CollectionsDocument):
    """What there is at first. Entities stand under their names; those of the default world can be changed."""

    base: Annotated[str, one_of("base", ["default", "empty"])] = Field(
        "default", description="What this is added to: the default world, or nothing."
    )
    durations: Durations = Field({}, description="How long phases take.")
    data_service_durations: Mapping[str, Durations] = Field({}, description="How long phases take for a data service.")
    restorability: Mapping[str, Sequence[ConditionDocument]] | None = Field(
        None, description="For each data service its conditions; one has to hold."
    )

    def to_world(self) -> World:
        """Make the world that is described.

        Raises:
            InvalidWorld: it contradicts itself.
        """
        base = _named(default_world() if self.base == "default" else World())
        return World(
            **{collection: self._entities(collection, base[collection]) for collection in COLLECTIONS},
            tokens=[Token(name, **document.changes()) for name, document in self._documents("tokens")],
            durations=to_durations(self.durations),
            data_service_durations={name: to_durations(table) for name, table in self.data_service_durations.items()},
            restorability=self._matrix(),
        )

    def _documents(self, collection: str) -> Iterable[tuple[str, FieldsDocument]]:
        found: Mapping[str, FieldsDocument] = getattr(self, collection)
        return found.items()

    def _entities(self, collection: str, base: Sequence[Entity]) -> list[Any]:
        entities = {entity.name: entity for entity in base}
        for name, document in self._documents(collection):
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
    """The entities of *world*, by collection, with names as references, because a scenario may change uids."""
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
    """An empty text for each required field, so that the world reports it as missing."""
    return {
        field.name: ""
        for field in fields(entity)
        if field.name != "name" and field.default is MISSING and field.default_factory is MISSING
    }
