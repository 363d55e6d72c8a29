"""An answer describes the past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.described import described
from fakes.faults.rule import Firing
from fakes.faults.settings import PlainEffect, Seconds, setting
from simulator.api import METHODS
from simulator.rpc.call import Call, Handler

READS = tuple(name for name in METHODS if name.startswith(("Get", "List")) and name != "GetRestorabilityMatrix")
"""The methods that describe what changes; the restorability matrix never changes."""


@described
@dataclass(frozen=True, slots=True)
class Stale(PlainEffect):
    """Answer with the state of some time ago, from the recorded history."""

    name: ClassVar[str] = "stale"
    is_single: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = READS

    age_seconds: float = setting(Seconds(), "How old the answer is.", key="age")

    async def around(self, call: Call, proceed: Handler, firing: Firing) -> bytes:  # noqa: ARG002  # so effects are called
        call.stale_seconds = self.age_seconds
        return await proceed(call)
