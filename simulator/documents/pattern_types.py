"""Patterns of rules: one or several, each a name or one with wildcards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from fakes import Phase
from simulator.api import METHOD_NAMES

WILDCARD = r"[*?\[]|\$\{"
"""A regular expression that finds what lets a text stand for others: a wildcard, or a value that comes later."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _patterns_schema(known: Collection[str] = ()) -> WithJsonSchema:
    """One pattern or several; where *known* texts are all that there is to match, others need a wildcard."""
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
