"""The models of effects in documents, made from the settings of the effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from typing import Annotated, Any

from pydantic import AfterValidator, Field, create_model

from fakes.faults.errors import InvalidRule
from fakes.faults.settings import (
    Choice,
    Drawn,
    Fraction,
    Kind,
    Number,
    PlainEffect,
    Seconds,
    Setting,
    Text,
    WholeNumber,
)
from simulator.documents.durations import DurationDocument, PlainDuration
from simulator.documents.metadata import InitialMetadata, TrailingMetadata
from simulator.documents.model import Model, Nothing, one_of
from simulator.documents.quantities import Fraction as FractionValue
from simulator.documents.quantities import PositiveSeconds
from simulator.faults.error import Details, SentMetadata, read_detail
from simulator.faults.metadata import to_metadata


def _detail(value: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        read_detail(value)
    except InvalidRule as error:
        raise ValueError(error.message) from None
    return value


_TYPES: Mapping[type[Kind], Callable[[Any, str], Any]] = {
    Text: lambda _kind, _key: str,
    Choice: lambda kind, _key: Annotated[str, one_of(kind.what, kind.known)],
    Number: lambda kind, _key: Annotated[
        float, Field(gt=kind.above, ge=kind.at_least, le=kind.at_most, allow_inf_nan=False)
    ],
    WholeNumber: lambda kind, _key: Annotated[int, Field(ge=kind.at_least)],
    Fraction: lambda _kind, _key: FractionValue,
    Seconds: lambda _kind, _key: PositiveSeconds,
    Drawn: lambda _kind, _key: Annotated[DurationDocument, PlainDuration],
    Details: lambda _kind, _key: Sequence[Annotated[Mapping[str, Any], AfterValidator(_detail)]],
    SentMetadata: lambda _kind, key: {"initial_metadata": InitialMetadata}.get(key, TrailingMetadata),
}
"""The type of each kind of value in documents."""

_VALUES: Mapping[type[Kind], Callable[[Any], Any]] = {
    Drawn: lambda given: None if given is None else given.to_duration(),
    SentMetadata: to_metadata,
}
"""Functions that convert values from documents, where these differ from the values of effects."""


def field_of(effect: type[PlainEffect]) -> tuple[Any, Any]:
    """The key of a rule under which the settings of *effect* stand: its type and its field."""
    first_line = (effect.__doc__ or "").partition("\n")[0].replace("*", "'")
    settings = list(effect.settings())
    about = Field(None, title=settings[0].key if effect.is_single else None, description=first_line)
    if effect.is_single:
        return (_type_of(settings[0]) | None, about)
    keys: dict[str, Any] = {each.key: (_type_of(each), _field_of(each)) for each in settings}
    title = effect.name.title().replace("_", "")
    about_settings = f"What the effect {effect.name!r} can be told."
    document = create_model(f"{title}Document", __base__=Model, __doc__=about_settings, **keys)
    if any(each.default is MISSING for each in settings):
        return (document | None, about)
    return (Annotated[document | None, Nothing], about)


def make_effect(effect: type[PlainEffect], given: Any) -> PlainEffect:
    """Make the effect that a document describes under its key.

    Raises:
        InvalidRule: it is invalid; names the key.
    """
    settings = list(effect.settings())
    if effect.is_single:
        told = {settings[0].key: given}
    else:
        told = {key: getattr(given, key) for key in given.model_fields_set}
    return effect(**{each.field: _value(each.kind, told[each.key]) for each in settings if each.key in told})


def _value(kind: Kind, given: Any) -> Any:
    make = _VALUES.get(type(kind))
    return given if make is None else make(given)


def _type_of(setting: Setting) -> Any:
    written = _TYPES[type(setting.kind)](setting.kind, setting.key)
    return written | None if setting.default is None else written


def _field_of(setting: Setting) -> Any:
    if setting.default is MISSING:
        return Field(description=setting.about)
    default = {} if isinstance(setting.kind, SentMetadata) else setting.default
    return Field(default, description=setting.about)
