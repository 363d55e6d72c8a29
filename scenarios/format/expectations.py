"""What a scenario expects: of the answer to a call, of a resource, of a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Self, cast

import grpc
from google.protobuf.descriptor import Descriptor, EnumDescriptor
from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, create_model, model_validator

from scenarios.format.field_paths import values_of
from scenarios.format.history_expectations import CallsDocument, EventDocument
from scenarios.format.regular_expressions import compile_expression
from simulator.api import METHODS, SERVICE
from simulator.documents.key_rules import Rules, exactly_one_of, given, none_of
from simulator.documents.model import Model, one_of
from simulator.documents.problems import shown
from simulator.documents.quantities import TimeSeconds


def _pattern(value: object) -> object:
    try:
        compile_expression(str(value))
    except ValueError as error:
        raise ValueError(f"{shown(value)} is no regular expression: {error}") from None
    return value


def _plain(value: object) -> object:
    if isinstance(value, dict | list) or value is None:
        raise ValueError(f"is {shown(value)}; expected a text, a number, true or false")
    return value


_PLAIN_SCHEMA = {"type": ["string", "number", "boolean"]}


class Matcher(Model):
    """A looser expectation than being equal; all keys that are given have to hold."""

    present: bool | None = Field(None, description="Whether the field is set.")
    matches: Annotated[str, BeforeValidator(_pattern), WithJsonSchema({"type": "string", "format": "regex"})] | None = (
        Field(None, description="A regular expression that the whole value, as text, has to match.")
    )
    at: TimeSeconds | None = Field(
        None, description="A time: from the start of the scenario, such as 90s, or a timestamp in ISO 8601."
    )
    one_of: Sequence[Annotated[Any, BeforeValidator(_plain), WithJsonSchema(_PLAIN_SCHEMA)]] | None = Field(
        None, description="It has to be one of these values."
    )


def _matcher(value: object, info: ValidationInfo) -> object:
    """A mapping is a matcher; anything else has to be equal."""
    if isinstance(value, dict):
        return Matcher.model_validate(value, context=info.context)
    if isinstance(value, list) or value is None:
        keys = ", ".join(Matcher.model_fields)
        raise ValueError(f"is {shown(value)}; expected a text, a number, true, false, or a mapping with {keys}")
    return value


Expected = Annotated[
    Matcher | Any, BeforeValidator(_matcher, json_schema_input_type=Matcher | str | int | float | bool)
]
"""A text, number or bool that a field has to equal, or a `Matcher`."""


StatusCode = Annotated[str, one_of("status code", [code.name for code in grpc.StatusCode])]
"""The name of a status code."""


def is_about_presence(expected: object) -> bool:
    """Whether the only expectation is that something is there, or is not."""
    return isinstance(expected, Matcher) and expected.model_fields_set == {"present"}


def enum_schema(enum: EnumDescriptor, matcher: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of what may be expected of a field that is an enum."""
    names = {"type": "string", "enum": [value.name for value in enum.values]}
    return {"anyOf": [names, {"type": "string", "pattern": r"\$\{[^{}]*\}"}, matcher]}


def _with_enums(*responses: Descriptor) -> Callable[[dict[str, Any]], None]:
    """Add the possible values of enum fields of *responses* to the JSON Schema of expected fields."""

    def add(fields: dict[str, Any]) -> None:
        [*_, matcher] = [schema for schema in fields["additionalProperties"]["anyOf"] if "$ref" in schema]
        kinds: dict[str, dict[EnumDescriptor | None, None]] = {}
        for path, enum in (known for response in responses for known in values_of(response)):
            kinds.setdefault(f"^{path}$", {})[enum] = None
        for path, found in sorted(kinds.items()):
            schemas = [enum_schema(enum, matcher) for enum in found if enum is not None]
            if len(schemas) == len(found):  # otherwise another answer has a field there that is not an enum
                alternatives = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
                fields.setdefault("patternProperties", {})[path] = alternatives

    return add


RESPONSES: Mapping[str, Descriptor] = {
    method.name: cast(Descriptor, method.response.DESCRIPTOR) for method in METHODS.values()
}
"""The type of the answer of each method."""
_RESTORES = [RESPONSES[method.name] for method in METHODS.values() if method.service == SERVICE]


_FIELDS = "Fields of the answer by their path, such as status.phase."


class Expectation(Model):
    """What is expected of an answer."""

    code: StatusCode = Field("OK", description="Name of the status code.")
    message: str | None = Field(None, description="A text that the message of the status has to contain.")
    violations: Mapping[str, str] | None = Field(
        None,
        description="All violations in the details of the status: field path or type, and a text that its description"
        " has to contain.",
    )
    fields: Mapping[str, Expected] = Field({}, description=_FIELDS, json_schema_extra=_with_enums(*_RESTORES))
    names: Sequence[str] | None = Field(None, description="Names of the resources of a page, in order.")

    @classmethod
    def key_rules(cls) -> Rules:
        return {"if": _FAILS, "then": _NO_ANSWER}


GENERATED = "scenarios.format.method_steps"
"""The module of the models that are made from .proto files."""


def expectation_of(name: str) -> type[Expectation]:
    """Make the model of what is expected of the answer of the method *name*."""
    fields: Any = Field({}, description=_FIELDS, json_schema_extra=_with_enums(RESPONSES[name]))
    return create_model(
        f"{name}Expectation",
        __base__=Expectation,
        __doc__=f"What is expected of the answer of {name}.",
        __module__=GENERATED,
        fields=(Mapping[str, Expected], fields),
    )


class ExpectStep(Expectation):
    """Look at a restore as it is now, at an answer from before, or at what has happened so far."""

    fields: Mapping[str, Expected] = Field({}, description=_FIELDS, json_schema_extra=_with_enums(*RESPONSES.values()))
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
        if self.is_about_history:
            others = sorted(self.model_fields_set - {"timeline", "calls"})
            if others:
                raise ValueError(f"has {others[0]}, which is about an answer; 'timeline' and 'calls' stand without it")
        return self

    @property
    def is_about_history(self) -> bool:
        """Whether it concerns the history rather than an answer."""
        return self.timeline is not None or self.calls is not None

    @classmethod
    def key_rules(cls) -> Rules:
        about_an_answer = [key for key in cls.model_fields if key not in _HISTORY]
        return {
            **super().key_rules(),
            "anyOf": [exactly_one_of(("restore", "answer")), given("timeline"), given("calls")],
            "dependentSchemas": {
                "restore": none_of(["names"]),
                **{key: none_of(about_an_answer) for key in _HISTORY},
            },
        }


_HISTORY = ("timeline", "calls")
_ERROR_CODES = [code.name for code in grpc.StatusCode if code is not grpc.StatusCode.OK]
_FAILS: Rules = {"required": ["code"], "properties": {"code": {"enum": _ERROR_CODES}}}
_NO_ANSWER: Rules = {"properties": {"fields": {"maxProperties": 0}}, **none_of(["names"])}
