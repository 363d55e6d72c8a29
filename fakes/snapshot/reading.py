"""From the records of a world to the world in motion, or to what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from fakes.history.versions import DECLARED, DELETED, Version
from fakes.lifecycle.gates import Gate
from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import Restore
from fakes.snapshot.agenda import AgendaReader
from fakes.snapshot.entities import COLLECTION_OF_KIND, declared_from_record, entity_from_plain
from fakes.snapshot.errors import (
    read_each,
    refusing,
    require,
    require_all_used,
    require_each_once,
    require_index,
)
from fakes.snapshot.events import load_events
from fakes.snapshot.records import CollectionRecord, WorldRecord
from fakes.snapshot.restores import RestoreReader
from fakes.snapshot.rules import EffectClasses, RuleReader
from fakes.values import shown
from fakes.world.declaration import World
from fakes.world.entities import COLLECTIONS, Entity
from fakes.world.live_world import LiveWorld


class WorldReader:
    """Makes a world of its records.

    Args:
        record: The records.
        effects: The classes of effects that rules may have.
        methods: The methods that can be called, as for `fakes.LiveWorld`.

    Raises:
        SnapshotError: the records contradict themselves; says where.
    """

    def __init__(self, record: WorldRecord, *, effects: EffectClasses, methods: Mapping[str, str]) -> None:
        self._record = record
        self._effects = effects
        require(record.start <= record.now, ("now",), _time_expected(record.now, record.start))
        self._entities = read_each(("entities",), record.entities, entity_from_plain)
        self.declared = self._read_declared()
        """The world as it was declared."""
        self.world = LiveWorld(self.declared, seed=record.seed, start_microseconds=record.start, methods=methods)
        """The world in motion."""
        self.world.environment.advance_to(record.now)
        self._load()

    def _load(self) -> None:
        world, record = self.world, self._record
        _require_collections(record.collections, ("collections",))
        # Restores make some of the deployments, so these come last.
        for name in COLLECTIONS:
            if name != "deployments":
                with refusing(("collections", name)):
                    self._read_collection(name)
        for cluster in world.clusters.values():
            if cluster.uid not in world.engine.clusters:
                world.engine.add_cluster(cluster)
        gates = [Gate(gate.name, gate.is_open) for gate in record.gates]
        restores = RestoreReader(record, world, gates)
        for uid in record.credential_losses:
            require(uid in world.backup_locations.by_uid, ("credential_losses", uid), "is no backup location")
        for uid, location in world.backup_locations.by_uid.items():
            fits = location.credentials_valid == (not record.credential_losses.get(uid))
            require(fits, ("credential_losses", uid), "does not fit whether its credentials are valid")
        with refusing(("restores",)):
            world.load(restores.restores, record.credential_losses)
        with refusing(("collections", "deployments")):
            self._read_collection("deployments", restores.restores)
        self._check_references()
        restores.check_references()
        self._read_versions({restore.deployment for restore in restores.restores})
        rules = RuleReader(record.rules, world, gates, self._effects).load()
        runs = restores.read_runs()
        AgendaReader(record, world, gates, rules, runs).load()
        load_events(record, world, restores.restores)
        self._check_use()

    def _check_use(self) -> None:
        """Refuse what is redundant: every element is referred to, and none is there twice."""
        record = self._record
        entities = [index for indexes in record.declared.collections.values() for index in indexes]
        for collection in record.collections.values():
            entities += collection.removed
            entities += [each if isinstance(each, int) else each[1] for each in collection.present]
        entities += [version.entity for versions in record.versions for version in versions]
        require_all_used(len(record.entities), entities, ("entities",))
        require_all_used(len(record.targets), (restore.target for restore in record.restores), ("targets",))
        works = [work for target in record.targets for work in target.plans or () if work]
        works += [restore.run.work for restore in record.restores if restore.run and restore.run.work]
        gates = [piece.gate for work in works for piece in work if piece.gate is not None]
        require_all_used(len(record.gates), [*range(len(record.rules.installed)), *gates], ("gates",))

    def _entity(self, index: int, collection: str, path: tuple[str | int, ...]) -> Any:
        require_index(index, len(self._entities), path, "entities")
        entity = self._entities[index]
        found = COLLECTION_OF_KIND[entity.kind]
        require(found == collection, path, f"is {index}, one of the {found}; expected one of the {collection}")
        return entity

    def _read_declared(self) -> World:
        declared = self._record.declared
        _require_collections(declared.collections, ("declared", "collections"))
        entities: dict[str, list[Entity]] = {}
        for name in COLLECTIONS:
            indexes = declared.collections[name]
            path = ("declared", "collections", name)
            require_each_once(indexes, path)
            entities[name] = [self._entity(each, name, (*path, place)) for place, each in enumerate(indexes)]
        with refusing(("declared",)):
            world = declared_from_record(declared, entities)
        for name in COLLECTIONS:  # a world has entities of its own
            for index, entity in zip(declared.collections[name], getattr(world, name), strict=True):
                self._entities[index] = entity
        return world

    def _read_collection(self, name: str, restores: list[Restore] | None = None) -> None:
        record: CollectionRecord = self._record.collections[name]
        removed = [self._entity(index, name, ("removed", place)) for place, index in enumerate(record.removed)]
        registry = self.world.collection(name)
        may_go = name in ("backups", "deployments")
        require(may_go or not removed, ("removed",), f"has {len(removed)}; {name} can't be removed")
        require_each_once(record.names, ("names",))
        registry.begin_again(removed, record.names)
        for place, found in enumerate(record.present):
            with refusing(("present", place)):
                if isinstance(found, int):
                    registry.add(self._entity(found, name, ()))
                    continue
                ordinal, source = found
                made = restores if restores is not None else []
                require(
                    1 <= ordinal <= len(made),
                    (0,),
                    f"is {ordinal}; expected the ordinal of one of {len(made)} restores",
                )
                restore = made[ordinal - 1]
                require(restore.phase is Phase.SUCCESSFUL, (0,), f"is {ordinal}, a restore that has made nothing")
                self.world.deployments.add_restored(restore, self._entity(source, name, (1,)))
        names = set(record.names)
        known = {entity.name for entity in (*registry.values(), *removed)}
        require(names == known, ("names",), "are not the names of the entities that are there or were")
        require_each_once([entity.uid for entity in removed], ("removed",))

    def _check_references(self) -> None:
        """Check that everything that an entity refers to exists or existed."""
        known = {
            name: {*self.world.collection(name).by_uid, *(each.uid for each in self.world.collection(name).removed)}
            for name in COLLECTIONS
        }
        for index, entity in enumerate(self._entities):
            for entry in fields(entity):
                target = entry.metadata.get("refers_to")
                value = getattr(entity, entry.name)
                for uid in [value] if isinstance(value, str) else value if target else ():
                    require(
                        target is None or uid in known[target],
                        ("entities", index, entry.name),
                        f"is {shown(uid)}; expected the uid of one of the {target}",
                    )

    def _read_versions(self, made: Collection[str]) -> None:
        record = self._record
        read: dict[str, list[Version]] = {}
        for place, versions in enumerate(record.versions):
            path: tuple[str | int, ...] = ("versions", place)
            require(versions, path, "is empty; expected one or more")
            found = []
            before = record.start
            for number, version in enumerate(versions):
                where = (*path, number)
                require_index(version.entity, len(self._entities), (*where, "entity"), "entities")
                require(before <= version.at <= record.now, (*where, "at"), _time_expected(version.at, before))
                entity = self._entities[version.entity]
                begins = number == 0 and (version.at == record.start or entity.uid in made)
                require(version.change != DECLARED or begins, (*where, "at"), "is not when the world began")
                before = version.at
                found.append(Version(version.at, version.change, entity))
            uid, kind = found[0].entity.uid, found[0].entity.kind
            same = all(each.entity.uid == uid and each.entity.kind == kind for each in found)
            require(same and uid not in read, path, "are not the versions of one entity, which are nowhere else")
            read[uid] = found
        self._check_versions(read, made)
        self.world.versions.begin_again(read.values())

    def _check_versions(self, read: Mapping[str, Sequence[Version]], made: Collection[str]) -> None:
        """Check that entities equal their last versions; deployments made by restores may have none."""
        known: set[str] = set()
        for name in COLLECTIONS:
            registry = self.world.collection(name)
            removed = {entity.uid for entity in registry.removed}
            known.update(removed, registry.by_uid)
            for uid in {**registry.by_uid, **dict.fromkeys(removed)}:
                last = read[uid][-1] if uid in read else None
                require(last or uid in made, ("versions",), f"lack those of {uid}")
                if last is not None:
                    fits = last.entity == registry.by_uid[uid] if uid in registry.by_uid else last.change in DELETED
                    require(fits, ("versions",), f"do not end with {uid} as it is")
        for uid in read:
            require(uid in known, ("versions",), f"have those of {uid}, which is not there and never was")


def _require_collections(found: Iterable[str], path: tuple[str | int, ...]) -> None:
    require(set(found) == set(COLLECTIONS), path, f"expected {', '.join(COLLECTIONS)}")


def _time_expected(found: int, earliest: int) -> str:
    return f"is {shown(found)}; expected a time in microseconds since 1970, from {earliest}"
