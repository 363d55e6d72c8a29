"""Entities of one kind, found by name or uid; if one is not found, the error names the closest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, ValuesView
from copy import copy
from typing import Any, Protocol, Self, TypeVar, overload

from fakes.suggestions import counted, suggest
from fakes.values import shown


class Identified(Protocol):
    """Anything with a uid and a name."""

    @property
    def uid(self) -> str: ...

    @property
    def name(self) -> str: ...


class UnknownEntity(KeyError):
    """No entity of the kind has this name or uid, or several have the name."""

    def __str__(self) -> str:
        return str(self.args[0])


EntityType = TypeVar("EntityType", bound=Identified)
DefaultType = TypeVar("DefaultType")


class Registry(Mapping[str, EntityType]):
    """The entities of one kind, in the order in which they were added.

    Its keys are names. Where several entities have a name, that name finds none of them, and each of them has its uid
    as its key. Indexing and ``in`` take every uid as well as the keys. What was removed is no longer found, but
    `recall` still knows it, because other resources go on referring to it.

    Args:
        kind: What the entities are, for messages.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._present: dict[str, EntityType] = {}
        self._removed: dict[str, EntityType] = {}
        # Most names are unique, and lists cost memory and garbage collection, so a single uid is stored without one.
        self._uids_by_name: dict[str, str | list[str]] = {}

    def __getitem__(self, name_or_uid: str) -> EntityType:
        """Find an entity by its name or uid.

        Raises:
            UnknownEntity: nothing has it, with the nearest names; or several have the name, with their uids.
        """
        entity = self.find(name_or_uid)
        if entity is not None:
            return entity
        raise UnknownEntity(self._miss(name_or_uid))

    def _miss(self, key: object) -> str:
        if not isinstance(key, str):
            return f"{shown(key)} is no name and no uid of a {self.kind}; expected a text"
        uids = self._uids_of(key)
        if uids:
            return f"{len(uids)} {self.kind}s are named {key!r}; choose by uid: {', '.join(uids)}"
        return f"no {self.kind} {key!r}; {suggest(key, self.names())}"

    @overload
    def get(self, name_or_uid: str, /) -> EntityType | None: ...
    @overload
    def get(self, name_or_uid: str, /, default: EntityType | DefaultType) -> EntityType | DefaultType: ...
    def get(self, name_or_uid: str, /, default: Any = None) -> Any:
        """Find an entity by its name or uid; *default* where nothing has it, or several have the name."""
        entity = self.find(name_or_uid)
        return default if entity is None else entity

    def __contains__(self, name_or_uid: object) -> bool:
        return isinstance(name_or_uid, str) and (name_or_uid in self._present or self.find(name_or_uid) is not None)

    def find(self, name_or_uid: object) -> EntityType | None:
        """Find an entity by its uid, or by its name if only one has it; otherwise None, at no extra cost."""
        if not isinstance(name_or_uid, str):
            return None
        entity = self._at(name_or_uid)
        if entity is None:
            uid = self._uids_by_name.get(name_or_uid)
            if isinstance(uid, str):
                return self._at(uid)
        return entity

    def _at(self, uid: str) -> EntityType | None:
        """The entity with a uid, if it is here."""
        return self._present.get(uid)

    def _uids_of(self, name: str) -> Sequence[str]:
        uids = self._uids_by_name.get(name, ())
        return (uids,) if isinstance(uids, str) else uids

    def __iter__(self) -> Iterator[str]:
        return map(self._key_of, self._present)

    def _key_of(self, uid: str) -> str:
        name = self._name_at(uid)
        # A name that equals the uid of another entity would find that one.
        return name if self._uids_by_name[name] == uid and name not in self._present else uid

    def _name_at(self, uid: str) -> str:
        """The name of the entity with a uid."""
        return self._present[uid].name

    def values(self) -> ValuesView[EntityType]:
        """The entities."""
        return self.by_uid.values()

    @property
    def by_uid(self) -> ByUid[EntityType]:
        """The same entities with their uids as keys, found by uid only."""
        return ByUid(self, self._present, self._at)

    def __repr__(self) -> str:
        return f"<{counted(list(self), len(self), self.kind)}>"

    def copy(self) -> Self:
        """A registry of the entities that are here now; later changes do not affect it."""
        duplicate = copy(self)
        names = {name: uids if isinstance(uids, str) else uids.copy() for name, uids in self._uids_by_name.items()}
        vars(duplicate).update(_present=self._present.copy(), _uids_by_name=names)
        return duplicate

    def __len__(self) -> int:
        return len(self._present)

    def add(self, entity: EntityType) -> None:
        """Add *entity*.

        Raises:
            ValueError: its uid is taken.
        """
        self._require_free(entity.uid, entity.name)
        self._present[entity.uid] = entity
        self._add_name(entity.name, entity.uid)

    def _require_free(self, uid: str, name: str) -> None:
        if uid in self._present:
            raise ValueError(f"two {self.kind}s have the uid {uid}: {name!r} and another; give one its own uid")

    def _add_name(self, name: str, uid: str) -> None:
        known = self._uids_by_name.get(name)
        if not known:
            self._uids_by_name[name] = uid
        elif isinstance(known, str):
            self._uids_by_name[name] = [known, uid]
        else:
            known.append(uid)

    def replace(self, entity: EntityType) -> None:
        """Replace the entity that has the uid and name of *entity*.

        Raises:
            UnknownEntity: there is none.
        """
        before = self[entity.uid]
        if before.name != entity.name:
            raise ValueError(f"{self.kind} {before.name!r} can't be renamed to {entity.name!r}")
        self._present[entity.uid] = entity

    def remove(self, name_or_uid: str) -> EntityType:
        """Remove an entity, and return it.

        Raises:
            UnknownEntity: nothing has the name or uid.
        """
        entity = self[name_or_uid]
        del self._present[entity.uid]
        self._removed[entity.uid] = entity
        left = [uid for uid in self._uids_of(entity.name) if uid != entity.uid]
        self._uids_by_name[entity.name] = left[0] if len(left) == 1 else left
        return entity

    @property
    def removed(self) -> Sequence[EntityType]:
        """The entities that were removed, in that order."""
        return tuple(self._removed.values())

    @property
    def names_ever(self) -> Sequence[str]:
        """The names that entities have or had, in the order in which they were added."""
        return tuple(self._uids_by_name)

    def begin_again(self, removed: Sequence[EntityType], names_ever: Sequence[str]) -> None:
        """Forget all entities, and start with *removed* ones, and with the names that those and later entities have."""
        self._present = {}
        self._removed = {entity.uid: entity for entity in removed}
        self._uids_by_name = {name: [] for name in names_ever}

    def named(self, name: str) -> list[EntityType]:
        """All entities of that name."""
        return [self[uid] for uid in self._uids_of(name)] if name in self._uids_by_name else []

    def names(self) -> list[str]:
        """The names of the entities, in the order in which they were added."""
        return [name for name, uids in self._uids_by_name.items() if uids]

    def recall(self, uid: str) -> EntityType:
        """Find by uid an entity that is or was here.

        Raises:
            UnknownEntity: there never was one.
        """
        entity = self._at(uid) or self._removed.get(uid)
        return entity if entity is not None else self[uid]

    def recall_all(self) -> list[EntityType]:
        """All entities that are here, then those that were removed."""
        return [*self.values(), *(entity for uid, entity in self._removed.items() if uid not in self._present)]


class ByUid(Mapping[str, EntityType]):
    """The entities of a registry by their uids.

    Args:
        registry: Whose entities.
        present: What it stores, by uid.
        find: Finds one of them.
    """

    def __init__(
        self, registry: Registry[EntityType], present: Mapping[str, object], find: Callable[[str], EntityType | None]
    ) -> None:
        self._registry = registry
        self._present = present
        self._find = find

    def __getitem__(self, uid: str) -> EntityType:
        """Find an entity by its uid.

        Raises:
            UnknownEntity: nothing has it; if it is a name, the error gives the uids of the entities with that name.
        """
        entity = self._find(uid) if uid in self else None
        if entity is None:
            raise UnknownEntity(self._miss(uid))
        return entity

    def _miss(self, key: object) -> str:
        kind = self._registry.kind
        if not isinstance(key, str):
            return f"{shown(key)} is no uid of a {kind}; expected a text"
        named = [found.uid for found in self._registry.named(key)]
        hint = f"that is a name, of {', '.join(named)}" if named else suggest(key, list(self))
        return f"no {kind} has the uid {key!r}; {hint}"

    def __contains__(self, uid: object) -> bool:
        return isinstance(uid, str) and uid in self._present

    def __iter__(self) -> Iterator[str]:
        return iter(self._present)

    def __len__(self) -> int:
        return len(self._present)

    def __repr__(self) -> str:
        return f"<{counted(list(self), len(self), self._registry.kind)}>"

    def copy(self) -> ByUid[EntityType]:
        """The entities that are here now; later changes do not affect it."""
        return self._registry.copy().by_uid
