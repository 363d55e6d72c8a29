"""The entities of a world as services show them: as they are, or as they were at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fakes.environment import to_microseconds
from fakes.history.versions import DECLARED, DELETED, Version
from fakes.lifecycle.restores import Restore
from fakes.world.entities import COLLECTIONS, Deployment
from fakes.world.live_world import LiveWorld


@dataclass(frozen=True, slots=True)
class Observed:
    """An entity at a time.

    Args:
        entity: The entity as it was then.
        created_at_microseconds: When it was created.
        updated_at_microseconds: When it had last changed.
        revision: 1 at first, one more with each change.
        change: Its last change; empty if there was none.
        restore: For a deployment, the restore that makes or has made it, as it was then.
    """

    entity: Any
    created_at_microseconds: int
    updated_at_microseconds: int
    revision: int
    change: str = ""
    restore: Restore | None = None


class Observation:
    """A look at a world.

    Args:
        world: The world.
        age_seconds: How long ago; 0 means now.
    """

    def __init__(self, world: LiveWorld, age_seconds: float = 0.0) -> None:
        self.world = world
        self.at_microseconds = world.environment.now_microseconds - to_microseconds(age_seconds)
        self._is_present = not age_seconds

    def find(self, collection: str, uid: str) -> Observed | None:
        """Find an entity by its uid; None when it did not exist."""
        if collection == "deployments":
            restore = self.world.deployment_history.restore_of(uid)
            if restore is not None:
                return self._restored(restore)
        versions = self.world.versions.of(uid, self.at_microseconds)
        kind = COLLECTIONS[collection]
        if not versions or versions[-1].change in DELETED or not isinstance(versions[-1].entity, kind):
            return None
        return _observed(versions)

    def all(self, collection: str) -> Iterator[Observed]:
        """All entities of a collection that existed, in the order in which they were added."""
        kind = COLLECTIONS[collection].kind
        for uid in self.world.versions.uids_of(kind):
            if kind != Deployment.kind or self.world.deployment_history.restore_of(uid) is None:
                found = self.find(collection, uid)
                if found is not None:
                    yield found
        if kind == Deployment.kind:
            for restore in self.world.restores.values():
                found = self._restored(restore)
                if found is not None:
                    yield found

    def restores(self) -> Iterator[Restore]:
        """All restores that existed, in the order of their creation."""
        for restore in self.world.restores.values():
            then = restore if self._is_present else restore.as_of(self.at_microseconds)
            if then is not None:
                yield then

    def _restored(self, restore: Restore) -> Observed | None:
        """The deployment that a restore makes: it exists from the creation of the restore on."""
        then = restore if self._is_present else restore.as_of(self.at_microseconds)
        if then is None:
            return None
        versions = self.world.versions.of(restore.deployment, self.at_microseconds)
        if versions and versions[-1].change in DELETED:
            return None
        status = then.status
        return Observed(
            self.world.deployment_history.destination_of(then, self.at_microseconds),
            then.created_at_microseconds,
            max(status.updated_at_microseconds, versions[-1].at_microseconds if versions else 0),
            status.revision + sum(version.change != DECLARED for version in versions),
            restore=then,
        )


def _observed(versions: Sequence[Version]) -> Observed:
    first, last = versions[0], versions[-1]
    return Observed(last.entity, first.at_microseconds, last.at_microseconds, len(versions), last.change)
