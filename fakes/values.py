"""Values given from outside: which are numbers, and how messages show those that are wrong."""

from __future__ import annotations

import math

SHOWN_LENGTH_MAX = 200
"""Characters of a wrong value that a message shows."""


def is_number(value: object) -> bool:
    """Whether *value* is a number that fits into a float, infinity included; neither nan nor a bool is one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return not math.isnan(value)
    except OverflowError:  # a whole number too large for a float
        return False


def is_finite(value: object) -> bool:
    """Whether *value* is a finite number."""
    return is_number(value) and abs(value) < math.inf  # type: ignore[arg-type]  # numbers have an absolute value


HALF_A_PAIR = "which has half of a surrogate pair; expected Unicode"
"""What is wrong with a text that is none."""


def is_unicode(text: str) -> bool:
    """Whether *text* can be written down: it has no half of a surrogate pair, which no encoding knows."""
    return not any("\ud800" <= one <= "\udfff" for one in text)


def shown(value: object) -> str:
    """Show a wrong value; a long one is cut."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  # of a class of somebody else; and Python writes no number of 5,000 digits
        return f"a value of type {type(value).__name__}"
    return text if len(text) <= SHOWN_LENGTH_MAX else f"{text[: SHOWN_LENGTH_MAX - 1]}…"
