"""Pages of lists whose order does not change, as in AIP-158."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

PAGE_SIZE_DEFAULT = 100
PAGE_SIZE_MAX = 1_000

ItemType = TypeVar("ItemType")


def page_of(items: Sequence[ItemType], page_size: int, page_token: str) -> tuple[list[ItemType], str]:
    """Return a page, and the token of the next one; empty if there is none."""
    start = page_start(page_token)
    size = page_length(page_size)
    return list(items[start : start + size]), str(start + size) if start + size < len(items) else ""


def page_start(page_token: str) -> int:
    """Return the index of the first item of the page that a token names."""
    return int(page_token or 0)


def page_length(page_size: int) -> int:
    """Return how many items a page has."""
    return min(page_size or PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)
