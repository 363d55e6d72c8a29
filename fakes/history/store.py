"""Registries for what comes by the million: what is over is kept as a row and made an object when asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar
from weakref import ref

from fakes.history.rows import BACKUP, DEPLOYMENT, NAME, PROJECT, SETTING, Row, history_of, pack, unpack
from fakes.lifecycle.restores import Restore, RestoreTarget
from fakes.world.entities import Deployment
from fakes.world.registry import EntityType, Registry

RECENT_MAX = 1_024
"""Restores made from rows that are kept for a while: who reads a timeline asks for each of them again and again."""


HELD_MIN = 4_096
"""Objects that are remembered before it is looked who of them is gone."""


class References(NamedTuple):
    """The uids by which restores are selected."""

    tenant: str
    project: str
    backup: str
    source_deployment: str
    deployment: str


ValueType = TypeVar("ValueType")


class _Numbered(Generic[ValueType]):
    """Values that rows refer to by number, each kept once and for good."""

    def __init__(self) -> None:
        self._values: list[ValueType] = []
        self._numbers: dict[int, int] = {}

    def number(self, value: ValueType) -> int:
        """The number of the very *value*."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._values)
            self._values.append(value)
        return number

    def __getitem__(self, number: int) -> ValueType:
        return self._values[number]

    def __getstate__(self) -> tuple[list[ValueType]]:
        """What a copy is made of: the values, which are other objects there."""
        return (self._values,)

    def __setstate__(self, state: tuple[list[ValueType]]) -> None:
        (self._values,) = state
        self._numbers = {id(value): number for number, value in enumerate(self._values)}


class CompactRegistry(Registry[EntityType], ABC):
    """A registry that has rows among its entities."""

    name_column: ClassVar[int]
    """Where rows have the name."""

    @abstractmethod
    def _made(self, uid: str, row: Row) -> EntityType:
        """Make the entity that a row tells of."""

    def _at(self, uid: str) -> EntityType | None:
        stored: Any = self._present.get(uid)
        return self._made(uid, stored) if type(stored) is tuple else stored

    def _name_at(self, uid: str) -> str:
        stored: Any = self._present[uid]
        name: str = stored[self.name_column] if type(stored) is tuple else stored.name
        return name

    def _keep_row(self, uid: str, row: Row) -> None:
        self._present[uid] = row  # type: ignore[assignment]  # nobody else looks at it


class RestoreRegistry(CompactRegistry[Restore]):
    """The restores of a world; the live ones as objects, the others as rows.

    While anybody holds a restore, asking for it gives the very same object.
    """

    name_column = NAME

    def __init__(self) -> None:
        super().__init__("restore")
        self._settings: _Numbered[RestoreTarget] = _Numbered()
        self._held: dict[str, ref[Restore]] = {}
        self._held_max = HELD_MIN
        self._recent: deque[Restore] = deque(maxlen=RECENT_MAX)
        self.uids: list[str] = []
        """The uid of each restore, in the order of their creation: the one with the ordinal 1 first."""
        self.versions = array("q")
        """The present version of each restore, likewise (`Restore.version`)."""

    def __getstate__(self) -> dict[str, Any]:
        """What a copy is made of: all restores, but not which objects others hold."""
        return vars(self) | {"_held": {}, "_recent": deque(maxlen=RECENT_MAX)}

    def add(self, entity: Restore) -> None:
        super().add(entity)
        self.uids.append(entity.uid)
        self.versions.append(entity.version)

    def settle(self, restore: Restore) -> None:
        """Keep *restore*, which is over, as a row."""
        self._hold(restore)  # first, so that a reader in another thread finds the same object
        self._keep_row(restore.uid, pack(restore, self._settings.number(restore.target)))

    def numbered(self, ordinal: int) -> Restore:
        """The restore with that place in the order of creation, from 1."""
        restore = self._at(self.uids[ordinal - 1])
        assert restore is not None
        return restore

    def name_of(self, ordinal: int) -> str:
        """Its name; cheaper than asking the restore."""
        return self._name_at(self.uids[ordinal - 1])

    def history_of(self, ordinal: int) -> Sequence[int]:
        """Its history (`Restore.history`); cheaper than asking the restore."""
        stored: object = self._present[self.uids[ordinal - 1]]
        return history_of(stored) if isinstance(stored, tuple) else stored.history  # type: ignore[attr-defined]

    def references_of(self, ordinal: int) -> References:
        """What lists are filtered by; cheaper than asking the restore."""
        stored: object = self._present[self.uids[ordinal - 1]]
        if isinstance(stored, tuple):
            target = self._settings[stored[SETTING]]
            project, backup, deployment = stored[PROJECT], stored[BACKUP], stored[DEPLOYMENT]
        else:
            restore: Restore = stored  # type: ignore[assignment]
            target = restore.target
            project, backup, deployment = restore.spec.project, restore.spec.backup, restore.deployment
        return References(target.tenant, project, backup, target.source_deployment, deployment)

    def _made(self, uid: str, row: Row) -> Restore:
        held = self._held.get(uid)
        restore = None if held is None else held()
        if restore is None:
            restore = unpack(row, self._settings[row[SETTING]])
            self._hold(restore)
            self._recent.append(restore)
        return restore

    def _hold(self, restore: Restore) -> None:
        """Remember an object for as long as anybody else does.

        A `weakref.WeakValueDictionary` would do the same, but costs as much for each restore as two of its phases.
        """
        self._held[restore.uid] = ref(restore)
        if len(self._held) > self._held_max:
            for uid, held in tuple(self._held.items()):
                if held() is None:
                    self._held.pop(uid, None)
            self._held_max = max(HELD_MIN, 2 * len(self._held))


class DeploymentRegistry(CompactRegistry[Deployment]):
    """The deployments of a world; those that restores have made as rows."""

    name_column = 0

    def __init__(self) -> None:
        super().__init__(Deployment.kind)
        self._sources: _Numbered[Deployment] = _Numbered()

    def add_restored(self, restore: Restore, source: Deployment) -> None:
        """Take in what *restore* makes: a deployment like *source*, with its own name and place.

        Raises:
            ValueError: its uid is taken.
        """
        spec = restore.spec
        self._require_free(restore.deployment, spec.name)
        self._keep_row(restore.deployment, (spec.name, spec.namespace, spec.project, self._sources.number(source)))
        self._add_name(spec.name, restore.deployment)

    def _made(self, uid: str, row: Row) -> Deployment:
        name, namespace, project, number = row
        return replace(self._sources[number], name=name, uid=uid, namespace=namespace, project=project)
