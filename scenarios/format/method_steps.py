"""Steps that call the services around a restore: a model for each method, made from its .proto file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from pydantic import Field, create_model

from fakes.world.entities import COLLECTIONS
from scenarios.format.call_steps import CallStep, PageDocument, SortDocument
from scenarios.format.expectations import RESPONSES, expectation_of
from scenarios.format.field_paths import listed_field
from simulator.api import METHODS, SERVICE, Method
from simulator.documents.model import Model, Nothing, one_of

_KEYS: Mapping[str, str] = {"data_service_deployment": "deployment", "target_cluster": "cluster"}
"""What scenarios call a kind of entity, where the API has a longer word."""
_SCALARS: Mapping[int, type] = {
    FieldDescriptor.CPPTYPE_STRING: str,
    FieldDescriptor.CPPTYPE_BOOL: bool,
    FieldDescriptor.CPPTYPE_INT32: int,
    FieldDescriptor.CPPTYPE_INT64: int,
}
_DOCUMENTS: Mapping[str, tuple[str, type[Model], str]] = {
    "public.portworx.common.v1.Sort": ("sort", SortDocument, "The order of the list."),
    "public.portworx.common.v1.PageBasedPaginationRequest": ("page", PageDocument, "The page of the list."),
}
"""Key, model and description of the messages that scenarios write in words of their own."""


@dataclass(frozen=True)
class Parameter:
    """A field of a request.

    Args:
        field: Its descriptor.
        key: The key of the step that fills it.
        collection: Where the world has the entities that the key names; the key with ``_id`` takes any text. Empty
            for what refers to no entity.
    """

    field: FieldDescriptor
    key: str
    collection: str

    @property
    def keys(self) -> Sequence[str]:
        """All keys of the step that fill it."""
        return (self.key, f"{self.key}_id") if self.collection else (self.key,)

    def model_fields(self) -> Iterator[tuple[str, Any]]:
        """The fields of the model of the step."""
        if self.collection:
            words = self.key.replace("_", " ")
            yield self.key, (str | None, Field(None, description=f"Name of the {words}."))
            text = f"What to send as identifier of the {words}."
            yield f"{self.key}_id", (str | None, Field(None, description=text))
        elif self.field.message_type is not None and self.field.message_type.full_name in _DOCUMENTS:
            _, model, text = _DOCUMENTS[self.field.message_type.full_name]
            yield self.key, (model, Field(default_factory=model, description=text))
        else:
            yield self.key, _optional(self.field)


@dataclass(frozen=True)
class MethodStep:
    """A step that calls a method.

    Args:
        method: The method.
        parameters: The fields of its request.
        model: What the step takes.
    """

    method: Method
    parameters: Sequence[Parameter]
    model: type[CallStep]

    @property
    def field(self) -> Any:
        """The field of a step for it."""
        annotation: Any = self.model | None
        if not self.model.required_twins:
            annotation = Annotated[annotation, Nothing]
        return annotation, Field(None, description=f"Call {self.method.qualified_name}.")


def _method_step(method: Method) -> MethodStep:
    parameters = [_parameter(method, field) for field in cast(Descriptor, method.request.DESCRIPTOR).fields]
    is_list = listed_field(RESPONSES[method.name]) is not None
    names_one = method.name.startswith(("Get", "Delete")) and len(_entities(parameters)) == len(_texts(parameters)) == 1
    expectation = expectation_of(method.name)
    fields: dict[str, Any] = dict(field for parameter in parameters for field in parameter.model_fields())
    about = "What is expected of the answer; without it, code OK."
    model = create_model(
        f"{method.name}Step",
        __base__=CallStep,
        __module__=__name__,
        __doc__=f"{method.qualified_name}.",
        expect=(expectation, Field(default_factory=expectation, description=about)),
        **fields,
    )
    model.required_twins = [parameter.key for parameter in _entities(parameters)] if names_one else ()
    model.exclusive = () if names_one else tuple(_exclusive(parameters))
    model.is_list = is_list
    return MethodStep(method, parameters, model)


def _parameter(method: Method, field: FieldDescriptor) -> Parameter:
    if field.message_type is not None and field.message_type.full_name in _DOCUMENTS:
        return Parameter(field, _DOCUMENTS[field.message_type.full_name][0], "")
    kind = field.name.removesuffix("_id")
    if field.name == "id":
        kind = _snake_case(re.sub("^(?:Get|Delete)", "", method.name.rpartition("/")[2]))
    key = _KEYS.get(kind, kind)
    is_entity = field.name.endswith("id") and f"{key}s" in COLLECTIONS
    return Parameter(field, key if is_entity else field.name, f"{key}s" if is_entity else "")


def _entities(parameters: Sequence[Parameter]) -> Sequence[Parameter]:
    return [parameter for parameter in parameters if parameter.collection]


def _texts(parameters: Sequence[Parameter]) -> Sequence[Parameter]:
    return [parameter for parameter in parameters if parameter.field.type == FieldDescriptor.TYPE_STRING]


def _exclusive(parameters: Sequence[Parameter]) -> Iterator[Sequence[str]]:
    """Groups of keys that exclude each other: they fill the same field, or the same oneof."""
    groups: dict[str, list[str]] = {}
    for parameter in parameters:
        oneof = parameter.field.containing_oneof
        groups.setdefault(parameter.field.name if oneof is None else oneof.name, []).extend(parameter.keys)
    return (keys for keys in groups.values() if len(keys) > 1)


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


def _snake_case(name: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", name.replace("/", "")).lower()


METHOD_STEPS: Mapping[str, MethodStep] = {
    _snake_case(method.name): _method_step(method) for method in METHODS.values() if method.service != SERVICE
}
"""By verb, the steps for all methods but those of restores, which have verbs of their own."""
