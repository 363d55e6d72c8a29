"""Waits in real time, even if a test has frozen the clock; inside ``virtual_sleep()``, sleeping is virtual."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

LOOK_EVERY_SECONDS = 0.005
"""How often a condition is checked."""

# Libraries that freeze the time replace `time.monotonic`, but not this one.
read_elapsed_seconds: Callable[[], float] = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime") else time.monotonic
)


def wait_until(is_so: Callable[[], object], limit_seconds: float, *, every_seconds: float = LOOK_EVERY_SECONDS) -> bool:
    """Wait until a condition holds, and return whether it does in the end."""
    until = read_elapsed_seconds() + limit_seconds
    while not is_so():
        if read_elapsed_seconds() >= until:
            return False
        time.sleep(every_seconds)
    return True
