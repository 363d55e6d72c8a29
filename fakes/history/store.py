"""How history is packed: events as numbers, what is over as rows, and what both say; nobody else knows how.

CPython's garbage collector visits every instance of a class again and again, but not tuples of strings and numbers. A
million finished restores as objects cost seconds of pauses and gigabytes; as rows they cost neither.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from copy import copy, deepcopy
from dataclasses import dataclass, fields, replace
from functools import partial
from operator import attrgetter
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar
from weakref import ref

from fakes.history.events import DEPLOYMENT_CREATED, Event, FaultFired, RemoteCall, Transition, WorldChange
from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import VERSIONS_EACH, Restore, RestoreSpec, RestoreTarget, microseconds_of
from fakes.world.entities import Deployment
from fakes.world.registry import EntityType, Registry

RECENT_MAX = 1_024
"""Restores made from rows that are kept for a while: who reads a timeline asks for each of them again and again."""

HELD_MIN = 512
"""Objects that are remembered before it is looked which of them are gone."""

Row = tuple[Any, ...]
"""A plain tuple of strings, bytes, numbers and tuples of strings; the collector ignores only exactly that."""

_NAME, _PROJECT, _BACKUP, _TARGET, _HISTORY, _DEPLOYMENT = 2, 4, 5, 6, 7, 8
"""Columns of the row of a restore."""

_PACKED_EVENTS = (WorldChange, FaultFired, RemoteCall)
"""Events whose fields are plain values: they are kept as rows."""
_CLASSES: Mapping[str, Callable[..., Event]] = {event.kind: event for event in _PACKED_EVENTS}
_PACK: Mapping[type, Callable[[Any], Any]] = {
    event: attrgetter("kind", *(field.name for field in fields(event))) for event in _PACKED_EVENTS
}

ValueType = TypeVar("ValueType")


class References(NamedTuple):
    """The uids by which restores are selected."""

    tenant: str
    project: str
    backup: str
    source_deployment: str
    deployment: str


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
        """The present phase of each restore, likewise."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copy the restores, but not which objects others hold."""
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
        """The restore with that place in the order of creation, from 1."""
        restore = self._at(self._uids[ordinal - 1])
        assert restore is not None
        return restore

    def name_of(self, ordinal: int) -> str:
        """Its name; cheaper than asking the restore."""
        return self._name_at(self._uids[ordinal - 1])

    def history_of(self, ordinal: int) -> list[int]:
        """Its history (`Restore.history`); cheaper than asking the restore."""
        stored: Any = self._present[self._uids[ordinal - 1]]
        history: list[int] = _history_of(stored) if type(stored) is tuple else stored.history
        return history

    def version_of(self, ordinal: int) -> int:
        """Its version (`Restore.version`); cheaper than asking the restore."""
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
        """Take in what *restore* makes: a deployment like *source*, with its own name and place.

        Raises:
            ValueError: its uid is taken.
        """
        spec = restore.spec
        uid = restore.deployment
        self._require_free(uid, spec.name)
        self._keep_row(uid, (spec.name, spec.namespace, spec.project, self._sources.number(source)))
        self._add_name(spec.name, uid)

    def _made(self, uid: str, row: Row) -> Deployment:
        name, namespace, project, number = row
        return replace(self._sources[number], name=name, uid=uid, namespace=namespace, project=project)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The events that are kept. It only grows; where events are forgotten, another takes its place.

    Args:
        numbers: Versions of restores; or below zero, places among the others: -1 is the first there ever was.
        others: The others.
        forgotten_count: How many events there were before these.
        forgotten_others_count: How many of them were others.
    """

    numbers: array[int]
    others: list[Event | Row]
    forgotten_count: int = 0
    forgotten_others_count: int = 0

    def other(self, number: int) -> Event:
        other = self.others[-1 - number - self.forgotten_others_count]
        return _CLASSES[other[0]](*other[1:]) if isinstance(other, tuple) else other

    def without(self, count: int) -> _Kept:
        """The same without the first *count* events."""
        others_count = sum(number < 0 for number in self.numbers[:count])
        return _Kept(
            self.numbers[count:],
            self.others[others_count:],
            self.forgotten_count + count,
            self.forgotten_others_count + others_count,
        )


class History:
    """What has happened in one world: all of it, or as much as is kept.

    Most events are about what restores know of themselves, so a number is all that is kept of them: the version of the
    restore (`Restore.version`), with no phase for the deployment that it has made. Others are rows. Both become events
    when they are read.
    """

    def __init__(self) -> None:
        self.restores = RestoreRegistry()
        self._keep(_Kept(array("q"), []))

    def _keep(self, kept: _Kept) -> None:
        self._kept = kept
        self._numbers, self._others = kept.numbers, kept.others

    @property
    def event_count(self) -> int:
        """How many events there have been."""
        return self._kept.forgotten_count + len(self._numbers)

    @property
    def forgotten_count(self) -> int:
        """How many of them, the first, are not kept any more."""
        return self._kept.forgotten_count

    def forget_events(self, count: int) -> None:
        """Keep *count* events less than now; the oldest go. Restores stay, and know what has become of them."""
        self._keep(self._kept.without(count))

    @property
    def restore_count(self) -> int:
        """How many restores there have been."""
        return len(self.restores.phases)

    def begin(self, restore: Restore) -> None:
        """Record that a restore was created."""
        self.restores.add(restore)
        self._numbers.append(restore.ordinal * VERSIONS_EACH + Phase.INITIALIZING)

    def enter(self, restore: Restore, phase: Phase, microseconds: int) -> None:
        """Record that a restore comes to a phase."""
        restore.history.append(microseconds * VERSIONS_EACH + phase)  # as `moment` does, at every transition
        ordinal = restore.ordinal
        self.restores.phases[ordinal - 1] = phase
        self._numbers.append(ordinal * VERSIONS_EACH + phase)

    def record_deployment(self, restore: Restore) -> None:
        """Record that a restore has made its deployment."""
        self._numbers.append(restore.ordinal * VERSIONS_EACH)

    def record(self, event: Event) -> None:
        """Record any other event."""
        pack = _PACK.get(type(event))
        self._others.append(event if pack is None else pack(event))
        self._numbers.append(-len(self._others) - self._kept.forgotten_others_count)

    def event(self, index: int) -> Event:
        """The event at a place among those that are kept, from 0."""
        kept = self._kept
        return self._event(kept, kept.numbers[index])

    def events(self, places: slice) -> Iterator[Event]:
        """The events at some places among those that are kept."""
        kept = self._kept
        return map(partial(self._event, kept), kept.numbers[places])

    def events_after(self, number: int, limit: int | None) -> Iterator[tuple[int, Event]]:
        """The events after that with a number, counted from 1: of those that are kept, at most *limit*, numbered."""
        kept = self._kept
        start = max(0, number - kept.forgotten_count)
        numbers = kept.numbers[start : None if limit is None else start + limit]
        return enumerate(map(partial(self._event, kept), numbers), kept.forgotten_count + start + 1)

    def changed_since(self, event_count: int) -> Iterator[tuple[int, Phase]]:
        """The ordinals of restores that changed after so many events, each with the phase that it came to.

        Args:
            event_count: At least as many as are forgotten.
        """
        for number in self._numbers[event_count - self.forgotten_count :]:
            if number > 0 and number % VERSIONS_EACH:
                yield number // VERSIONS_EACH, Phase(number % VERSIONS_EACH)

    def changed_after(self, microseconds: int) -> set[int]:
        """The ordinals of restores that changed after the end of a microsecond."""
        places = range(len(self._numbers))
        place = bisect_right(places, microseconds, key=lambda place: self.event(place).at_microseconds)
        if place == 0 and self.forgotten_count:  # there may be more who changed, but nothing tells of it
            everybody = range(1, len(self.restores) + 1)
            return {
                ordinal
                for ordinal in everybody
                if microseconds_of(self.restores.history_of(ordinal)[-1]) > microseconds
            }
        return {ordinal for ordinal, _ in self.changed_since(self.forgotten_count + place)}

    def _event(self, kept: _Kept, number: int) -> Event:
        if number < 0:
            return kept.other(number)
        ordinal, phase = divmod(number, VERSIONS_EACH)
        restore = self.restores.numbered(ordinal)
        if not phase:
            return WorldChange(
                microseconds_of(restore.history[-1]), DEPLOYMENT_CREATED, restore.deployment, restore.name
            )
        before: Phase | None = None
        for status in restore.statuses:
            if status.phase == phase:
                return Transition(status.updated_at_microseconds, restore, before, status)
            before = status.phase
        raise AssertionError(f"{restore.name} was never in phase {phase}")


def _pack(restore: Restore, target_number: int) -> Row:
    """Write down a restore that will not change any more."""
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
    """Make the restore that `_pack` wrote down."""
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
    """The history of a restore that was written down."""
    return array("q", row[_HISTORY]).tolist()


def _flat(texts: Mapping[str, str]) -> Row:
    return tuple([text for pair in texts.items() for text in pair]) if texts else ()


def _paired(texts: Row) -> dict[str, str]:
    return dict(zip(texts[::2], texts[1::2], strict=True))
