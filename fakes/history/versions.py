"""The versions of entities, so that the past can be queried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fakes.world.entities import Entity

DELETED = frozenset({"backup deleted", "deployment deleted"})
"""Changes after which an entity is no longer there."""
DISCONNECTED = "cluster disconnected"
DECLARED = ""
"""The change that stands for an entity that was there from the start."""


class Version(NamedTuple):
    """An entity, from one of its changes on.

    Args:
        at_microseconds: When it changed.
        change: How, as the timeline has it.
        entity: What it has been since.
    """

    at_microseconds: int
    change: str
    entity: Entity


class EntityVersions:
    """The versions of the entities of one world, in the order in which the entities came.

    Deployments made by restores have versions only once they change; until then, their restores know their past.

    Args:
        entities: The entities at the start.
        start_microseconds: When they came into being.
    """

    def __init__(self, entities: Iterable[Entity], start_microseconds: int) -> None:
        self.start_microseconds = start_microseconds
        self._versions = {entity.uid: [Version(start_microseconds, DECLARED, entity)] for entity in entities}

    def append(self, version: Version) -> None:
        """Add a version of an entity."""
        self._versions.setdefault(version.entity.uid, []).append(version)

    def all(self) -> Sequence[Sequence[Version]]:
        """The versions of each entity."""
        return tuple(self._versions.values())

    def begin_again(self, versions: Iterable[Sequence[Version]]) -> None:
        """Replace all versions by these."""
        self._versions = {each[0].entity.uid: list(each) for each in versions}

    def of(self, uid: str, at_microseconds: int) -> Sequence[Version]:
        """The versions that an entity had until a time, the oldest first; those of the start have always been there."""
        until_microseconds = max(at_microseconds, self.start_microseconds)
        return [version for version in self._versions.get(uid, ()) if version.at_microseconds <= until_microseconds]

    def uids_of(self, kind: str) -> Sequence[str]:
        """The uids of all entities of a kind that have versions."""
        return [uid for uid, versions in self._versions.items() if versions[0].entity.kind == kind]
