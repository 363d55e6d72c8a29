"""Values that somebody gives: which are numbers, and how messages show those that are wrong."""

from __future__ import annotations

import math

SHOWN_LENGTH_MAX = 200
"""Characters of a wrong value that a message shows."""


def is_number(value: object) -> bool:
    """Whether *value* is a number that a float holds, infinity among them; nan is none, and neither is a bool."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return not math.isnan(value)
    except OverflowError:  # a whole number that no float holds
        return False


def is_finite(value: object) -> bool:
    """Whether *value* is a number, and not infinite."""
    return is_number(value) and abs(value) < math.inf  # type: ignore[arg-type]  # numbers have an absolute value


def shown(value: object) -> str:
    """Show a wrong value: no more than the beginning of a long one."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  # of a class of somebody else; and Python writes no number of 5,000 digits
        return f"a value of type {type(value).__name__}"
    return text if len(text) <= SHOWN_LENGTH_MAX else f"{text[: SHOWN_LENGTH_MAX - 1]}…"
