"""The step of a scenario that runs a client under test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from scenarios.clients.limits import Limits
from scenarios.clients.oracles import ORACLES
from simulator.documents.key_rules import Rules, exactly_one_of
from simulator.documents.model import Model, one_of
from simulator.documents.quantities import PositiveSeconds

KINDS = ("check", "command")
"""The keys that name a client."""


class ClientStep(Model):
    """Run a client under test, and have oracles judge what it does."""

    check: str | None = Field(
        None, description="A function to call with the simulator, as 'module:function'; it raises what is wrong."
    )
    command: str | None = Field(
        None, description="A command to run, with PDS_SIM_TARGET in its environment; it ends with 0 when all is well."
    )
    oracles: Annotated[Sequence[Annotated[str, one_of("oracle", ORACLES)]], Field(min_length=1)] | None = Field(
        None, description="Which oracles judge; left out, all."
    )
    limit: PositiveSeconds = Field(Limits.virtual_seconds, description="Virtual time after which it has no end.")
    calls: int = Field(Limits.calls, ge=1, description="Calls after which it has no end.")
    timeout: PositiveSeconds = Field(Limits.real_seconds, description="Real time after which it has no end.")

    @model_validator(mode="after")
    def _one_client(self) -> Self:
        given = [key for key in KINDS if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"has {' and '.join(given) or 'no client'}; expected either 'check' or 'command'")
        return self

    @classmethod
    def key_rules(cls) -> Rules:
        return exactly_one_of(KINDS)

    @property
    def limits(self) -> Limits:
        """What the run may take."""
        return Limits(self.limit, self.calls, self.timeout)

    @property
    def client(self) -> Mapping[str, str]:
        """Its kind and its name."""
        return {key: value for key in KINDS if (value := getattr(self, key)) is not None}
