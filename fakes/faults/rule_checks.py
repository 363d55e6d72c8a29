"""What rules can ask of a world, and whether a rule makes sense in one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from fakes.faults.errors import InvalidRule
from fakes.faults.rule import PhaseEffect, Rule, WorldEffect
from fakes.faults.selector import fits
from fakes.lifecycle.phases import Phase
from fakes.suggestions import suggest
from fakes.world.catalog import Catalog

COLLECTION_OF_KEY = {
    "cluster": "clusters",
    "namespace": "namespaces",
    "project": "projects",
    "backup": "backups",
    "backup_location": "backup_locations",
}
"""The keys of a rule that name entities of the world."""


def kind_of(rule: Rule) -> str:
    """What *rule* waits for: ``"call"``, ``"phase"``, or ``"time"``."""
    if isinstance(rule.effect, PhaseEffect):
        return "phase"
    if isinstance(rule.effect, WorldEffect):
        return "phase" if "phase" in _asked(rule) else "time"
    return "call"


def _asked(rule: Rule) -> set[str]:
    return {key for where in rule.where.parts() for key in where.patterns}


NO_METHODS: Mapping[str, str] = MappingProxyType({})


def methods_of(rule: Rule) -> Collection[str] | None:
    """The methods that the effect of *rule* can apply to; None means all."""
    methods: Collection[str] | None = getattr(rule.effect, "methods", None)
    return methods


class RuleChecker:
    """Checks rules against what a world has.

    Args:
        catalog: The entities of the world.
        methods: The methods that can be called: their qualified names, ``service/method``, by short name.
    """

    def __init__(self, catalog: Catalog, methods: Mapping[str, str]) -> None:
        self._catalog = catalog
        self._methods = dict(methods)  # a proxy can't be copied

    def check(self, rule: Rule) -> str:
        """Check that *rule* makes sense in this world.

        Returns:
            What it waits for; see `kind_of`.

        Raises:
            InvalidRule: it could never match anything in this world, or has a condition that its effect can't use.
        """
        for where in rule.where.parts():
            for key, patterns in where.patterns.items():
                for pattern in patterns:
                    self._check_pattern(key, pattern)
        asked, kind = _asked(rule), kind_of(rule)
        if kind == "call":
            if "phase" in asked:
                raise InvalidRule("phase", f"{rule.effect.name} happens to a call; expected 'method'")
        elif asked & {"method", "caller"}:
            key = min(asked & {"method", "caller"})
            raise InvalidRule(key, f"{rule.effect.name} does not happen to a call; expected 'phase'")
        self._check_methods(rule)
        if kind == "time":
            _check_target(rule, asked)
        elif rule.at_seconds is not None:
            raise InvalidRule("at", "is a time for an outage, lose_credentials or delete_backup without a 'phase'")
        return kind

    def _check_methods(self, rule: Rule) -> None:
        possible = methods_of(rule)
        if possible is None:
            return
        names = [name for method in possible for name in (method, self._methods.get(method, method))]
        for where in (rule.where, *rule.where.any_of):
            for pattern in where.patterns.get("method", ()):
                if not any(fits(name, pattern) for name in names):
                    raise InvalidRule(
                        "method", f"{rule.effect.name} can't happen to {pattern!r}; {suggest('', possible)}"
                    )

    def _check_pattern(self, key: str, pattern: str) -> None:
        # What was deleted counts as well: restores go on referring to it, and rules that name it match them.
        if key == "method":
            known = [*self._methods, *self._methods.values()]
            complaint = "is no method"
        elif key == "phase":
            known = [phase.name for phase in Phase if not phase.is_final]
            complaint = "is no phase in which anything could happen"
        elif key == "data_service":
            known = sorted({deployment.data_service for deployment in self._catalog.deployments.recall_all()})
            complaint = "matches no data service of the world"
        elif key in COLLECTION_OF_KEY:
            registry = self._catalog.collection(COLLECTION_OF_KEY[key])
            known = [text for entity in registry.recall_all() for text in (entity.name, entity.uid)]
            complaint = f"matches no {registry.kind} of the world"
        else:
            return
        if not any(fits(text, pattern) for text in known):
            names = [text for text in known if ":" not in text and ("/" in pattern or "/" not in text)]
            raise InvalidRule(key, f"{pattern!r} {complaint}; {suggest(pattern, names)}")


def _check_target(rule: Rule, asked: set[str]) -> None:
    effect = rule.effect
    assert isinstance(effect, WorldEffect)
    if effect.target not in rule.where.patterns:
        raise InvalidRule(effect.target, f"is missing; {effect.name} needs to know to which {effect.target}")
    useless = sorted(asked - {effect.target})
    if useless or rule.where.labels or rule.after or rule.times or rule.between_seconds:
        raise InvalidRule(
            useless[0] if useless else "",
            f"{effect.name} without a 'phase' takes only {effect.target} and 'at'",
        )
