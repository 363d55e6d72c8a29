"""Places within a phase."""

from __future__ import annotations

from fakes.faults.errors import InvalidRule


def require_fraction(at: float) -> None:
    """Check that *at* is a place within a phase.

    Raises:
        InvalidRule: it is not from 0 to 1.
    """
    if not 0 <= at <= 1:
        raise InvalidRule("at", f"is {at:g}; expected how far into the phase, from 0 to 1 or from 0% to 100%")
