"""Steps that call the services around a restore: a model for each method, made from its .proto file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from pydantic import Field, create_model

from scenarios.format.call_steps import CallStep, PageDocument, SortDocument
from scenarios.format.expectations import RESPONSES, expectation_of
from scenarios.format.field_paths import listed_field
from simulator.api import SERVICE, Method
from simulator.documents.model import Model, Nothing, one_of
from simulator.requests.parameters import METHODS_BY_VERB, PAGE, PARAMETERS, SORT, Parameter, exclusive_keys

_SCALARS: Mapping[int, type] = {
    FieldDescriptor.CPPTYPE_STRING: str,
    FieldDescriptor.CPPTYPE_BOOL: bool,
    FieldDescriptor.CPPTYPE_INT32: int,
    FieldDescriptor.CPPTYPE_INT64: int,
}
_DOCUMENTS: Mapping[str, tuple[type[Model], str]] = {
    SORT: (SortDocument, "The order of the list."),
    PAGE: (PageDocument, "The page of the list."),
}
"""Model and description of the messages that steps write in another form."""


@dataclass(frozen=True)
class MethodStep:
    """A step that calls a method.

    Args:
        method: The method.
        model: What the step takes.
    """

    method: Method
    model: type[CallStep]

    @property
    def field(self) -> Any:
        """The field of a step for it."""
        annotation: Any = self.model | None
        if not self.model.required_twins:
            annotation = Annotated[annotation, Nothing]
        return annotation, Field(None, description=f"Call {self.method.qualified_name}.")


def _method_step(method: Method) -> MethodStep:
    parameters = PARAMETERS[method.name]
    is_list = listed_field(RESPONSES[method.name]) is not None
    names_one = method.name.startswith(("Get", "Delete")) and len(_entities(parameters)) == len(_texts(parameters)) == 1
    expectation = expectation_of(method.name)
    about = "What is expected of the answer; without it, code OK."
    model = create_model(
        f"{method.name}Step",
        __base__=CallStep,
        __module__=__name__,
        __doc__=f"{method.qualified_name}.",
        expect=(expectation, Field(default_factory=expectation, description=about)),
        **dict(field for parameter in parameters for field in _fields(parameter)),
    )
    model.required_twins = [parameter.key for parameter in _entities(parameters)] if names_one else ()
    model.exclusive = () if names_one else tuple(exclusive_keys(parameters))
    model.is_list = is_list
    return MethodStep(method, model)


def _fields(parameter: Parameter) -> Iterator[tuple[str, Any]]:
    """The fields of a model that take a parameter."""
    field = parameter.field
    if parameter.collection:
        words = parameter.key.replace("_", " ")
        yield parameter.key, (str | None, Field(None, description=f"Name of the {words}."))
        text = f"What to send as identifier of the {words}."
        yield f"{parameter.key}_id", (str | None, Field(None, description=text))
    elif field.message_type is not None and field.message_type.full_name in _DOCUMENTS:
        model, text = _DOCUMENTS[field.message_type.full_name]
        yield parameter.key, (model, Field(default_factory=model, description=text))
    else:
        yield parameter.key, _optional(field)


def _entities(parameters: Sequence[Parameter]) -> Sequence[Parameter]:
    return [parameter for parameter in parameters if parameter.collection]


def _texts(parameters: Sequence[Parameter]) -> Sequence[Parameter]:
    return [parameter for parameter in parameters if parameter.field.type == FieldDescriptor.TYPE_STRING]


def _optional(field: FieldDescriptor) -> Any:
    return _annotation(field) | None, Field(None, description=f"The field {field.name!r} of the request.")


def _annotation(field: FieldDescriptor) -> Any:
    if field.enum_type is not None:
        one: Any = Annotated[str, one_of(field.enum_type.name, [value.name for value in field.enum_type.values])]
    elif field.message_type is not None:
        one = _model_of(field.message_type)
    else:
        one = _SCALARS[field.cpp_type]
    return Sequence[one] if field.is_repeated else one


@cache
def _model_of(descriptor: Descriptor) -> type[Model]:
    fields: dict[str, Any] = {field.name: _optional(field) for field in descriptor.fields}
    return create_model(
        f"{descriptor.name}Document", __base__=Model, __module__=__name__, __doc__=f"A {descriptor.name}.", **fields
    )


METHOD_STEPS: Mapping[str, MethodStep] = {
    verb: _method_step(method) for verb, method in METHODS_BY_VERB.items() if method.service != SERVICE
}
"""By verb, the steps for all methods except those of restores, which have their own models."""
