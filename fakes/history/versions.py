"""What entities were before they changed: each has its versions, so that the past can be asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fakes.world.entities import Entity

DELETED = frozenset({"backup deleted", "deployment deleted"})
"""Changes after which an entity is no longer there."""
DISCONNECTED = "cluster disconnected"
DECLARED = ""
"""How an entity came about that was there from the start."""


class Version(NamedTuple):
    """An entity from a change on.

    Args:
        at_microseconds: When it changed.
        change: How, as the timeline has it.
        entity: What it is since.
    """

    at_microseconds: int
    change: str
    entity: Entity


class EntityVersions:
    """The versions of the entities of one world, in the order in which the entities came.

    Deployments that restores have made have versions only once they change; before, their restores know all of them.

    Args:
        entities: What there is at first.
        start_microseconds: Since when.
    """

    def __init__(self, entities: Iterable[Entity], start_microseconds: int) -> None:
        self._start_microseconds = start_microseconds
        self._versions = {entity.uid: [Version(start_microseconds, DECLARED, entity)] for entity in entities}

    def append(self, version: Version) -> None:
        """Add how an entity has changed."""
        self._versions.setdefault(version.entity.uid, []).append(version)

    def of(self, uid: str, at_microseconds: int) -> Sequence[Version]:
        """The versions that an entity had until a time, the oldest first. What there is at first was there before."""
        until_microseconds = max(at_microseconds, self._start_microseconds)
        return [version for version in self._versions.get(uid, ()) if version.at_microseconds <= until_microseconds]

    def uids_of(self, kind: str) -> Sequence[str]:
        """The uids of all entities of a kind that have versions."""
        return [uid for uid, versions in self._versions.items() if versions[0].entity.kind == kind]
