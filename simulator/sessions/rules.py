"""Rules as Python writes them: an effect, and keywords that say where and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fakes import LiveWorld
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Effect, Rule
from fakes.faults.selector import KEYS, Selector
from fakes.lifecycle.phases import Phase
from fakes.suggestions import suggest

_WHEN = ("after", "times", "probability", "between", "at")
_OTHERS = ("name", "label", "any_of", "unless")


def inject_all(world: LiveWorld, rules: Iterable[Rule]) -> None:
    """Put rules into force.

    Raises:
        InvalidRule: one could never match anything in the world; says which one.
    """
    for index, each in enumerate(rules):
        try:
            world.inject(each)
        except InvalidRule as error:
            raise InvalidRule(error.key, error.message, index) from None


def rule(effect: Effect, **keywords: Any) -> Rule:
    """Make a rule.

    Args:
        effect: What it does.
        keywords: Where: *method* or *phase*, *cluster*, *namespace*, *project*, *backup*, *backup_location*,
            *data_service*, *restore*, *caller*, each a pattern or several, a phase also as a `Phase`; *label*, patterns
            by key; *any_of* and *unless*, further `where` or mappings of its keywords. When: *after*, *times*,
            *probability*, *between* (two times in seconds from the start of the world), *at* (one such; what is in the
            past happens at once). And *name*. Without a method or phase, a rule applies to every one.

    Raises:
        InvalidRule: a keyword is unknown or its value is invalid.

    Example:
        >>> from simulator import faults
        >>> faults.rule(faults.fail(at=0.5), phase="RESTORING_*", cluster=["east", "west"], times=1).times
        1
    """
    known = (*KEYS, *_WHEN, *_OTHERS)
    for keyword in keywords:
        if keyword not in known:
            raise InvalidRule(keyword, f"{keyword!r} is nothing that a rule takes; {suggest(keyword, known)}")
    when = {key: keywords[key] for key in ("after", "times", "probability", "name") if key in keywords}
    return Rule(
        effect=effect,
        where=where(**{key: value for key, value in keywords.items() if key in (*KEYS, *_OTHERS) and key != "name"}),
        between_seconds=_between(keywords["between"]) if "between" in keywords else None,
        at_seconds=keywords.get("at"),
        **when,
    )


def _between(times: Any) -> tuple[float, float]:
    try:
        start, end = times
    except (TypeError, ValueError):
        raise InvalidRule("between", f"is {times!r}; expected two times, in seconds from the start") from None
    return start, end


def where(
    *,
    label: Mapping[str, str] | None = None,
    any_of: Sequence[Selector | Mapping[str, Any]] = (),
    unless: Selector | Mapping[str, Any] | None = None,
    **patterns: str | Phase | Sequence[str | Phase],
) -> Selector:
    """Say where a rule applies; see `rule`.

    Raises:
        InvalidRule: a key is unknown or has no pattern.
    """
    known = (*KEYS, "label", "any_of", "unless")
    for key in patterns:
        if key not in known:
            raise InvalidRule(key, f"{key!r} is nothing that a rule can ask for; {suggest(key, known)}")
    return Selector(
        {key: _patterns(key, value) for key, value in patterns.items()},
        {} if label is None else label,
        [_part(part) for part in any_of] if isinstance(any_of, Sequence) else any_of,
        None if unless is None else _part(unless),
    )


def _part(part: Selector | Mapping[str, Any]) -> Selector:
    """A part of a combination; anything else is left for `Selector` to refuse."""
    if not isinstance(part, Mapping):
        return part
    for key in part:
        if not isinstance(key, str):
            raise InvalidRule(str(key), f"{key!r} is nothing that a rule can ask for; {suggest(str(key), KEYS)}")
    return where(**part)


def _patterns(key: str, value: object) -> tuple[str, ...]:
    values: Sequence[object] = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    patterns = []
    for pattern in values:
        if not isinstance(pattern, str | Phase):
            raise InvalidRule(key, f"is {value!r}; expected a name, a uid or a pattern for such, or several")
        patterns.append(pattern.name if isinstance(pattern, Phase) else pattern)
    return tuple(patterns)
