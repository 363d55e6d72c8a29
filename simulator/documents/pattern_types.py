"""Patterns of rules: one or several, each a name or one with wildcards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from fakes import Phase
from simulator.api import METHOD_NAMES
from simulator.documents.problems import shown

WILDCARD = r"[*?\[]|\$\{"
"""A regular expression for texts that stand for others: those with a wildcard, or with a value that comes later."""


def _as_list(value: object) -> object:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list | tuple):
        raise ValueError(f"is {shown(value)}; expected a text, or a list of texts")  # noqa: TRY004  # as pydantic asks
    return value


def _patterns_schema(known: Collection[str] = ()) -> WithJsonSchema:
    """One pattern or several; if only *known* texts can be matched, other patterns need a wildcard."""
    one: dict[str, Any] = {"type": "string", "minLength": 1}
    if known:
        one = {"anyOf": [{"type": "string", "enum": list(known)}, {"type": "string", "pattern": WILDCARD}]}
    return WithJsonSchema({"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]})


Patterns = Annotated[Sequence[str], BeforeValidator(_as_list), Field(min_length=1), _patterns_schema()]
"""One pattern or several; one has to match."""

MethodPatterns = Annotated[
    Sequence[str],
    BeforeValidator(_as_list),
    Field(min_length=1),
    _patterns_schema([*METHOD_NAMES, *METHOD_NAMES.values()]),
]
"""Patterns for methods."""

PhasePatterns = Annotated[
    Sequence[str],
    BeforeValidator(_as_list),
    Field(min_length=1),
    _patterns_schema([phase.name for phase in Phase if not phase.is_final]),
]
"""Patterns for phases in which something can happen."""
