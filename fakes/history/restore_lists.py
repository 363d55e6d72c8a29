"""Lists of restores that stay sorted while restores come and change, so that a page costs the same in any world.

A list that nobody asks for costs nothing. One that was asked for remembers how far it has followed, and when it is
asked for again takes in only what came and changed since: new restores by their ordinals, changes by the timeline.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, overload

from fakes.environment import END_OF_TIME_MICROSECONDS
from fakes.history.listing import ListBy, ListQuery, Page, SortBy, make_page
from fakes.history.registries import RestoreRegistry
from fakes.history.store import History
from fakes.lifecycle.restores import Restore, microseconds_of, phase_of

ORDINAL_BITS = 40
ORDINAL_MASK = (1 << ORDINAL_BITS) - 1
KEY_MAX = END_OF_TIME_MICROSECONDS
LISTS_MAX = 64
"""Sorted lists, and lists for callers who don't see everything, that are kept; the one least recently used goes."""
CHANGES_MAX = 256
"""When more has changed, sorting the whole list again is cheaper than putting each change in its place."""

Ordinals = Sequence[int]
VisibleProjects = frozenset[str] | None
"""The projects that a caller sees; None means all."""


class RestoreLists:
    """The lists of one world.

    Args:
        history: Its restores, and which of them have changed.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._restores = history.restores
        self._groups = _Groups(history.restores)
        self._lists: OrderedDict[object, _Visible | _Sorted] = OrderedDict()

    def page(self, query: ListQuery, visible: VisibleProjects, as_of_microseconds: int | None = None) -> Page:
        """Return a page of what *query* selects, now or at a time.

        Ties stay in the order of creation, in a descending list too, so pages never overlap.
        """
        selected = now_selected = self._selected(query.list_by, query.uid, visible)
        if as_of_microseconds is not None:
            created_count = self._restores.created_until(as_of_microseconds)
            selected = selected[: bisect_right(selected, created_count)]
        total, first = len(selected), (query.page_number - 1) * query.page_size
        if first >= total:
            ordinals: Ordinals = ()
        elif query.sort_by is None or (query.sort_by is SortBy.CREATED_AT and not query.descending):
            ordinals = _slice(selected, first, query.page_size, descending=query.descending)
        else:
            key = (query.list_by, query.uid, visible, query.sort_by, query.descending)
            in_order = self._cached(key, lambda: _Sorted(self._history, query))
            assert isinstance(in_order, _Sorted)
            in_order.follow(now_selected)
            if as_of_microseconds is not None:
                in_order = in_order.as_of(as_of_microseconds, selected)
            ordinals = in_order.ordinals(first, query.page_size)
        restores = _Restores(self._restores, ordinals, as_of_microseconds)
        if as_of_microseconds is None:
            return make_page(query, total, restores, [self._restores.version_of(ordinal) for ordinal in ordinals])
        return make_page(query, total, restores, [restore.version for restore in restores])

    def restore_of_deployment(self, uid: str) -> Restore | None:
        """The restore that makes a deployment; None where none does."""
        ordinal = self._groups.target(uid)
        return None if ordinal is None else self._restores.numbered(ordinal)

    def _selected(self, list_by: ListBy | None, uid: str, visible: VisibleProjects) -> Ordinals:
        selected: Ordinals = range(1, len(self._restores) + 1)
        if list_by is not None:
            selected = self._groups.of(list_by, uid)
        if visible is None or not selected:
            return selected
        seen = self._cached((list_by, uid, visible), lambda: _Visible(self._groups, visible))
        assert isinstance(seen, _Visible)
        return seen.follow(selected)

    def _cached(self, key: object, make: Callable[[], _Visible | _Sorted]) -> _Visible | _Sorted:
        cached = self._lists.get(key)
        if cached is not None:
            self._lists.move_to_end(key)
            return cached
        cached = self._lists[key] = make()
        if len(self._lists) > LISTS_MAX:
            self._lists.popitem(last=False)
        return cached


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

    def target(self, uid: str) -> int | None:
        """The ordinal of the restore that makes the deployment *uid*."""
        self.follow()
        return self._targets.get(uid)

    def follow(self) -> None:
        """Add the restores that have been created since."""
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
                        group.append(self._targets[uid])  # a deployment is made before anything can be restored from it
                group.append(ordinal)


class _Visible:
    """The selected restores that a caller sees."""

    def __init__(self, groups: _Groups, visible: frozenset[str]) -> None:
        self._groups = groups
        self._visible = visible
        self._followed_count = 0
        self._ordinals = array("q")

    def follow(self, selected: Ordinals) -> Ordinals:
        """Add what was selected since, and return all that the caller sees."""
        self._groups.follow()
        projects = self._groups.projects
        for ordinal in selected[self._followed_count :]:
            if projects[ordinal - 1] in self._visible:
                self._ordinals.append(ordinal)
        self._followed_count = len(selected)
        return self._ordinals


class _Sorted:
    """The selected restores, sorted.

    It sorts entries of key and ordinal, so ties are in the order of creation. In a descending list
    keys that are numbers are counted down from the highest; one of names is read from its end, and holds ordinals below
    zero, because ties have to be the other way round there.
    """

    def __init__(self, history: History, query: ListQuery) -> None:
        self._query = query
        self._history = history
        self._restores = history.restores
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

    def as_of(self, microseconds: int, selected: Ordinals) -> _Sorted:
        """The list as it was at a time, of what was selected then: later changes are undone."""
        changed = self._history.changed_after(microseconds)
        then = _Sorted(self._history, self._query)
        if self._sort_by is SortBy.NAME:
            then._entries = [entry for entry in self._entries if abs(entry[1]) not in changed]
        else:
            then._entries = [entry for entry in self._entries if entry & ORDINAL_MASK not in changed]
        for ordinal in changed:
            if _has(selected, ordinal, len(selected)):
                history = self._restores.history_of(ordinal)
                last = max(moment for moment in history if microseconds_of(moment) <= microseconds)
                then._entries.append(self._entry(ordinal, last))
        then._entries.sort()
        return then

    def follow(self, selected: Ordinals) -> None:
        """Add what was selected since, and apply what has changed."""
        if self._event_count < self._history.forgotten_count:  # the changes are forgotten: start over
            self._entries, self._selected_count = [], 0
        stale = self._stale_entries(selected)
        if not stale and len(selected) == self._selected_count:
            self._event_count = self._history.event_count
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
        self._selected_count, self._event_count = len(selected), self._history.event_count

    def _stale_entries(self, selected: Ordinals) -> dict[int, Any]:
        """The entries of the restores that have changed since they were added, by ordinal."""
        stale: dict[int, Any] = {}
        if self._sort_by not in _CHANGING_KEYS or not self._selected_count:
            return stale
        for ordinal, phase in self._history.changed_since(self._event_count):
            if ordinal not in stale and _has(selected, ordinal, self._selected_count):
                history = self._restores.history_of(ordinal)
                first = next(index for index, moment in enumerate(history) if phase_of(moment) is phase)
                stale[ordinal] = self._entry(ordinal, history[first - 1])
        return stale

    def _entry(self, ordinal: int, moment: int | None = None) -> Any:
        """The entry of a restore, now or when *moment* was the last in its history."""
        if self._sort_by is SortBy.NAME:
            return (self._restores.name_of(ordinal), -ordinal if self._descending else ordinal)
        history = [moment] if moment is not None else self._restores.history_of(ordinal)
        if self._sort_by is SortBy.CREATED_AT:
            key = microseconds_of(self._restores.history_of(ordinal)[0])
        elif self._sort_by is SortBy.PHASE:
            key = phase_of(history[-1])
        else:
            key = microseconds_of(history[-1])
        return (KEY_MAX - key if self._descending else key) << ORDINAL_BITS | ordinal


_CHANGING_KEYS = (SortBy.UPDATED_AT, SortBy.PHASE)


class _Restores(Sequence[Restore]):
    """A sequence of restores, as they are or as they were at a time, that looks each up when it is read."""

    def __init__(self, restores: RestoreRegistry, ordinals: Ordinals, as_of_microseconds: int | None) -> None:
        self._restores = restores
        self._ordinals = ordinals
        self._as_of_microseconds = as_of_microseconds

    @overload
    def __getitem__(self, index: int) -> Restore: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Restore]: ...
    def __getitem__(self, index: int | slice) -> Restore | Sequence[Restore]:
        if isinstance(index, slice):
            return _Restores(self._restores, self._ordinals[index], self._as_of_microseconds)
        restore = self._restores.numbered(self._ordinals[index])
        if self._as_of_microseconds is None:
            return restore
        then = restore.as_of(self._as_of_microseconds)
        assert then is not None, "who is in the list existed then"
        return then

    def __len__(self) -> int:
        return len(self._ordinals)


def _slice(entries: Sequence[Any], first: int, count: int, *, descending: bool) -> Sequence[Any]:
    """A page of *entries*, read from the end when *descending*."""
    if not descending:
        return entries[first : first + count]
    end = len(entries) - first
    return entries[max(0, end - count) : end][::-1]


def _has(ordinals: Ordinals, ordinal: int, count: int) -> bool:
    """Whether *ordinal* is among the first *count* of *ordinals*, which are sorted."""
    place = bisect_left(ordinals, ordinal, 0, count)
    return place < count and ordinals[place] == ordinal
