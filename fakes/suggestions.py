"""What somebody may have meant who wrote something that does not exist."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

NAMES_SHOWN = 12
"""Names that are listed when none comes close."""


def suggest(written: str, known: Collection[str]) -> str:
    """Name what comes close to *written*, or else what there is.

    Example:
        >>> suggest("orders-bakup", ["orders-backup", "events-archive"])
        "did you mean 'orders-backup'?"
    """
    close = get_close_matches(written, known, n=3)
    if close:
        return f"did you mean {' or '.join(map(repr, close[:2]))}?"
    if not known:
        return "there are none"
    more = ", …" if len(known) > NAMES_SHOWN else ""
    return f"expected one of {', '.join(map(repr, list(known)[:NAMES_SHOWN]))}{more}"
