"""Rules as callers give them: as values, as effects, or in the words of YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from fakes.faults.errors import InvalidRule
from fakes.faults.installed_rule import InstalledRule
from fakes.faults.rule import Effect, Rule
from simulator.sessions.fault_control import FaultControl, rule_of

GivenRule: TypeAlias = Rule | Mapping[str, Any]
"""A rule, or the same in the words of YAML: ``{"method": "GetRestore", "error": {}}``."""


def to_rule(fault: Effect | GivenRule, where_and_when: Mapping[str, Any], *path: str | int) -> Rule:
    """Make a rule from what was given.

    Args:
        fault: An effect, a whole rule, or a whole rule in the words of YAML.
        where_and_when: For an effect, the keywords of `simulator.faults.rule`.
        path: Where it stands, for errors.

    Raises:
        InvalidRule: it is not a valid rule; lists all problems, with paths.
        TypeError: a whole rule came with keywords.
    """
    if not isinstance(fault, Mapping):
        return rule_of(fault, where_and_when)
    # They load pydantic, which takes time.
    from simulator.documents.reading import InvalidDocument, read_document  # noqa: PLC0415
    from simulator.documents.rules import FaultDocument  # noqa: PLC0415

    try:
        rule = read_document(FaultDocument, dict(fault)).to_rule()
    except InvalidDocument as error:
        problems = [replace(problem, path=(*path, *problem.path)) for problem in error.problems]
        raise InvalidRule("", str(InvalidDocument(problems))) from None
    return rule_of(rule, where_and_when)


def to_rules(name: str, faults: object) -> list[Rule]:
    """Make rules from what was given under a name, each as `to_rule` does.

    Raises:
        TypeError: it is not a list.
    """
    if not isinstance(faults, Sequence) or isinstance(faults, str):
        raise TypeError(f"{name} is {faults!r}; expected a list of effects and rules")
    return [to_rule(fault, {}, name, index) for index, fault in enumerate(faults)]


class TakesGivenRules(FaultControl):
    """Does what `FaultControl` does, and takes rules in the words of YAML as well."""

    def inject(self, fault: Effect | GivenRule, **where_and_when: Any) -> InstalledRule:
        """Put a rule into force, after those that already are.

        Args:
            fault: An effect from `simulator.faults`, a whole rule, or a whole rule in the words of YAML.
            where_and_when: For an effect, the keywords of `simulator.faults.rule`.

        Raises:
            InvalidRule: it contradicts itself or could never match anything in this world.

        Example:
            >>> from simulator import Simulator
            >>> sim = Simulator(listen=False)
            >>> sim.inject({"phase": "PENDING", "times": 1, "fail": {"at": 0.5}}).rule.times
            1
        """
        return super().inject(to_rule(fault, where_and_when, "rule"))
