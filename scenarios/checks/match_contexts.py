"""What rules may meet in a scenario: the calls that its steps make, and the restores that come of them.

Everything here is more than there will be, never less: where a text is not known before a run, it may be any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from fakes import Phase, World
from fakes.faults.where import Where
from fakes.inventory import Inventory
from scenarios.checks.walk import Place, Reading
from scenarios.format.expectations import ExpectStep
from scenarios.format.steps import CallStep, CreateStep, GetStep, ListStep, RecreateStep
from scenarios.loading.references import METHOD_OF_VERB, VARIABLE
from simulator.documents.problems import KeyPath

ANY = "${anything}"
"""A text that is not known before a run."""

Values = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Meeting:
    """Something that a rule may meet.

    Args:
        values: For each key what may be found under it.
        labels: For each label what it may be.
        place: The step that lets it happen.
        times: How often it may happen.
    """

    values: Mapping[str, Sequence[str]]
    labels: Mapping[str, Sequence[str]]
    place: Place
    times: int


@dataclass
class Meetings:
    """All that rules may meet.

    Args:
        reading: The scenario.
    """

    reading: Reading
    calls: list[Meeting] = field(default_factory=list)
    restores: list[Meeting] = field(default_factory=list)

    def __post_init__(self) -> None:
        everywhere = self.reading.places
        reader = _Reader(self.reading.scenario.world)
        self.restores = [
            Meeting(reader.of_create(step), _labels(step), place, place.times)
            for place in everywhere
            if isinstance(step := place.arguments, CreateStep)
        ]
        seen, labels = _union(meeting.values for meeting in self.restores), _union(m.labels for m in self.restores)
        for place in everywhere:
            step = place.arguments
            if isinstance(step, RecreateStep):
                values = seen | reader.of_places(step) | {"restore": (step.name, f"rst:{ANY}")}
                self.restores.append(Meeting(values, labels, place, place.times))
        seen = _union(meeting.values for meeting in self.restores)
        for place in everywhere:
            self.calls += self._calls(place, reader, seen, labels)

    def _calls(self, place: Place, reader: _Reader, seen: Values, labels: Values) -> Iterator[Meeting]:
        step = place.arguments
        if isinstance(step, CallStep):
            method, caller = METHOD_OF_VERB[place.step.verb], _caller(step)
        elif isinstance(step, ExpectStep) and step.restore is not None:
            method, caller = METHOD_OF_VERB["get"], ANY
        else:
            return
        values: Values = {}
        if isinstance(step, CreateStep):
            values, labels = reader.of_create(step), _labels(step)
        elif isinstance(step, ListStep):
            values, labels = reader.of_list(step), {}
        elif isinstance(step, RecreateStep):
            values = seen | reader.of_places(step) | {"restore": (step.name,)}
        elif isinstance(step, GetStep | ExpectStep):
            values = seen | ({"restore": (ANY,)} if step.restore is None else {})
        else:
            labels = {}
        yield Meeting({**values, "method": (method,), "caller": (caller,)}, labels, place, place.times)


class _Reader:
    """Finds what steps name, and what that belongs to."""

    def __init__(self, world: World) -> None:
        self._inventory = Inventory(world)

    def of_create(self, step: CreateStep) -> Values:
        """What a restore has that this step creates."""
        return {**self.of_places(step), **self._of_backup(step), "restore": (step.name, f"rst:{ANY}")}

    def of_places(self, step: CreateStep | RecreateStep) -> Values:
        """Where the restore goes, as far as the step says it."""
        found = self._named("namespace", step) | self._named("project", step)
        namespace = self._find("namespaces", step.namespace or step.namespace_id)
        if namespace is not None:
            cluster = self._inventory.clusters[namespace.cluster]
            return found | {"cluster": (cluster.name, cluster.uid)}
        return found | ({"cluster": (ANY,)} if step.namespace or step.namespace_id else {})

    def of_list(self, step: ListStep) -> Values:
        """What a list is by."""
        if step.project or step.project_id:
            return self._named("project", step)
        return self._of_backup(step) if step.backup or step.backup_id else {}

    def _of_backup(self, step: CreateStep | ListStep) -> Values:
        found = self._named("backup", step)
        backup = self._find("backups", step.backup or step.backup_id)
        if backup is None:
            return found | {"backup_location": (ANY,), "data_service": (ANY,)}
        location = self._inventory.backup_locations[backup.location]
        data_service = self._inventory.deployments[backup.deployment].data_service
        return found | {"backup_location": (location.name, location.uid), "data_service": (data_service,)}

    def _named(self, key: str, step: Any) -> Values:
        """What may be found under *key* for what a step names by its name or sends as identifier."""
        written = getattr(step, key) or getattr(step, f"{key}_id")
        if not written:
            return {}
        entity = self._find(f"{key}s", written)
        # A uid that the declared world has not may still be that of an entity that comes later.
        return {key: (entity.name, entity.uid) if entity is not None else (written, ANY)}

    def _find(self, collection: str, written: str | None) -> Any:
        entities = self._inventory.collection(collection).values()
        return next((entity for entity in entities if written in (entity.name, entity.uid)), None)


def _caller(step: CallStep) -> str:
    if step.bearer is not None:
        return ANY
    return step.token or step.account or "anonymous"


def _labels(step: CreateStep) -> Values:
    return {key: (value,) for key, value in step.labels.items()}


def _union(mappings: Iterable[Mapping[str, Sequence[str]]]) -> Values:
    found: dict[str, dict[str, None]] = {}
    for mapping in mappings:
        for key, texts in mapping.items():
            found.setdefault(key, {}).update(dict.fromkeys(texts))
    return {key: tuple(texts) for key, texts in found.items()}


def may_match(where: Where, meeting: Meeting) -> bool:
    """Whether *where* may hold; what it must not be is not asked."""
    return next(misses(where, meeting), None) is None


def misses(where: Where, meeting: Meeting) -> Iterator[tuple[KeyPath, str]]:
    """The keys of *where* that certainly don't hold, each with the pattern that is missed."""
    for key, patterns in where.patterns.items():
        found = meeting.values.get(key, ())
        if not _any_may_be(tuple(found), tuple(patterns)):
            yield (key,), " or ".join(map(repr, patterns))
    for key, pattern in where.labels.items():
        if not any(_may_be(text, pattern) for text in meeting.labels.get(key, ())):
            yield ("label", key), repr(pattern)
    if where.any_of and not any(may_match(part, meeting) for part in where.any_of):
        yield ("any_of",), "as a whole"


@lru_cache(maxsize=1_000)
def _any_may_be(texts: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    return any(_may_be(text, pattern) for text in texts for pattern in patterns)


def _may_be(text: str, pattern: str) -> bool:
    """Whether a *pattern* may match a *text*, in which variables may be anything."""
    if VARIABLE.search(text) is None:
        return fnmatchcase(text, pattern)
    known, wanted = re.split(r"\$\{", text)[0], re.split(r"[*?\[]", pattern)[0]
    return known.startswith(wanted) or wanted.startswith(known)


LIVE_PHASES = tuple(phase.name for phase in Phase if not phase.is_final)
