"""What somebody may have meant who wrote something that does not exist."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

NAMES_SHOWN = 12
"""Names that are listed when none comes close."""
NAMES_COMPARED_MAX = 500
"""Names among which those that come close are looked for; looking takes time, and those of another length are none."""
LENGTH_MAX = 100
"""Characters of what was written that is compared; nothing that is meant to be found has more."""


def suggest(written: str, known: Collection[str]) -> str:
    """Name what comes close to *written*, or else what there is.

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


def _close(written: str, known: Collection[str]) -> list[str]:
    """What comes close; where nothing does, what comes close but for upper and lower case."""
    close = get_close_matches(written, known, n=3)
    if close:
        return close
    folded = {name.casefold(): name for name in known}
    return [folded[name] for name in get_close_matches(written.casefold(), folded, n=3)]
