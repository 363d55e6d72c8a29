"""What all parts of a scenario document have in common: they are immutable and know every key that they take."""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from fakes import Phase
from fakes.suggestions import suggest
from scenarios.errors import KeyPath, shown


class Model(BaseModel):
    """Base of all parts of a document."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def one_of(what: str, known: Collection[str]) -> BeforeValidator:
    """Accept only one of the *known* texts; a miss says which comes close."""

    def check(value: object) -> object:
        if isinstance(value, str) and value in known:
            return value
        raise ValueError(f"{shown(value)} is no {what}; {suggest(str(value), known)}")

    return BeforeValidator(check)


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"is {shown(text)}; expected one line without control characters")
    return text


Printable = Annotated[str, AfterValidator(_printable)]
"""Text that can be shown on one line of a terminal."""

ModelType = TypeVar("ModelType", bound=Model)


def require_exactly_one(model: ModelType, keys: Collection[str]) -> ModelType:
    """Check that exactly one of *keys* is given, and return the model.

    Raises:
        ValueError: none is, or several are, or the one has no value.
    """
    given = [key for key in keys if key in model.model_fields_set]
    if len(given) != 1:
        raise ValueError(f"has {' and '.join(given) or 'none'}; expected exactly one of {', '.join(keys)}")
    if getattr(model, given[0]) is None:
        raise ValueError(f"{given[0]} has no value")
    return model


Nothing = BeforeValidator(lambda value: {} if value is None else value)
"""What needs no arguments may be written without a value."""

PhaseName = Annotated[str, one_of("phase", [phase.name for phase in Phase])]
"""The name of a phase."""


def known_keys(model: type[BaseModel], path: KeyPath) -> Sequence[str]:
    """The keys that may stand in the mapping at *path* of a document of *model*."""
    current: object = model
    for part in path:
        current = _inside(current, part)
    found = _model_in(current)
    return [entry.alias or name for name, entry in found.model_fields.items()] if found else []


def _inside(annotation: object, part: str | int) -> object:
    """The annotation of what stands under a key or index of what *annotation* describes."""
    found = _model_in(annotation)
    if found is not None:
        entries = {entry.alias or name: entry.annotation for name, entry in found.model_fields.items()}
        return entries.get(str(part))
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
