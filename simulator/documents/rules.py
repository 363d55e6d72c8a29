"""The ``faults:`` of a scenario: each a rule, in the same words as in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import Field, Strict, create_model, model_validator
from pydantic_core import PydanticCustomError

from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Effect, Rule
from fakes.faults.selector import Selector
from fakes.faults.settings import PlainEffect
from simulator import faults
from simulator.documents.effects import field_of, make_effect
from simulator.documents.key_rules import Rules
from simulator.documents.model import NAME_LENGTH_MAX, Model, Printable, require_exactly_one
from simulator.documents.pattern_types import MethodPatterns, Patterns, PhasePatterns
from simulator.documents.problems import WRONG_KEY
from simulator.documents.quantities import TimeSeconds
from simulator.documents.rule_schema import rule_keys


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


class RuleDocument(WhereDocument):
    """A rule: where it applies, when, and exactly one effect, whose keys `rule_document` adds."""

    effects: ClassVar[Mapping[str, type[PlainEffect]]] = {}
    """The effects that it may have, by their keys."""

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

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        require_exactly_one(self, self.effects)
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
        return rule_keys(tuple(cls.effects.values()))

    @property
    def _effect_key(self) -> str:
        return next(key for key in self.effects if getattr(self, key) is not None)

    def _effect(self) -> Effect:
        return make_effect(self.effects[self._effect_key], getattr(self, self._effect_key))

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
    """The error as the loader takes it, with the keys from the rule to the problem."""
    return PydanticCustomError(WRONG_KEY, "{what}", {"what": error.message, "path": tuple(filter(None, path))})


def rule_document(effects: Sequence[type[PlainEffect]]) -> type[RuleDocument]:
    """Make the model of rules that may have those *effects*."""
    keys: dict[str, Any] = {effect.name: field_of(effect) for effect in effects}
    document = create_model("FaultDocument", __base__=RuleDocument, __doc__=_DOC, **keys)
    document.effects = {effect.name: effect for effect in effects}
    return document


_DOC = "A rule: where it applies, when, and exactly one effect."

if TYPE_CHECKING:

    class FaultDocument(RuleDocument):
        """A rule that may have any effect of `simulator.faults`."""

else:
    FaultDocument = rule_document(faults.EFFECTS)
