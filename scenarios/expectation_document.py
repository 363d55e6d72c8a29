"""What a scenario expects: of the answer to a call, of a resource, of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import grpc
from pydantic import BeforeValidator, Field

from scenarios.model import Model, one_of
from scenarios.quantities import DurationSeconds


def _pattern(value: object) -> object:
    try:
        re.compile(str(value))
    except re.error as error:
        raise ValueError(f"{value!r} is no regular expression: {error}") from None
    return value


class Matcher(Model):
    """A looser expectation than being equal; all keys that are given have to hold."""

    present: bool | None = Field(None, description="Whether the field is set.")
    matches: Annotated[str, BeforeValidator(_pattern)] | None = Field(
        None, description="A regular expression that the whole value, as text, has to match."
    )
    at: DurationSeconds | None = Field(None, description="A time, counted from the start of the scenario.")
    one_of: Sequence[str | int] | None = Field(None, description="The values of which it has to be one.")


def _matcher(value: object) -> object:
    """A mapping is a matcher; anything else has to be equal."""
    if isinstance(value, dict):
        return Matcher.model_validate(value)
    if isinstance(value, list) or value is None:
        raise ValueError(
            f"{value!r} can't be expected of a field; expected a value or one of {list(Matcher.model_fields)}"
        )
    return value


Expected = Annotated[Any, BeforeValidator(_matcher)]
"""A text, number or bool that a field has to equal, or a `Matcher`."""


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
    """Look at a restore as it is now, or at an answer from before."""

    restore: str | None = Field(None, description="Alias of the restore to get and look at.")
    answer: str | None = Field(None, description="Alias of the answer to look at again.")
