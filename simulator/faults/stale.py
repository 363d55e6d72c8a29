"""An answer tells of the past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.faults.rule import Firing
from fakes.faults.settings import PlainEffect, Seconds, setting
from simulator.api import METHODS
from simulator.rpc.call import Call, Handler

READS = tuple(name for name in METHODS if name.startswith(("Get", "List")) and name != "GetRestorabilityMatrix")
"""The methods that tell of what changes; the restorability matrix never does."""


@dataclass(frozen=True, slots=True)
class Stale(PlainEffect):
    """Answer as things were some time ago: from what was recorded, never from a guess.

    Args:
        age_seconds: How long ago.
    """

    name: ClassVar[str] = "stale"
    is_single: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = READS

    age_seconds: float = setting(Seconds(), "How long ago.", key="age")

    async def around(self, call: Call, proceed: Handler, firing: Firing) -> bytes:  # noqa: ARG002  # so effects are called
        call.stale_seconds = self.age_seconds
        return await proceed(call)
