"""What a scenario expects of what has happened: of the events of the timeline, and of the calls of clients."""

from __future__ import annotations

from typing import Annotated, Self

import grpc
from pydantic import Field, model_validator

from fakes import ErrorCode
from simulator.api import METHODS
from simulator.documents.key_rules import Rules, any_of, none_of
from simulator.documents.model import Model, PhaseName, one_of
from simulator.documents.quantities import DurationSeconds, TimeSeconds

Pattern = Annotated[str, Field(min_length=1)]
"""A name or a uid; ``*``, ``?`` and ``[…]`` are as in file names."""

MethodName = Annotated[str, one_of("method", list(METHODS))]
CodeName = Annotated[str, one_of("status code", [code.name for code in grpc.StatusCode])]
ErrorCodeName = Annotated[str, one_of("error code", [code.name for code in ErrorCode])]

EVENT_KINDS = ("transition", "fault", "world", "rpc")


class EventDocument(Model):
    """An event of the timeline; everything that is given has to hold. The keys are those of ``--timeline``."""

    event: Annotated[str, one_of("kind of event", EVENT_KINDS)] | None = Field(
        None, description="Its kind: transition, fault, world or rpc."
    )
    name: Pattern | None = Field(None, description="Name of the restore or entity that it is about.")
    restore: Pattern | None = Field(None, description="Uid of the restore, for a transition.")
    previous: PhaseName | None = Field(None, alias="from", description="The phase before a transition.")
    to: PhaseName | None = Field(None, description="The phase after a transition.")
    error_code: ErrorCodeName | None = Field(None, description="The error code of a transition to FAILED.")
    rule: Pattern | None = Field(None, description="Name of the rule, for a fault.")
    effect: Pattern | None = Field(None, description="What the fault does.")
    change: Pattern | None = Field(None, description="How the world changed, such as 'backup deleted'.")
    method: MethodName | None = Field(None, description="The method of a call.")
    code: CodeName | None = Field(None, description="The status code with which a call was answered.")
    caller: Pattern | None = Field(None, description="Who called.")
    at: TimeSeconds | None = Field(
        None, description="When it happened: a time from the start, such as 90s, or a timestamp in ISO 8601."
    )
    count: int | None = Field(
        None, ge=0, description="How many such events there have to be in all; then they may stand anywhere."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(getattr(self, key) is None for key in type(self).model_fields if key != "count"):
            raise ValueError("says nothing about the event; expected at least one of event, name, to, rule, method, …")
        return self

    @classmethod
    def key_rules(cls) -> Rules:
        return any_of([entry.alias or name for name, entry in cls.model_fields.items() if name != "count"])


class BackoffDocument(Model):
    """How clients have to wait before they try a call again; see ``sim.calls.assert_backoff``."""

    min: DurationSeconds = Field(description="The shortest gap before the second attempt.")
    factor: float = Field(
        2.0, ge=1, allow_inf_nan=False, description="By how much each gap is longer than the one before."
    )
    jitter: float = Field(0.1, ge=0, lt=1, description="What a gap may be shorter, as a fraction of it.")


class CallsDocument(Model):
    """Calls that clients have made; all keys together say which, ``count`` and ``backoff`` what is expected of them."""

    method: MethodName | None = Field(None, description="The method.")
    code: CodeName | None = Field(None, description="The status code with which they were answered.")
    caller: Pattern | None = Field(None, description="Who made them: the name of the token.")
    count: int | None = Field(None, ge=0, description="How many there have to be.")
    at_least: int | None = Field(None, ge=1, description="How many there have to be at the least.")
    at_most: int | None = Field(None, ge=0, description="How many there may be at the most.")
    backoff: BackoffDocument | None = Field(None, description="That attempts at the same call came at growing gaps.")

    @model_validator(mode="after")
    def _expects_something(self) -> Self:
        if not self.model_fields_set & set(_EXPECTING):
            raise ValueError(f"expects nothing; expected one of {', '.join(_EXPECTING)}")
        if self.count is not None and self.at_least is not None and self.count < self.at_least:
            raise ValueError(f"can't hold: exactly {self.count}, but at least {self.at_least}")
        if self.count is not None and self.at_most is not None and self.count > self.at_most:
            raise ValueError(f"can't hold: exactly {self.count}, but at most {self.at_most}")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"can't hold: at least {self.at_least}, but at most {self.at_most}")
        if self.backoff is not None and (self.code is not None or self.caller is not None):
            raise ValueError("'backoff' is about all attempts of a method; expected no 'code' and no 'caller'")
        return self

    @classmethod
    def key_rules(cls) -> Rules:
        return {**any_of(_EXPECTING), "dependentSchemas": {"backoff": none_of(["code", "caller"])}}


_EXPECTING = ("count", "at_least", "at_most", "backoff")
"""The keys that say what is expected of calls."""
