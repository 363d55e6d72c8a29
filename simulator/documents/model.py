"""What all parts of a document have in common: they are immutable and refuse unknown keys."""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self, TypeVar, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from fakes import Phase
from fakes.suggestions import suggest
from simulator.documents.key_rules import ONE_KEY, Rules
from simulator.documents.problems import KeyPath, shown


class Model(BaseModel):
    """Base of all parts of a document."""

    # Built with the document that contains them, because building each by itself would double the time.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    @field_validator("*", mode="before")
    @classmethod
    def _has_a_value(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.field_name is not None and _may_be_left_out(cls, info.field_name):
            raise ValueError(f"has no value; expected {_kind_expected(cls, info.field_name)}, or no such key")
        return value

    @classmethod
    def key_rules(cls) -> Rules:
        """Which keys go together, in the words of JSON Schema; what checks it is in the validators."""
        return {}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        made = handler(schema)
        handler.resolve_ref_schema(made).update(cls.key_rules())
        return made


@dataclass(frozen=True)
class OneOf:
    """Accepts only one of the *known* texts; for others, the error suggests the closest."""

    what: str
    known: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "enum": list(self.known)}

    def _check(self, value: object) -> object:
        if isinstance(value, str) and value in self.known:
            return value
        raise ValueError(f"{shown(value)} is no {self.what}; {suggest(str(value), self.known)}")


def one_of(what: str, known: Collection[str]) -> OneOf:
    """Accept only one of the *known* texts; for others, the error suggests the closest."""
    return OneOf(what, tuple(known))


@dataclass(frozen=True)
class TakesNothing:
    """Accepts a key without a value for something that needs no arguments."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._fill, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"type": "null"}]}

    def _fill(self, value: object) -> object:
        return {} if value is None else value


Nothing = TakesNothing()
"""Accept a key without a value for something that needs no arguments."""


@dataclass(frozen=True)
class OnDemand:
    """Builds *model* only when a document uses it, because most documents use few of the models."""

    model: type[BaseModel]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        self.model.model_rebuild()
        built: Any = self.model.__pydantic_core_schema__
        inner = built["schema"] if built["type"] == "definitions" else built
        if inner["type"] != "definition-ref":
            # Under the name that pydantic uses for it elsewhere, so that it is described once.
            inner = inner | {"ref": f"{self.model.__module__}.{self.model.__qualname__}:{id(self.model)}"}
        return handler(core_schema.definitions_schema(inner, built.get("definitions", [])))

    def _validate(self, value: object, info: core_schema.ValidationInfo) -> BaseModel:
        return self.model.model_validate(value, context=info.context)


def _may_be_left_out(model: type[BaseModel], name: str) -> bool:
    """Whether None stands only for a missing key, and can't be written."""
    entry = model.model_fields[name]
    return types.NoneType in get_args(entry.annotation) and Nothing not in entry.metadata


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"is {shown(text)}; expected one line without control characters")
    return text


Printable = Annotated[
    str,
    AfterValidator(_printable),
    WithJsonSchema({"type": "string", "pattern": r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"}),
]
"""Text that can be shown on one line of a terminal."""

NAME_LENGTH_MAX = 100
"""Characters of the names of scenarios and rules."""

ModelType = TypeVar("ModelType", bound=Model)


def require_exactly_one(model: ModelType, keys: Collection[str]) -> ModelType:
    """Check that exactly one of *keys* is given, and return the model.

    Raises:
        ValueError: none is, or several are.
    """
    given = [key for key in keys if key in model.model_fields_set]
    if len(given) != 1:
        raise ValueError(f"has {' and '.join(given) or 'none'}; expected exactly one of {', '.join(keys)}")
    return model


class OneKeyModel(Model):
    """A part of a document that takes exactly one of its keys."""

    @classmethod
    def __pydantic_init_subclass__(cls, **extra: Any) -> None:
        super().__pydantic_init_subclass__(**extra)
        for entry in cls.model_fields.values():
            model = _model_in(entry.annotation)
            if model is not None and OnDemand(model) not in entry.metadata:
                entry.metadata.insert(0, OnDemand(model))

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        return require_exactly_one(self, type(self).model_fields)

    @classmethod
    def key_rules(cls) -> Rules:
        return ONE_KEY


PhaseName = Annotated[str, one_of("phase", [phase.name for phase in Phase])]
"""The name of a phase."""


def known_keys(model: type[BaseModel], path: KeyPath) -> Sequence[str]:
    """The keys that may stand in the mapping at *path* of a document of *model*."""
    return list(_keys_at(model, path))


def required_keys(model: type[BaseModel], path: KeyPath) -> Sequence[str]:
    """The keys that must stand in the mapping at *path* of a document of *model*."""
    return [key for key, entry in _keys_at(model, path).items() if entry.is_required()]


def description_of(model: type[BaseModel], path: KeyPath) -> str:
    """The description of the key at *path* of a document of *model*; empty if it has none."""
    entry = _keys_at(model, path[:-1]).get(str(path[-1]))
    return (entry and entry.description) or ""


def _keys_at(model: type[BaseModel], path: KeyPath) -> Mapping[str, FieldInfo]:
    current: object = model
    for part in path:
        current = _inside(current, part)
    return _keys(_model_in(current))


def _keys(model: type[BaseModel] | None) -> Mapping[str, FieldInfo]:
    if model is None:
        return {}
    model.model_rebuild()  # until it is built, it knows only the names of the models below it
    return {entry.alias or name: entry for name, entry in model.model_fields.items()}


def _kind_expected(model: type[BaseModel], name: str) -> str:
    """The kind of value that a key takes, if that is a mapping or a list."""
    annotation = model.model_fields[name].annotation
    if _model_in(annotation) is not None:
        return "a mapping"
    kinds = [get_origin(candidate) for candidate in _alternatives(annotation)]
    classes = [kind for kind in kinds if isinstance(kind, type)]
    if any(issubclass(kind, Mapping) for kind in classes):
        return "a mapping"
    return "a list" if any(issubclass(kind, Sequence) for kind in classes) else "one"


def _inside(annotation: object, part: str | int) -> object:
    """The annotation of the value under a key or index of a value with *annotation*."""
    found = _model_in(annotation)
    if found is not None:
        entry = _keys(found).get(str(part))
        return entry and entry.annotation
    for candidate in _alternatives(annotation):
        origin = get_origin(candidate)
        if isinstance(origin, type) and issubclass(origin, Mapping | Sequence):
            return get_args(candidate)[-1]
    return None


def _model_in(annotation: object) -> type[BaseModel] | None:
    for candidate in _alternatives(annotation):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _alternatives(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _alternatives(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [inner for argument in get_args(annotation) for inner in _alternatives(argument)]
    return [annotation]
