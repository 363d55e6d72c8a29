"""An answer tells of the past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fakes.faults.numbers import require_duration, require_number
from fakes.faults.rule import Firing
from simulator.api import METHODS
from simulator.rpc.call import Call, Handler

READS = tuple(name for name in METHODS if name.startswith(("Get", "List")) and name != "GetRestorabilityMatrix")
"""The methods that tell of what changes; the restorability matrix never does."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Answer as things were *age_seconds* ago: from what was recorded, never from a guess."""

    name: ClassVar[str] = "stale"
    methods: ClassVar[tuple[str, ...]] = READS

    age_seconds: float

    def __post_init__(self) -> None:
        require_duration(require_number("age", self.age_seconds, "a number of seconds above 0"), "age")

    async def around(self, call: Call, proceed: Handler, firing: Firing) -> bytes:  # noqa: ARG002  # so effects are called
        call.stale_seconds = self.age_seconds
        return await proceed(call)
