"""Which keys of a rule go with which effect, in the words of JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fakes.faults.selector import KEYS
from fakes.faults.settings import PlainEffect
from simulator.documents.key_rules import Rules, all_of, exactly_one_of, given, none_of
from simulator.documents.pattern_types import WILDCARD

CALL_KEYS = ("method", "caller")
"""Keys that only rules for calls take."""
COMBINED = ("any_of", "unless")
"""Keys that hold further conditions; these rules say nothing about them."""


def rule_keys(effects: Sequence[type[PlainEffect]]) -> Rules:
    """Exactly one of the *effects*, and with it only what makes sense for it."""
    return {
        **exactly_one_of([effect.name for effect in effects]),
        "dependentSchemas": {effect.name: _together_with(effect) for effect in effects},
    }


def _together_with(effect: type) -> Rules:
    # Protocols with data members don't support issubclass(), only isinstance().
    target: str = getattr(effect, "target", "")
    if target:
        return _with_world_effect(target)
    if hasattr(effect, "before"):
        return none_of((*CALL_KEYS, "at"))
    methods = getattr(effect, "methods", ())
    return all_of(none_of(("phase", "at")), *([_only_methods(methods)] if methods else []))


def _with_world_effect(target: str) -> Rules:
    """With a phase it applies to restores; without one, at a time, to the entity that the key *target* names."""
    elsewhere = [key for key in KEYS if key not in (target, "phase")]
    at_a_time: Rules = {
        "required": [target],
        "properties": {"after": {"anyOf": [{"const": 0}, {"type": "string"}]}, "label": {"maxProperties": 0}},
        **none_of((*elsewhere, "times", "between")),
    }
    return all_of(
        none_of(CALL_KEYS),
        {"if": given("phase"), "then": none_of(("at",))},
        {"if": none_of(("phase", *COMBINED)), "then": at_a_time},
    )


def _only_methods(methods: tuple[str, ...]) -> Rules:
    possible: Mapping[str, object] = {"anyOf": [{"enum": list(methods)}, {"pattern": WILDCARD}]}
    return {"properties": {"method": {"if": {"type": "array"}, "then": {"items": possible}, "else": possible}}}
