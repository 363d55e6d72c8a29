"""From values to the plain data that stands for them in a document, such as YAML or JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from enum import Enum
from typing import Any

from fakes import Constant, Duration
from fakes.faults.rule import Effect, Rule
from fakes.faults.selector import Selector
from fakes.world.entities import Entity

_UNIT = re.compile("_seconds$|_bytes(_per_second)?$")
"""What the names of fields say of their units, and keys of documents do not."""
_BARE = ("delay", "slow", "stale")
"""Effects that are written as their only value."""


def plain_rule(rule: Rule) -> dict[str, Any]:
    """Write a rule as under ``faults`` in a scenario; what has its default is left out."""
    when = {
        "name": rule.name,
        "after": rule.after,
        "times": rule.times,
        "probability": rule.probability,
        "between": rule.between_seconds,
        "at": rule.at_seconds,
    }
    defaults = {entry.name: entry.default for entry in fields(Rule)}
    told = {key: plain(value) for key, value in when.items() if value not in (None, defaults.get(key))}
    return {**told, **_plain_selector(rule.where), rule.effect.name: _plain_effect(rule.effect)}


def plain_entity(entity: Entity) -> dict[str, Any]:
    """Write an entity as under its name in the ``world`` of a scenario, with its uid; references are uids."""
    return {key: value for key, value in _members(entity, all_fields=True).items() if key != "name"}


def plain(value: Any) -> Any:
    """Write a value of a field."""
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value.name
    if isinstance(value, Constant):
        return value.seconds
    if isinstance(value, Duration):
        return {type(value).__name__.lower(): _members(value)}
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(inner) for inner in value]
    return value


def _plain_effect(effect: Effect) -> Any:
    members = _members(effect)
    return next(iter(members.values())) if effect.name in _BARE else members


def _plain_selector(selector: Selector) -> dict[str, Any]:
    patterns: dict[str, Any] = {
        key: found[0] if len(found) == 1 else list(found) for key, found in selector.patterns.items()
    }
    if selector.labels:
        patterns["label"] = dict(selector.labels)
    if selector.any_of:
        patterns["any_of"] = [_plain_selector(part) for part in selector.any_of]
    if selector.unless is not None:
        patterns["unless"] = _plain_selector(selector.unless)
    return patterns


def _members(value: Any, *, all_fields: bool = False) -> dict[str, Any]:
    """The fields of a dataclass by the keys that documents have for them."""
    return {
        _UNIT.sub("", entry.name): plain(found)
        for entry in fields(value)
        if (found := getattr(value, entry.name)) != _default(entry) or all_fields
    }


def _default(entry: Field[Any]) -> Any:
    return entry.default_factory() if entry.default_factory is not MISSING else entry.default
