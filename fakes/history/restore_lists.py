"""Lists of restores that stay sorted while restores come and change, so that a page costs the same in any world.

A list that nobody asks for costs nothing. One that was asked for remembers how far it has followed, and when it is
asked for again takes in only what came and changed since: new restores by their ordinals, changes by the timeline.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, overload

from fakes.environment import END_OF_TIME_MICROSECONDS
from fakes.history.listing import ListBy, ListQuery, Page, SortBy, make_page
from fakes.history.store import RestoreRegistry
from fakes.history.timeline import Timeline
from fakes.lifecycle.restores import PHASE_BITS, PHASE_MASK, Restore

ORDINAL_BITS = 40
ORDINAL_MASK = (1 << ORDINAL_BITS) - 1
KEY_MAX = END_OF_TIME_MICROSECONDS
LISTS_MAX = 64
"""Sorted lists, and lists for callers who don't see everything, that are kept; the one least recently used goes."""
CHANGES_MAX = 256
"""When more has changed, sorting the whole list anew is cheaper than putting each change in its place."""

Ordinals = Sequence[int]
Sight = frozenset[str] | None
"""The projects that a caller sees; None means all."""


class RestoreLists:
    """The lists of one world.

    Args:
        restores: Its restores.
        timeline: Tells which of them have changed.
    """

    def __init__(self, restores: RestoreRegistry, timeline: Timeline) -> None:
        self._restores = restores
        self._timeline = timeline
        self._groups = _Groups(restores)
        self._lists: OrderedDict[object, _Seen | _Sorted] = OrderedDict()

    def page(self, query: ListQuery, sight: Sight) -> Page:
        """Give a page of what *query* selects, as `fakes.history.listing.list_page` would."""
        selected = self._selected(query.list_by, query.uid, sight)
        total, first = len(selected), (query.page_number - 1) * query.page_size
        if first >= total:
            ordinals: Ordinals = ()
        elif query.sort_by is None or (query.sort_by is SortBy.CREATED_AT and not query.descending):
            ordinals = _slice(selected, first, query.page_size, descending=query.descending)
        else:
            key = (query.list_by, query.uid, sight, query.sort_by, query.descending)
            in_order = self._kept(key, lambda: _Sorted(self._restores, self._timeline, query))
            assert isinstance(in_order, _Sorted)
            in_order.follow(selected)
            ordinals = in_order.ordinals(first, query.page_size)
        versions = self._restores.versions
        return make_page(
            query, total, _Restores(self._restores, ordinals), [versions[ordinal - 1] for ordinal in ordinals]
        )

    def _selected(self, list_by: ListBy | None, uid: str, sight: Sight) -> Ordinals:
        selected: Ordinals = range(1, len(self._restores) + 1)
        if list_by is not None:
            selected = self._groups.of(list_by, uid)
        if sight is None or not selected:
            return selected
        seen = self._kept((list_by, uid, sight), lambda: _Seen(self._groups, sight))
        assert isinstance(seen, _Seen)
        return seen.follow(selected)

    def _kept(self, key: object, make: Callable[[], _Seen | _Sorted]) -> _Seen | _Sorted:
        kept = self._lists.get(key)
        if kept is not None:
            self._lists.move_to_end(key)
            return kept
        kept = self._lists[key] = make()
        if len(self._lists) > LISTS_MAX:
            self._lists.popitem(last=False)
        return kept


class _Groups:
    """The ordinals of the restores that have a uid in common, in their order."""

    def __init__(self, restores: RestoreRegistry) -> None:
        self._restores = restores
        self._groups: dict[ListBy, dict[str, array[int]]] = {list_by: {} for list_by in ListBy}
        self._targets: dict[str, int] = {}
        self.projects: list[str] = []
        """The project of each restore, the one with the ordinal 1 first."""

    def of(self, list_by: ListBy, uid: str) -> Ordinals:
        """The ordinals of those that have *uid*."""
        self.follow()
        group = self._groups[list_by].get(uid)
        if group is None and list_by is ListBy.DEPLOYMENT and uid in self._targets:
            return (self._targets[uid],)
        return () if group is None else group

    def follow(self) -> None:
        """Take in the restores that have come."""
        for ordinal in range(len(self.projects) + 1, len(self._restores) + 1):
            references = self._restores.references_of(ordinal)
            self.projects.append(references.project)
            self._targets[references.deployment] = ordinal
            for list_by, uid in (
                (ListBy.TENANT, references.tenant),
                (ListBy.PROJECT, references.project),
                (ListBy.DEPLOYMENT, references.source_deployment),
                (ListBy.BACKUP, references.backup),
            ):
                group = self._groups[list_by].get(uid)
                if group is None:
                    group = self._groups[list_by][uid] = array("q")
                    if list_by is ListBy.DEPLOYMENT and uid in self._targets:
                        group.append(self._targets[uid])  # it was restored before anything was restored from it
                group.append(ordinal)


class _Seen:
    """Those of the selected restores that a caller sees."""

    def __init__(self, groups: _Groups, sight: frozenset[str]) -> None:
        self._groups = groups
        self._sight = sight
        self._followed_count = 0
        self._ordinals = array("q")

    def follow(self, selected: Ordinals) -> Ordinals:
        """Take in what was selected since, and give all that is seen."""
        self._groups.follow()
        projects = self._groups.projects
        for ordinal in selected[self._followed_count :]:
            if projects[ordinal - 1] in self._sight:
                self._ordinals.append(ordinal)
        self._followed_count = len(selected)
        return self._ordinals


class _Sorted:
    """The selected restores, sorted.

    What is sorted are entries that hold key and ordinal, so equals are in the order of creation. In a descending list
    keys that are numbers are counted down from the highest; one of names is read from its end, and holds ordinals below
    zero, because its equals have to be the other way round for that.
    """

    def __init__(self, restores: RestoreRegistry, timeline: Timeline, query: ListQuery) -> None:
        self._restores = restores
        self._timeline = timeline
        self._sort_by = query.sort_by
        self._descending = query.descending
        self._entries: list[Any] = []
        self._selected_count = 0
        self._event_count = 0

    def ordinals(self, first: int, count: int) -> Ordinals:
        """The ordinals of a page of them."""
        if self._sort_by is SortBy.NAME:
            entries = _slice(self._entries, first, count, descending=self._descending)
            return [abs(entry[1]) for entry in entries]
        return [entry & ORDINAL_MASK for entry in self._entries[first : first + count]]

    def follow(self, selected: Ordinals) -> None:
        """Take in what was selected and what has changed since."""
        stale = self._stale_entries(selected)
        if not stale and len(selected) == self._selected_count:
            self._event_count = len(self._timeline)
            return
        entries = [self._entry(ordinal) for ordinal in (*selected[self._selected_count :], *stale)]
        if len(entries) > CHANGES_MAX:
            gone = set(stale.values())
            self._entries = sorted([entry for entry in self._entries if entry not in gone] + entries)
        else:
            for entry in stale.values():
                del self._entries[bisect_left(self._entries, entry)]
            for entry in entries:
                insort(self._entries, entry)
        self._selected_count, self._event_count = len(selected), len(self._timeline)

    def _stale_entries(self, selected: Ordinals) -> dict[int, Any]:
        """The entries of the restores that have changed since they were taken in, by ordinal."""
        stale: dict[int, Any] = {}
        if self._sort_by not in _CHANGING_KEYS or not self._selected_count:
            return stale
        for version in self._timeline.changed_versions(self._event_count):
            ordinal, phase = version >> PHASE_BITS, version & PHASE_MASK
            if ordinal not in stale and _has(selected, ordinal, self._selected_count):
                history = self._restores.history_of(ordinal)
                first = next(index for index, number in enumerate(history) if number & PHASE_MASK == phase)
                stale[ordinal] = self._entry(ordinal, history[first - 1])
        return stale

    def _entry(self, ordinal: int, number: int | None = None) -> Any:
        """The entry of a restore, now or when *number* was the last in its history."""
        if self._sort_by is SortBy.NAME:
            return (self._restores.name_of(ordinal), -ordinal if self._descending else ordinal)
        history = (number,) if number is not None else self._restores.history_of(ordinal)
        if self._sort_by is SortBy.CREATED_AT:
            key = history[0] >> PHASE_BITS
        elif self._sort_by is SortBy.PHASE:
            key = history[-1] & PHASE_MASK
        else:
            key = history[-1] >> PHASE_BITS
        return (KEY_MAX - key if self._descending else key) << ORDINAL_BITS | ordinal


_CHANGING_KEYS = (SortBy.UPDATED_AT, SortBy.PHASE)


class _Restores(Sequence[Restore]):
    """Restores that are looked up when they are asked for."""

    def __init__(self, restores: RestoreRegistry, ordinals: Ordinals) -> None:
        self._restores = restores
        self._ordinals = ordinals

    @overload
    def __getitem__(self, index: int) -> Restore: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Restore]: ...
    def __getitem__(self, index: int | slice) -> Restore | Sequence[Restore]:
        if isinstance(index, slice):
            return _Restores(self._restores, self._ordinals[index])
        return self._restores.numbered(self._ordinals[index])

    def __len__(self) -> int:
        return len(self._ordinals)


def _slice(entries: Sequence[Any], first: int, count: int, *, descending: bool) -> Sequence[Any]:
    """A page of *entries*, which are read from their end when *descending*."""
    if not descending:
        return entries[first : first + count]
    end = len(entries) - first
    return entries[max(0, end - count) : end][::-1]


def _has(ordinals: Ordinals, ordinal: int, count: int) -> bool:
    """Whether *ordinal* is among the first *count* of *ordinals*, which are sorted."""
    place = bisect_left(ordinals, ordinal, 0, count)
    return place < count and ordinals[place] == ordinal
