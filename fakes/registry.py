"""Entities of one kind, found by name or by uid; a miss says what came close."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, TypeVar

from fakes.suggestions import suggest


class Identified(Protocol):
    """Anything that has a uid and a name."""

    @property
    def uid(self) -> str: ...

    @property
    def name(self) -> str: ...


class UnknownEntity(KeyError):
    """No entity of the kind has the name or uid, or more than one has the name."""

    def __str__(self) -> str:
        return str(self.args[0])


EntityType = TypeVar("EntityType", bound=Identified)


class Registry(Mapping[str, EntityType]):
    """The entities of one kind, in the order in which they came.

    Indexing takes a name or a uid; iterating gives uids. What was removed is no longer found, but `recall` still knows
    it, because other resources go on referring to it.

    Args:
        kind: What the entities are, for messages.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._present: dict[str, EntityType] = {}
        self._removed: dict[str, EntityType] = {}
        self._uids_by_name: dict[str, list[str]] = {}

    def __getitem__(self, name_or_uid: str) -> EntityType:
        """Find an entity by its name or uid.

        Raises:
            UnknownEntity: nothing has it, with the nearest names; or several have the name, with their uids.
        """
        entity = self._present.get(name_or_uid)
        if entity is not None:
            return entity
        uids = self._uids_by_name.get(name_or_uid, ())
        if len(uids) == 1:
            return self._present[uids[0]]
        if uids:
            raise UnknownEntity(f"{len(uids)} {self.kind}s are named {name_or_uid!r}; choose by uid: {', '.join(uids)}")
        raise UnknownEntity(f"no {self.kind} {name_or_uid!r}; {suggest(name_or_uid, self.names())}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._present)

    def __len__(self) -> int:
        return len(self._present)

    def add(self, entity: EntityType) -> None:
        """Take *entity* in.

        Raises:
            ValueError: its uid is taken.
        """
        if entity.uid in self._present:
            raise ValueError(
                f"two {self.kind}s have the uid {entity.uid}: {entity.name!r} and another; give one its own uid"
            )
        self._present[entity.uid] = entity
        self._uids_by_name.setdefault(entity.name, []).append(entity.uid)

    def replace(self, entity: EntityType) -> None:
        """Put *entity* in the place of the one with its uid and name.

        Raises:
            UnknownEntity: there is none.
        """
        before = self[entity.uid]
        if before.name != entity.name:
            raise ValueError(f"{self.kind} {before.name!r} can't be renamed to {entity.name!r}")
        self._present[entity.uid] = entity

    def remove(self, name_or_uid: str) -> EntityType:
        """Take an entity out, and return it.

        Raises:
            UnknownEntity: nothing has the name or uid.
        """
        entity = self[name_or_uid]
        del self._present[entity.uid]
        self._removed[entity.uid] = entity
        self._uids_by_name[entity.name].remove(entity.uid)
        return entity

    def named(self, name: str) -> list[EntityType]:
        """All entities of that name."""
        return [self._present[uid] for uid in self._uids_by_name.get(name, ())]

    def names(self) -> list[str]:
        """The names that entities have, in the order in which they came."""
        return [name for name, uids in self._uids_by_name.items() if uids]

    def recall(self, uid: str) -> EntityType:
        """Find by uid an entity that is here or that was.

        Raises:
            UnknownEntity: there never was one.
        """
        entity = self._present.get(uid) or self._removed.get(uid)
        return entity if entity is not None else self[uid]

    def recall_all(self) -> list[EntityType]:
        """All entities that are here, then those that were."""
        return list({**self._present, **self._removed, **self._present}.values())
