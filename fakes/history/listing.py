"""Lists of restores: which of them, in which order, and which page of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from fakes.lifecycle.phases import Phase
from fakes.lifecycle.restores import VERSIONS_EACH, Restore

PAGE_SIZE_DEFAULT = 50
PAGE_SIZE_MAX = 1000


class ListBy(Enum):
    """By what a list is filtered."""

    TENANT = "tenant"
    PROJECT = "project"
    DEPLOYMENT = "deployment"
    BACKUP = "backup"


class SortBy(Enum):
    """By what a list is ordered."""

    NAME = "name"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    PHASE = "phase"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """A page of a list.

    Args:
        list_by: What *uid* is the uid of; None lists all.
        sort_by: None keeps the order of creation.
    """

    list_by: ListBy | None = None
    uid: str = ""
    sort_by: SortBy | None = None
    descending: bool = False
    page_number: int = 1
    page_size: int = PAGE_SIZE_DEFAULT


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and where it stands in it; *next_page* and *previous_page* are None when there is none.

    Args:
        restores: The restores; they are looked up when they are asked for.
        versions: The version of each of them (`Restore.version`).
    """

    restores: Sequence[Restore]
    total_records: int
    page_number: int
    page_size: int
    total_pages: int
    next_page: int | None
    previous_page: int | None
    versions: Sequence[int] = ()

    @property
    def has_live(self) -> bool:
        """Whether any of the restores can still change."""
        return any(version % VERSIONS_EACH < Phase.SUCCESSFUL for version in self.versions)


def make_page(query: ListQuery, total_records: int, restores: Sequence[Restore], versions: Sequence[int]) -> Page:
    """Tell of the page that *query* asks for where it stands in a list."""
    total_pages = -(-total_records // query.page_size)
    previous_page = min(query.page_number - 1, total_pages)
    return Page(
        restores,
        total_records,
        query.page_number,
        query.page_size,
        total_pages,
        query.page_number + 1 if query.page_number < total_pages else None,
        previous_page if previous_page > 0 else None,
        versions,
    )


_FILTERS: dict[ListBy, Callable[[Restore, str], bool]] = {
    ListBy.TENANT: lambda restore, uid: restore.tenant == uid,
    ListBy.PROJECT: lambda restore, uid: restore.spec.project == uid,
    ListBy.DEPLOYMENT: lambda restore, uid: uid in (restore.source_deployment, restore.deployment),
    ListBy.BACKUP: lambda restore, uid: restore.spec.backup == uid,
}

_SORT_KEYS: dict[SortBy, Callable[[Restore], Any]] = {
    SortBy.NAME: lambda restore: restore.name,
    SortBy.CREATED_AT: lambda restore: restore.created_at_microseconds,
    SortBy.UPDATED_AT: lambda restore: restore.status.updated_at_microseconds,
    SortBy.PHASE: lambda restore: restore.phase,
}


def list_page(restores: Iterable[Restore], query: ListQuery) -> Page:
    """Select, sort and cut *restores*, which come in the order of their creation.

    Equals stay in the order of creation, in a descending list too, so pages never overlap.
    """
    selected = [restore for restore in restores if query.list_by is None or _FILTERS[query.list_by](restore, query.uid)]
    if query.sort_by is not None:
        selected.sort(key=_SORT_KEYS[query.sort_by], reverse=query.descending)
    elif query.descending:
        selected.reverse()
    first = (query.page_number - 1) * query.page_size
    restores = selected[first : first + query.page_size]
    return make_page(query, len(selected), restores, [restore.version for restore in restores])
