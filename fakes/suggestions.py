"""Names in messages: suggestions for a name that does not exist, and lists of those that do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from fakes.printable import printable

NAMES_SHOWN = 16
"""Names that are listed when none comes close."""
NAMES_COMPARED_MAX = 500
"""Names that are compared, those of similar length first, because comparing takes time."""
LENGTH_MAX = 100
"""Characters of the longest text that is compared with names."""


def suggest(written: str, known: Collection[str]) -> str:
    """Suggest the names closest to *written*, or else list the known ones.

    Example:
        >>> suggest("orders-bakup", ["orders-backup", "events-archive"])
        "did you mean 'orders-backup'?"
    """
    compared: Collection[str] = known
    if len(known) > NAMES_COMPARED_MAX:
        compared = sorted(known, key=lambda name: abs(len(name) - len(written)))[:NAMES_COMPARED_MAX]
    close = _close(written, compared) if len(written) <= LENGTH_MAX else []
    if close:
        return f"did you mean {' or '.join(map(repr, close[:2]))}?"
    if not known:
        return "there are none"
    more = ", …" if len(known) > NAMES_SHOWN else ""
    return f"expected one of {', '.join(map(repr, list(known)[:NAMES_SHOWN]))}{more}"


def counted(parts: Sequence[str], count: int, kind: str) -> str:
    """Say in one line how many things of a kind there are, and which.

    Example:
        >>> counted(["orders-backup", "carts-backup"], 2, "backup")
        '2 backups: orders-backup, carts-backup'
    """
    shown = ", ".join(parts[:NAMES_SHOWN])
    more = ", …" if len(parts) > NAMES_SHOWN else ""
    return printable(f"{count} {kind}{'s' if count != 1 else ''}{shown and ': '}{shown}{more}")


def _close(written: str, known: Collection[str]) -> list[str]:
    """The closest names; if there are none, the closest regardless of case."""
    close = get_close_matches(written, known, n=3)
    if close:
        return close
    folded = {name.casefold(): name for name in known}
    return [folded[name] for name in get_close_matches(written.casefold(), folded, n=3)]
