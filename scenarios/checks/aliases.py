"""Aliases that nobody uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from scenarios.format.call_steps import CallStep
from scenarios.format.steps import walk
from scenarios.loading.loader import Scenario
from scenarios.loading.references import VARIABLE, alias_of, known_name
from simulator.documents.problems import Finding

_REFERRING = ("restore", "answer")
"""The keys whose values are aliases."""


def unused_aliases(scenario: Scenario) -> Iterator[Finding]:
    """An ``as`` that nothing refers to.

    One that only keeps an answer from taking the place of another of the same name has its use.
    """
    calls = [(where, call) for where, call in walk(scenario.document.steps) if isinstance(call, CallStep)]
    names = Counter(name for _, call in calls for name in {getattr(call, "name", None), alias_of(call)})
    used = set(_used(scenario.source.data.get("steps")))
    for where, call in calls:
        name = getattr(call, "name", None)
        if call.alias is None or (name is not None and names[name] > 1) or _is_used(call.alias, used):
            continue
        yield (*where, "as"), f"no step refers to the answer {call.alias!r}"


def _is_used(alias: str, used: Collection[str]) -> bool:
    patterns = [name for name in used if "${" in name] if "${" not in alias else used
    return alias in used or any(known_name(name, [alias]) or known_name(alias, [name]) for name in patterns)


def _used(data: object) -> Iterator[str]:
    """Everything that may be an alias in *data*, wherever it stands."""
    if isinstance(data, str):
        yield from (variable.partition(".")[0] for variable in VARIABLE.findall(data))
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from [value] if key in _REFERRING and isinstance(value, str) else []
            yield from _used(value)
    elif isinstance(data, list):
        for value in data:
            yield from _used(value)
