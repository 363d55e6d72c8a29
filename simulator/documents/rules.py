"""The ``faults:`` of a scenario: each a rule, in the same words as in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Self

import grpc
from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from fakes import ErrorCode
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Effect, Rule
from fakes.faults.selector import Selector
from simulator import faults
from simulator.documents.durations import DurationDocument, PlainDuration
from simulator.documents.key_rules import Rules
from simulator.documents.metadata import InitialMetadata, TrailingMetadata, to_metadata
from simulator.documents.model import NAME_LENGTH_MAX, Model, Nothing, Printable, one_of, require_exactly_one
from simulator.documents.pattern_types import MethodPatterns, Patterns, PhasePatterns
from simulator.documents.problems import WRONG_KEY
from simulator.documents.quantities import Fraction, PositiveSeconds, TimeSeconds
from simulator.documents.rule_schema import rule_keys
from simulator.faults.error import read_detail

ERROR_CODES = tuple(code.name for code in grpc.StatusCode if code is not grpc.StatusCode.OK)


def _detail(value: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        read_detail(value)
    except InvalidRule as error:
        raise ValueError(error.message) from None
    return value


class ErrorDocument(Model):
    """Answer with a status other than OK, before the call has any effect."""

    code: Annotated[str, one_of("status code of an error", ERROR_CODES)] = Field(
        "UNAVAILABLE", description="Name of the status code."
    )
    message: str = Field("", description="What the status says.")
    retry_delay: PositiveSeconds | None = Field(None, description="When to try again, as RetryInfo.")
    details: Sequence[Annotated[Mapping[str, Any], AfterValidator(_detail)]] = Field(
        (), description="Details: '@type' of google.rpc, and its fields."
    )
    initial_metadata: InitialMetadata = Field({}, description="Metadata that come first, such as a request id.")
    trailing_metadata: TrailingMetadata = Field(
        {}, description="Metadata that come with the status, such as grpc-retry-pushback-ms; bytes as base64."
    )

    def to_effect(self) -> Effect:
        return faults.error(
            self.code,
            self.message,
            self.retry_delay,
            self.details,
            to_metadata(self.initial_metadata),
            to_metadata(self.trailing_metadata),
        )


class LoseResponseDocument(Model):
    """Let the call happen and lose the answer."""

    code: Annotated[str, one_of("way to lose an answer", ["UNAVAILABLE", "DEADLINE_EXCEEDED"])] = Field(
        "UNAVAILABLE", description="What the client gets: UNAVAILABLE or DEADLINE_EXCEEDED."
    )

    def to_effect(self) -> Effect:
        return faults.lose_response(self.code)


class HangDocument(Model):
    """Never answer."""

    def to_effect(self) -> Effect:
        return faults.hang()


class RateLimitDocument(Model):
    """Refuse calls above a rate."""

    per_second: float = Field(ge=1e-9, allow_inf_nan=False, description="Calls that each caller may make in a second.")
    burst: int = Field(1, ge=1, description="Calls that it may make at once after a rest.")

    def to_effect(self) -> Effect:
        return faults.rate_limit(self.per_second, self.burst)


class FailDocument(Model):
    """End the restore in FAILED."""

    error_code: Annotated[str, one_of("error code", [code.name for code in ErrorCode])] = Field(
        ErrorCode.RESTORE_INTERNAL_ERROR.name, description="Name of the error code."
    )
    message: str = Field("", description="The error message.")
    at: Fraction = Field(0.0, description="How far into the phase.")

    def to_effect(self) -> Effect:
        return faults.fail(self.error_code, self.message, self.at)


class StallDocument(Model):
    """Make no progress."""

    duration: Annotated[DurationDocument, PlainDuration] | None = Field(
        None, description="For how long; left out, until the rule is removed."
    )
    at: Fraction = Field(0.0, description="How far into the phase.")

    def to_effect(self) -> Effect:
        return faults.stall(self.duration.to_duration() if self.duration else None, self.at)


class RestartPhaseDocument(Model):
    """Lose the progress of the phase and begin it again."""

    at: Fraction = Field(0.5, description="How far into the phase.")

    def to_effect(self) -> Effect:
        return faults.restart_phase(self.at)


class OutageDocument(Model):
    """Let the agent of a cluster be gone."""

    duration: PositiveSeconds | None = Field(None, description="For how long; left out, until the rule is removed.")

    def to_effect(self) -> Effect:
        return faults.outage(self.duration)


class LoseCredentialsDocument(Model):
    """Let clusters no longer get at a backup location."""

    duration: PositiveSeconds | None = Field(None, description="For how long; left out, until the rule is removed.")

    def to_effect(self) -> Effect:
        return faults.lose_credentials(self.duration)


class DeleteBackupDocument(Model):
    """Delete a backup."""

    def to_effect(self) -> Effect:
        return faults.delete_backup()


class GateDocument(Model):
    """Hold restores until the step 'open' opens the gate."""

    def to_effect(self) -> Effect:
        return faults.gate()


class WhereDocument(Model):
    """Where a rule applies; everything that is given has to hold. Patterns match names or uids."""

    method: MethodPatterns | None = Field(None, description="The method that is called.")
    phase: PhasePatterns | None = Field(None, description="The phase that is about to begin.")
    cluster: Patterns | None = Field(None, description="The target cluster.")
    namespace: Patterns | None = Field(None, description="The namespace.")
    project: Patterns | None = Field(None, description="The destination project.")
    backup: Patterns | None = Field(None, description="The backup.")
    backup_location: Patterns | None = Field(None, description="The backup location.")
    data_service: Patterns | None = Field(None, description="The data service, such as PostgreSQL.")
    restore: Patterns | None = Field(None, description="The restore.")
    caller: Patterns | None = Field(None, description="Who calls: the name of the token, or else the account.")
    label: Mapping[str, str] = Field({}, description="Patterns for labels of the restore.")
    any_of: Sequence[WhereDocument] = Field((), min_length=1, description="Of these, one has to hold as well.")
    unless: WhereDocument | None = Field(None, description="This must not hold.")

    @classmethod
    def key_rules(cls) -> Rules:
        return {"minProperties": 1}

    def to_where(self) -> Selector:
        """Make the value that is described."""
        patterns = {key: tuple(found) for key in PATTERN_KEYS if (found := getattr(self, key)) is not None}
        any_of = tuple(where.to_where() for where in self.any_of)
        return Selector(patterns, dict(self.label), any_of, self.unless.to_where() if self.unless else None)


PATTERN_KEYS = tuple(key for key in WhereDocument.model_fields if key not in ("label", "any_of", "unless"))
"""The keys whose values are patterns."""


class FaultDocument(WhereDocument):
    """A rule: where it applies, when, and exactly one effect."""

    name: Printable = Field(
        "",
        min_length=1,
        max_length=NAME_LENGTH_MAX,
        json_schema_extra={"minLength": 1, "maxLength": NAME_LENGTH_MAX},
        description="What it is called in timelines, statuses and reports.",
    )
    after: int = Field(0, ge=0, description="Matches that it lets pass first.")
    times: int | None = Field(None, ge=1, description="How often it takes effect at the most.")
    probability: float = Field(1.0, gt=0, le=1, description="How likely a match takes effect.")
    between: Annotated[tuple[TimeSeconds, TimeSeconds] | None, Strict(strict=False)] = Field(
        None, description="From when to when it applies: times from the start, or timestamps in ISO 8601."
    )
    at: TimeSeconds | None = Field(
        None, description="When an effect on the world happens: a time from the start, or a timestamp in ISO 8601."
    )

    error: Annotated[ErrorDocument | None, Nothing] = Field(None, description="A call fails, without any effect.")
    lose_response: Annotated[LoseResponseDocument | None, Nothing] = Field(
        None, description="A call takes effect, but its answer is lost."
    )
    delay: Annotated[DurationDocument, PlainDuration] | None = Field(None, description="A call is held up.")
    hang: Annotated[HangDocument | None, Nothing] = Field(None, description="A call is never answered.")
    rate_limit: RateLimitDocument | None = Field(None, description="Calls above a rate are refused.")
    stale: PositiveSeconds | None = Field(None, description="A Get or List tells of the past: of so long ago.")
    fail: Annotated[FailDocument | None, Nothing] = Field(None, description="A restore fails.")
    stall: Annotated[StallDocument | None, Nothing] = Field(None, description="A restore makes no progress.")
    slow: float | None = Field(None, gt=0, le=1_000_000, description="A phase takes so many times as long.")
    restart_phase: Annotated[RestartPhaseDocument | None, Nothing] = Field(None, description="A phase begins again.")
    outage: Annotated[OutageDocument | None, Nothing] = Field(None, description="The agent of a cluster is gone.")
    lose_credentials: Annotated[LoseCredentialsDocument | None, Nothing] = Field(
        None, description="Clusters no longer get at a backup location."
    )
    delete_backup: Annotated[DeleteBackupDocument | None, Nothing] = Field(None, description="A backup is deleted.")
    gate: Annotated[GateDocument | None, Nothing] = Field(None, description="Restores are held until 'open'.")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        require_exactly_one(self, EFFECT_KEYS)
        try:
            self._effect()
        except InvalidRule as error:
            given = getattr(self, self._effect_key)
            key = error.key if error.key in getattr(type(given), "model_fields", ()) else ""
            raise _invalid(error, self._effect_key, key) from None
        try:
            self.to_rule()
        except InvalidRule as error:
            raise _invalid(error, error.key) from None
        return self

    @classmethod
    def key_rules(cls) -> Rules:
        return rule_keys()

    @property
    def _effect_key(self) -> str:
        return next(key for key in EFFECT_KEYS if getattr(self, key) is not None)

    def _effect(self) -> Effect:
        given = getattr(self, self._effect_key)
        effect: Effect = _EFFECTS[self._effect_key](given) if self._effect_key in _EFFECTS else given.to_effect()
        return effect

    def to_rule(self) -> Rule:
        """Make the rule that is described.

        Raises:
            InvalidRule: it contradicts itself.
        """
        return Rule(
            effect=self._effect(),
            where=self.to_where(),
            name=self.name,
            after=self.after,
            times=self.times,
            probability=self.probability,
            between_seconds=self.between,
            at_seconds=self.at,
        )


def _invalid(error: InvalidRule, *path: str) -> PydanticCustomError:
    """The error as the loader takes it, with the keys that lead from the rule to what is wrong."""
    return PydanticCustomError(WRONG_KEY, "{what}", {"what": error.message, "path": tuple(filter(None, path))})


EFFECT_KEYS = tuple(effect.name for effect in faults.EFFECTS)
"""The keys of a rule that name an effect."""

_EFFECTS: Mapping[str, Callable[[Any], Effect]] = {
    "delay": lambda duration: faults.delay(duration.to_duration()),
    "stale": faults.stale,
    "slow": faults.slow,
}
"""The effects whose documents are plain values."""
