"""What a scenario expects: of the answer to a call, of a resource, of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

import grpc
from pydantic import BeforeValidator, Field, model_validator

from scenarios.errors import shown
from scenarios.history_document import CallsDocument, EventDocument
from scenarios.model import Model, one_of
from scenarios.quantities import DurationSeconds


def _pattern(value: object) -> object:
    try:
        re.compile(str(value))
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{shown(value)} is no regular expression: {error}") from None
    return value


def _plain(value: object) -> object:
    if isinstance(value, dict | list) or value is None:
        raise ValueError(f"is {shown(value)}; expected a text, a number, true or false")
    return value


class Matcher(Model):
    """A looser expectation than being equal; all keys that are given have to hold."""

    present: bool | None = Field(None, description="Whether the field is set.")
    matches: Annotated[str, BeforeValidator(_pattern)] | None = Field(
        None, description="A regular expression that the whole value, as text, has to match."
    )
    at: DurationSeconds | None = Field(None, description="A time, counted from the start of the scenario.")
    one_of: Sequence[Annotated[Any, BeforeValidator(_plain)]] | None = Field(
        None, description="The values of which it has to be one."
    )


def _matcher(value: object) -> object:
    """A mapping is a matcher; anything else has to be equal."""
    if isinstance(value, dict):
        return Matcher.model_validate(value)
    if isinstance(value, list) or value is None:
        keys = ", ".join(Matcher.model_fields)
        raise ValueError(f"is {shown(value)}; expected a text, a number, true, false, or a mapping with {keys}")
    return value


Expected = Annotated[Matcher | Any, BeforeValidator(_matcher)]
"""A text, number or bool that a field has to equal, or a `Matcher`."""


def is_about_presence(expected: object) -> bool:
    """Whether all that is expected is that something is there, or isn't."""
    return isinstance(expected, Matcher) and expected.model_fields_set == {"present"}


class Expectation(Model):
    """What is expected of an answer."""

    code: Annotated[str, one_of("status code", [code.name for code in grpc.StatusCode])] = Field(
        "OK", description="Name of the status code."
    )
    message: str | None = Field(None, description="A text that the message of the status has to contain.")
    violations: Mapping[str, str] | None = Field(
        None,
        description="All violations in the details of the status: field path or type, and a text that its description"
        " has to contain.",
    )
    fields: Mapping[str, Expected] = Field({}, description="Fields of the answer by their path, such as status.phase.")
    names: Sequence[str] | None = Field(None, description="Names of the restores of a page, in order.")


class ExpectStep(Expectation):
    """Look at a restore as it is now, at an answer from before, or at what has happened so far."""

    restore: str | None = Field(None, description="Alias of the restore to get and look at.")
    answer: str | None = Field(None, description="Alias of the answer to look at again.")
    timeline: Sequence[EventDocument] | None = Field(
        None, min_length=1, description="Events that the timeline has to have, in this order."
    )
    calls: Sequence[CallsDocument] | None = Field(
        None, min_length=1, description="Calls that clients have to have made so far."
    )

    @model_validator(mode="after")
    def _about_one_thing(self) -> Self:
        if self.timeline is not None or self.calls is not None:
            others = sorted(self.model_fields_set - {"timeline", "calls"})
            if others:
                raise ValueError(f"has {others[0]}, which is about an answer; 'timeline' and 'calls' stand without it")
        return self
