"""How long something takes, as a document says it: a plain duration, or a distribution to draw from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, create_model, model_validator

from fakes import Constant, Duration, Phase
from fakes.lifecycle.durations import DISTRIBUTIONS, numbers_of
from simulator.documents.model import Model, OneKeyModel, one_of
from simulator.documents.quantities import DurationSeconds, PositiveSeconds, parse_duration_seconds


class DistributionDocument(Model):
    """The numbers of a distribution."""

    distribution: ClassVar[type[Duration]]

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        self.to_duration()
        return self

    def to_duration(self) -> Duration:
        """Make the duration that is described."""
        return self.distribution(
            **{entry.name: getattr(self, key) for key, entry in numbers_of(self.distribution).items()}
        )


class OneDuration(OneKeyModel):
    """How long something takes: exactly one of the keys. A plain duration stands for ``constant``."""

    def to_duration(self) -> Duration:
        """Make the duration that is described."""
        [key] = self.model_fields_set
        given: float | DistributionDocument = getattr(self, key)
        return given.to_duration() if isinstance(given, DistributionDocument) else Constant(given)


def _key(distribution: type[Duration]) -> Any:
    """The key for a distribution: its type and its field."""
    about = (distribution.__doc__ or "").partition("\n")[0]
    numbers = numbers_of(distribution)
    written: Any = DurationSeconds
    if distribution is not Constant:
        keys: dict[str, Any] = {
            key: (_type(entry), Field(description=entry.metadata["about"])) for key, entry in numbers.items()
        }
        name = distribution.__name__
        doc = f"The numbers of the distribution {name.lower()!r}."
        written = create_model(f"{name}Document", __base__=DistributionDocument, __doc__=doc, **keys)
        written.distribution = distribution
    return written | None, Field(None, description=about)


def _type(number: dataclasses.Field[Any]) -> Any:
    if not number.name.endswith("_seconds"):
        return Annotated[float, Field(ge=0, allow_inf_nan=False)]
    return PositiveSeconds if number.metadata["above_zero"] else DurationSeconds


if TYPE_CHECKING:
    DurationDocument = OneDuration
else:
    DurationDocument = create_model(
        "DurationDocument",
        __base__=OneDuration,
        __doc__=OneDuration.__doc__,
        **{name: _key(distribution) for name, distribution in DISTRIBUTIONS.items()},
    )


def _plain_duration(value: object) -> object:
    return value if isinstance(value, dict) else {"constant": parse_duration_seconds(value)}


PlainDuration = BeforeValidator(_plain_duration, json_schema_input_type=DurationSeconds | DurationDocument)
"""Accepts a plain duration in place of a constant one."""

EndingPhaseName = Annotated[str, one_of("phase that ends", [phase.name for phase in Phase if not phase.is_final])]
"""The name of a phase that takes time; a restore stays in the others for good."""

Durations = Mapping[EndingPhaseName, Annotated[DurationDocument, PlainDuration]]
"""How long each phase takes."""


def to_durations(durations: Durations) -> dict[Phase, Duration]:
    """Make the durations that are described."""
    return {Phase[name]: duration.to_duration() for name, duration in durations.items()}
