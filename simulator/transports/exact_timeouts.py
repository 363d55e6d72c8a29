"""Makes a client's timeout exactly known, though grpc.aio passes on only the deadline that it computes from it.

grpc.aio adds the timeout to the current time. What is left of that a moment later would differ from run to run.
"""

from __future__ import annotations

import math
import time
import types
from collections.abc import Mapping
from typing import Any

from grpc.aio import _channel as aio_channel


class Timeout(float):
    """A timeout, in seconds. Adding it to a time makes a `Deadline`."""

    def __radd__(self, now: float) -> Deadline:
        deadline = Deadline(now + float(self))
        deadline.timeout_seconds = float(self)
        return deadline


class Deadline(float):
    """When a timeout passes, on the clock of ``time.time()``."""

    timeout_seconds: float


def timeout_seconds_of(deadline: float | None) -> float | None:
    """Return the timeout that *deadline* was just made from; without a `Timeout`, rounded up to milliseconds."""
    if deadline is None or isinstance(deadline, Deadline):
        return None if deadline is None else deadline.timeout_seconds
    return math.ceil((deadline - time.time()) * 1000 - 0.001) / 1000


def _with_exact_timeout(kind: type[Any]) -> type[Any]:
    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        timeout = options.get("timeout")
        if isinstance(timeout, int | float):
            options["timeout"] = Timeout(timeout)
        return kind.__call__(self, *arguments, **options)

    # Without slots of its own, its instances have the layout of those of *kind*, and can take their place.
    return types.new_class(kind.__name__, (kind,), exec_body=lambda body: body.update(__call__=call, __slots__=()))


_CLASSES: Mapping[type[Any], type[Any]] = {
    kind: _with_exact_timeout(kind)
    for kind in (
        aio_channel.UnaryUnaryMultiCallable,
        aio_channel.UnaryStreamMultiCallable,
        aio_channel.StreamUnaryMultiCallable,
        aio_channel.StreamStreamMultiCallable,
    )
}


def with_exact_timeout(multicallable: Any) -> Any:
    """Let calls of *multicallable*, from grpc.aio, know their timeouts."""
    multicallable.__class__ = _CLASSES[type(multicallable)]
    return multicallable
