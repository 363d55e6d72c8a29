"""Random streams by key: each draw has a stream of its own, so no draw can change another.

A stream is keyed by the seed, by what is drawn and by the subject it is drawn for. Neither the order of the draws nor
threads, clocks or hash seeds matter, and no position in a stream has to be remembered.
"""

from __future__ import annotations

import json
import random


def stream(seed: int, *key: str) -> random.Random:
    """Make the generator of the stream that *seed* and *key* name, at its start."""
    return random.Random(json.dumps((seed, *key)))
