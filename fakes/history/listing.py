"""Lists of restores: which restores, in which order, and which page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

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
    """One page of a list and its neighbours; *next_page* and *previous_page* are None when there is none.

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
    """Make the page that *query* asks for, with its neighbours."""
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
