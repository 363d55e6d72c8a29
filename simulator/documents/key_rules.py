"""Rules about which keys go together, in the words of JSON Schema.

Only ``required`` is used to ask whether a key is there: a document never has a key without a value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

Rules = Mapping[str, Any]
"""Keywords of JSON Schema."""


def given(key: str) -> Rules:
    """The *key* is there."""
    return {"required": [key]}


def none_of(keys: Collection[str]) -> Rules:
    """None of *keys* is there."""
    return {"not": {"anyOf": [given(key) for key in keys]}}


def exactly_one_of(keys: Collection[str]) -> Rules:
    """One of *keys* is there, and no other of them."""
    return {"oneOf": [given(key) for key in keys]}


def any_of(keys: Collection[str]) -> Rules:
    """At least one of *keys* is there."""
    return {"anyOf": [given(key) for key in keys]}


def at_most_one_of(keys: Collection[str]) -> Rules:
    """One of *keys* is there, or none."""
    return {"oneOf": [*(given(key) for key in keys), none_of(keys)]}


def all_of(*rules: Rules) -> Rules:
    """All *rules* hold."""
    return {"allOf": list(rules)}


ONE_KEY: Rules = {"minProperties": 1, "maxProperties": 1}
"""Of all keys that may be there, exactly one is."""
