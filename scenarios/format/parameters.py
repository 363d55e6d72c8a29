"""The table of parameters in a scenario: a row for each way to run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from simulator.documents.problems import shown

CASE = "case"
"""The key of a row that names its case."""
SEED = "seed"
"""The key of the seed of a row; several seeds make a case each."""

Scalar = str | int | float | bool


def _scalar_or_seeds(value: object) -> object:
    if isinstance(value, list) and value and all(is_seed(seed) for seed in value):
        return value
    if value is None or isinstance(value, list | dict):
        raise ValueError(f"is {shown(value)}; expected a text, a number, true or false (a seed also as a list)")
    return value


def is_seed(value: object) -> bool:
    """Whether *value* is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


_ROW_SCHEMA = {
    "type": "object",
    "description": "A row of the table; the keys are those of the parameters.",
    "properties": {
        CASE: {"type": "string", "minLength": 1, "description": "The name of the case; left out, its values."},
        SEED: {
            "anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}, "minItems": 1}],
            "description": "Its seed, or several for a case each.",
        },
    },
    "additionalProperties": {"type": ["string", "number", "boolean"]},
}

Row = Annotated[
    Mapping[str, Annotated[Scalar | Sequence[int], BeforeValidator(_scalar_or_seeds)]], WithJsonSchema(_ROW_SCHEMA)
]
"""A row of the table; ``case`` names it, ``seed`` is its seed or several, the rest are parameters."""
