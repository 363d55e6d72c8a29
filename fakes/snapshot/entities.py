"""Entities and declared worlds as plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from fakes.lifecycle.durations import Duration, duration_from_plain, duration_to_plain
from fakes.lifecycle.phases import Phase
from fakes.snapshot.errors import SnapshotError, refusing, require
from fakes.snapshot.records import DeclaredRecord, Plain
from fakes.values import shown
from fakes.world.declaration import InvalidWorld, World
from fakes.world.entities import COLLECTIONS, BackupState, Entity, Token, complaints_of
from fakes.world.restorability import Condition

_KINDS: Mapping[str, type[Entity]] = {entity.kind: entity for entity in COLLECTIONS.values()}
COLLECTION_OF_KIND: Mapping[str, str] = {entity.kind: collection for collection, entity in COLLECTIONS.items()}


def entity_to_plain(entity: Entity) -> Plain:
    """Write an entity: its kind and its fields.

    Raises:
        TypeError: it, or one of its durations, is of a class that is not one of ours.
    """
    if _KINDS.get(entity.kind) is not type(entity):
        raise TypeError(f"{entity!r} is of a class of its own, {type(entity).__name__}, which can't be written")
    return {"kind": entity.kind, **_members(entity)}


def _members(value: Entity | Token | Condition) -> Plain:
    return {entry.name: _to_plain(entry.name, getattr(value, entry.name)) for entry in fields(value)}


def _to_plain(name: str, value: Any) -> Any:
    if name == "durations":
        return durations_to_plain(value)
    if isinstance(value, BackupState):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return None if value == math.inf else value  # JSON has no infinity


def durations_to_plain(durations: Mapping[Phase, Duration]) -> Plain:
    """Write how long phases take."""
    return {phase.name: duration_to_plain(duration) for phase, duration in durations.items()}


def _durations_from_plain(plain: Any) -> dict[Phase, Duration]:
    return {
        Phase[name]: duration_from_plain(told if isinstance(told, dict) else {"constant": told})
        for name, told in dict(plain).items()
    }


def entity_from_plain(plain: Plain) -> Entity:
    """Make the entity that `entity_to_plain` wrote.

    Raises:
        SnapshotError: there is no such kind, or something is wrong with it.
    """
    kind = plain.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise SnapshotError(("kind",), f"is {shown(kind)}; expected one of {', '.join(_KINDS)}")
    made: Entity = _make(_KINDS[kind], {key: value for key, value in plain.items() if key != "kind"})
    return made


def token_from_plain(plain: Plain) -> Token:
    """Make a token."""
    made: Token = _make(Token, plain)
    return made


def _make(kind: type[Any], plain: Plain) -> Any:
    known = {entry.name for entry in fields(kind)}
    for key in plain:
        require(key in known, (key,), f"is no key here; expected {', '.join(sorted(known))}")
    for key in sorted(known):
        require(key in plain, (key,), "is missing")
    values = {}
    for key, value in plain.items():
        with refusing((key,)):
            values[key] = _from_plain(key, value)
    entity = kind(**values)
    for name, complaint in complaints_of(entity):
        raise SnapshotError((name,), complaint)
    return entity


def _from_plain(name: str, value: Any) -> Any:
    if name == "durations":
        return _durations_from_plain(value)
    if name == "state":
        return BackupState(value)
    if name == "heartbeat_limit_seconds" and value is None:
        return math.inf
    if name == "credentials_valid" or not isinstance(value, list):
        return value
    return tuple(value)


def declared_to_record(world: World, indexes: Mapping[str, list[int]]) -> DeclaredRecord:
    """Write a world as declared; its entities are *indexes* of those of the snapshot, by collection."""
    matrix = world.restorability
    return DeclaredRecord(
        collections=dict(indexes),
        tokens=[_members(token) | {"secret": token.digest} for token in world.tokens],
        durations=durations_to_plain(world.durations),
        data_service_durations={
            name: durations_to_plain(durations) for name, durations in world.data_service_durations.items()
        },
        restorability=None
        if matrix is None
        else {name: [_members(condition) for condition in conditions] for name, conditions in matrix.items()},
    )


def declared_from_record(record: DeclaredRecord, collections: Mapping[str, Sequence[Entity]]) -> World:
    """Make a world as declared of its entities, by collection.

    Raises:
        SnapshotError: it contradicts itself.
    """
    tokens = []
    for index, plain in enumerate(record.tokens):
        with refusing(("tokens", index)):
            tokens.append(token_from_plain(plain))
    with refusing(("durations",)):
        durations = _durations_from_plain(record.durations)
    with refusing(("data_service_durations",)):
        by_data_service = {name: _durations_from_plain(told) for name, told in record.data_service_durations.items()}
    matrix = None
    if record.restorability is not None:
        with refusing(("restorability",)):
            matrix = {
                name: [Condition(**condition) for condition in conditions]
                for name, conditions in record.restorability.items()
            }
    try:
        return World(
            **{name: tuple(entities) for name, entities in collections.items()},  # type: ignore[arg-type]  # by name
            tokens=tokens,
            durations=durations,
            data_service_durations=by_data_service,
            restorability=matrix,
        )
    except InvalidWorld as error:
        raise SnapshotError((), str(error.problems[0])) from None
