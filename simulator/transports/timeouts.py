"""Reconstructs the timeout of a client at its server.

Virtual time has to move by the same amount in every run, but what is left of a timeout when a call arrives is never the
same: gRPC rounds it up to three digits, and the way to the server takes a moment of it.
"""

from __future__ import annotations

import math

_WAY_SECONDS_MAX = 0.02
_ROUNDNESS = (1, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01)
"""Fractions of a power of ten, the roundest first; gRPC keeps multiples of the last."""


def original_timeout_seconds(remaining_seconds: float) -> float:
    """Return the roundest timeout that could have left *remaining_seconds*.

    Example:
        >>> [original_timeout_seconds(seconds) for seconds in (0.4996, 1.5094, 9.9998, 10.0991, 1009.9996)]
        [0.5, 1.5, 10.0, 10.0, 1000.0]
    """
    if remaining_seconds <= 0:
        return 0.0
    scale = 10.0 ** math.floor(math.log10(remaining_seconds))
    lowest_seconds = remaining_seconds - max(0.001, scale * _ROUNDNESS[-1])
    highest_seconds = remaining_seconds + min(_WAY_SECONDS_MAX, remaining_seconds / 20)
    rounded = (math.floor(highest_seconds / (scale * part)) * (scale * part) for part in _ROUNDNESS)
    return round(next(seconds for seconds in rounded if seconds >= lowest_seconds), 6)
