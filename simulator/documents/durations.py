"""How long something takes, as a document says it: a plain duration, or a distribution to draw from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from fakes import Constant, Duration, Exponential, LogNormal, Normal, Phase, Uniform
from simulator.documents.model import Model, OneKeyModel, one_of
from simulator.documents.quantities import DurationSeconds, PositiveSeconds, parse_duration_seconds


class UniformDocument(Model):
    """Anything between two durations, all equally likely."""

    low: DurationSeconds = Field(description="The shortest duration.")
    high: DurationSeconds = Field(description="The longest duration.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.high < self.low:
            raise ValueError(f"is from {self.low:g} to {self.high:g} s; expected a high that is at least low")
        return self

    def to_duration(self) -> Duration:
        return Uniform(self.low, self.high)


class NormalDocument(Model):
    """Around a mean; what would be below zero is zero."""

    mean: DurationSeconds = Field(description="The mean duration.")
    deviation: DurationSeconds = Field(description="The standard deviation.")

    def to_duration(self) -> Duration:
        return Normal(self.mean, self.deviation)


class LogNormalDocument(Model):
    """Mostly near a median, now and then much longer."""

    median: PositiveSeconds = Field(description="The median duration.")
    sigma: float = Field(ge=0, allow_inf_nan=False, description="The standard deviation of the logarithm.")

    def to_duration(self) -> Duration:
        return LogNormal(self.median, self.sigma)


class ExponentialDocument(Model):
    """Without a memory."""

    mean: PositiveSeconds = Field(description="The mean duration.")

    def to_duration(self) -> Duration:
        return Exponential(self.mean)


class DurationDocument(OneKeyModel):
    """How long something takes: exactly one of the keys. A plain duration stands for ``constant``."""

    constant: DurationSeconds | None = Field(None, description="Always this duration.")
    uniform: UniformDocument | None = Field(None, description="A uniform distribution.")
    normal: NormalDocument | None = Field(None, description="A normal distribution, cut at zero.")
    lognormal: LogNormalDocument | None = Field(None, description="A lognormal distribution.")
    exponential: ExponentialDocument | None = Field(None, description="An exponential distribution.")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        self.to_duration()
        return self

    def to_duration(self) -> Duration:
        """Make the duration that is described."""
        if self.constant is not None:
            return Constant(self.constant)
        chosen = self.uniform or self.normal or self.lognormal or self.exponential
        assert chosen is not None
        return chosen.to_duration()


def _plain_duration(value: object) -> object:
    return value if isinstance(value, dict) else {"constant": parse_duration_seconds(value)}


PlainDuration = BeforeValidator(_plain_duration, json_schema_input_type=DurationSeconds | DurationDocument)
"""Lets a plain duration stand for a constant one."""

EndingPhaseName = Annotated[str, one_of("phase that ends", [phase.name for phase in Phase if not phase.is_final])]
"""The name of a phase that takes some time: a restore stays in the others for good."""

Durations = Mapping[EndingPhaseName, Annotated[DurationDocument, PlainDuration]]
"""For each phase how long it takes."""


def to_durations(durations: Durations) -> dict[Phase, Duration]:
    """Make the durations that are described."""
    return {Phase[name]: duration.to_duration() for name, duration in durations.items()}
