"""Registries that keep finished restores, and the deployments that they made, as rows: plain tuples.

CPython's garbage collector visits every instance of a class again and again, but not tuples of strings and numbers. A
million finished restores as objects cost seconds of pauses and gigabytes; as rows they cost neither.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Mapping
from copy import copy, deepcopy
from dataclasses import replace
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar
from weakref import ref

from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import VERSIONS_EACH, Restore, RestoreSpec, RestoreTarget, microseconds_of
from fakes.world.entities import Deployment
from fakes.world.registry import EntityType, Registry

RECENT_MAX = 1_024
"""Restores made from rows that are kept for a while, because readers of a timeline need the same ones repeatedly."""

HELD_MIN = 512
"""Objects that are remembered before those that are gone are first swept out."""

Row = tuple[Any, ...]
"""A plain tuple of strings, bytes, numbers and tuples of strings; the collector ignores nothing else."""

_NAME, _PROJECT, _BACKUP, _TARGET, _HISTORY, _DEPLOYMENT = 2, 4, 5, 6, 7, 8
"""Columns of the row of a restore."""

ValueType = TypeVar("ValueType")


class References(NamedTuple):
    """The uids by which restores are selected."""

    tenant: str
    project: str
    backup: str
    source_deployment: str
    deployment: str


class _Numbered(Generic[ValueType]):
    """Values that rows refer to by number; each is kept once, and for good."""

    def __init__(self) -> None:
        self._values: list[ValueType] = []
        self._numbers: dict[int, int] = {}

    def number(self, value: ValueType) -> int:
        """The number of *value*, by its identity."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._values)
            self._values.append(value)
        return number

    def __getitem__(self, number: int) -> ValueType:
        return self._values[number]

    def __getstate__(self) -> tuple[list[ValueType]]:
        """The values alone; a copy numbers its own objects."""
        return (self._values,)

    def __setstate__(self, state: tuple[list[ValueType]]) -> None:
        (self._values,) = state
        self._numbers = {id(value): number for number, value in enumerate(self._values)}


class CompactRegistry(Registry[EntityType], ABC):
    """A registry that has rows among its entities."""

    name_column: ClassVar[int]
    """The column of the name in a row."""

    @abstractmethod
    def _made(self, uid: str, row: Row) -> EntityType:
        """Make the entity that a row describes."""

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

    While anybody holds a restore, looking it up returns the same object.
    """

    name_column = _NAME

    def __init__(self) -> None:
        super().__init__("restore")
        self._targets: _Numbered[RestoreTarget] = _Numbered()
        self._held: dict[str, ref[Restore]] = {}
        self._held_max = HELD_MIN
        self._recent: deque[Restore] = deque(maxlen=RECENT_MAX)
        self._uids: list[str] = []
        """The uid of each restore, in the order of their creation: the one with the ordinal 1 first."""
        self.phases = bytearray()
        """The current phase of each restore, in the same order."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copy the restores, but not the record of which objects others hold."""
        memo[id(self)] = duplicate = copy(self)
        forgotten: dict[str, Any] = {"_held": {}, "_recent": deque(maxlen=RECENT_MAX)}
        vars(duplicate).update(deepcopy(vars(self) | forgotten, memo))
        return duplicate

    def add(self, entity: Restore) -> None:
        uid = entity.uid
        self._present[uid] = entity
        if self._uids_by_name.setdefault(entity.spec.name, uid) is not uid:
            self._add_name(entity.spec.name, uid)
        self._uids.append(uid)
        self.phases.append(Phase.INITIALIZING)

    def settle(self, restore: Restore) -> None:
        """Keep *restore*, which is over, as a row."""
        self._hold(restore)  # first, so that a reader in another thread finds the same object
        self._keep_row(restore.uid, _pack(restore, self._targets.number(restore.target)))

    def numbered(self, ordinal: int) -> Restore:
        """The restore with that place in the order of creation, counted from 1."""
        restore = self._at(self._uids[ordinal - 1])
        assert restore is not None
        return restore

    def name_of(self, ordinal: int) -> str:
        """The name of a restore; cheaper than asking the restore."""
        return self._name_at(self._uids[ordinal - 1])

    def history_of(self, ordinal: int) -> list[int]:
        """The history of a restore (`Restore.history`); cheaper than asking the restore."""
        stored: Any = self._present[self._uids[ordinal - 1]]
        history: list[int] = _history_of(stored) if type(stored) is tuple else stored.history
        return history

    def version_of(self, ordinal: int) -> int:
        """The version of a restore (`Restore.version`); cheaper than asking the restore."""
        return ordinal * VERSIONS_EACH + self.phases[ordinal - 1]

    def references_of(self, ordinal: int) -> References:
        """What lists are filtered by; cheaper than asking the restore."""
        stored: Any = self._present[self._uids[ordinal - 1]]
        if type(stored) is tuple:
            target = self._targets[stored[_TARGET]]
            project, backup, deployment = stored[_PROJECT], stored[_BACKUP], stored[_DEPLOYMENT]
        else:
            restore: Restore = stored
            target = restore.target
            project, backup, deployment = restore.spec.project, restore.spec.backup, restore.deployment
        return References(target.tenant, project, backup, target.source_deployment, deployment)

    def created_until(self, microseconds: int) -> int:
        """How many restores had been created at a time; they are those with the lowest ordinals."""
        ordinals = range(1, len(self._uids) + 1)
        return bisect_right(ordinals, microseconds, key=lambda ordinal: microseconds_of(self.history_of(ordinal)[0]))

    def _made(self, uid: str, row: Row) -> Restore:
        held = self._held.get(uid)
        restore = None if held is None else held()
        if restore is None:
            restore = _unpack(row, self._targets[row[_TARGET]])
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
        """Add the deployment that *restore* makes: like *source*, but with its own name and place.

        Raises:
            ValueError: its uid is taken.
        """
        spec = restore.spec
        uid = restore.deployment
        self._require_free(uid, spec.name)
        self._keep_row(uid, (spec.name, spec.namespace, spec.project, self._sources.number(source)))
        self._add_name(spec.name, uid)

    def source_of(self, uid: str) -> Deployment | None:
        """The source of a deployment that a restore has made; None if none has, or if it has changed since."""
        stored: Any = self._present[uid]
        return self._sources[stored[-1]] if type(stored) is tuple else None

    def _made(self, uid: str, row: Row) -> Deployment:
        name, namespace, project, number = row
        return replace(self._sources[number], name=name, uid=uid, namespace=namespace, project=project)


def _pack(restore: Restore, target_number: int) -> Row:
    """Write a restore that will not change any more as a row."""
    spec, history = restore.spec, restore.history
    return (
        restore.ordinal,
        restore.uid,
        spec.name,
        spec.namespace,
        spec.project,
        spec.backup,
        target_number,
        array("q", history).tobytes(),
        restore.deployment,
        spec.description,
        _flat(spec.labels),
        _flat(spec.annotations),
        spec.unknown_fields,
        restore.error_code,
        restore.error_message,
    )


def _unpack(row: Row, target: RestoreTarget) -> Restore:
    """Make the restore that `_pack` wrote."""
    ordinal, uid, name, namespace, project, backup, _, _, deployment, *texts, code, message = row
    description, labels, annotations, unknown_fields = texts
    spec = RestoreSpec(
        name=name,
        namespace=namespace,
        project=project,
        backup=backup,
        description=description,
        labels=_paired(labels),
        annotations=_paired(annotations),
        unknown_fields=unknown_fields,
    )
    return Restore(ordinal, uid, spec, target, deployment, _history_of(row), code, message)


def _history_of(row: Row) -> list[int]:
    """The history in the row of a restore."""
    return array("q", row[_HISTORY]).tolist()


def _flat(texts: Mapping[str, str]) -> Row:
    return tuple([text for pair in texts.items() for text in pair]) if texts else ()


def _paired(texts: Row) -> dict[str, str]:
    return dict(zip(texts[::2], texts[1::2], strict=True))
