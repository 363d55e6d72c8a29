"""Writes entities as the plain data of a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from enum import Enum
from typing import Any

from fakes import Constant, Duration, Token, World
from fakes.world.entities import COLLECTIONS, Entity
from simulator.documents.entities import key_of


def plain_entity(entity: Entity | Token) -> dict[str, Any]:
    """Write an entity as it stands under its name in the ``world`` of a scenario, with its uid; references are uids.

    In place of the secret of a token, its digest is written.
    """
    plain = {key: value for key, value in _members(entity).items() if key != "name"}
    return plain | {"secret": entity.digest} if isinstance(entity, Token) else plain


def plain_world(world: World) -> dict[str, Any]:
    """Write a world as the ``world`` of a scenario."""
    plain: dict[str, Any] = {
        collection: {entity.name: plain_entity(entity) for entity in getattr(world, collection)}
        for collection in (*COLLECTIONS, "tokens")
    }
    for key in ("durations", "data_service_durations"):
        plain[key] = _plain(getattr(world, key))
    plain["restorability"] = {
        data_service: [_members(condition) for condition in conditions]
        for data_service, conditions in world.matrix.items()
    }
    return {"base": "empty", **plain}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value.name
    if isinstance(value, Constant):
        return value.seconds
    if isinstance(value, Duration):
        return {type(value).__name__.lower(): _members(value)}
    if isinstance(value, Mapping):
        return {_plain(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value


def _members(value: Any) -> dict[str, Any]:
    """The fields of a dataclass by the keys that documents have for them."""
    return {key_of(entry.name): _plain(getattr(value, entry.name)) for entry in fields(value)}
