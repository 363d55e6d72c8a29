"""Status codes that a call can't end with, and what only goes with others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from fakes.faults.plan import methods_of
from fakes.faults.rule import Rule
from scenarios.checks.subjects import Subject
from scenarios.format.steps import CallStep
from simulator.documents.problems import Finding

HEADER_LENGTH_MAX = 1_000
"""With more in it, gRPC itself may refuse a call."""

_REFUSALS: Mapping[str, frozenset[str]] = {
    "CreateRestore": frozenset({"INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "ALREADY_EXISTS"}),
    "RecreateRestore": frozenset({"INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "ALREADY_EXISTS"}),
    "GetRestore": frozenset({"INVALID_ARGUMENT", "NOT_FOUND"}),
    "ListRestores": frozenset({"INVALID_ARGUMENT"}),
    "GetRestorabilityMatrix": frozenset(),
}
"""The codes with which the service refuses calls of each method in any world."""

_DENIED = ("CreateRestore", "RecreateRestore")
"""The methods that may end with PERMISSION_DENIED in worlds with tokens; others don't show what may not be seen."""

_INJECTED: Mapping[str, str] = {
    "hang": "DEADLINE_EXCEEDED",
    "delay": "DEADLINE_EXCEEDED",
    "rate_limit": "RESOURCE_EXHAUSTED",
}
"""The codes of effects that don't say it themselves."""


def code_problems(subject: Subject) -> Iterator[Finding]:
    """A code that the answer can't have, and what is expected of an error although none is."""
    expectation = subject.expectation
    if expectation.code == "OK":
        for key, expected in (("violations", expectation.violations), ("message", expectation.message)):
            if expected:
                yield (*subject.where, key), "can never hold: the code OK, which is expected, comes without"
    elif subject.method:
        possible = sorted(_possible_codes(subject))
        if expectation.code not in possible and not _is_oversized(subject.place.call):
            others = f"besides OK it can be {', '.join(possible)}" if possible else "it can only be OK"
            yield (
                (*subject.where, "code"),
                f"can never hold: no rule lets {subject.method} end with {expectation.code}; {others}",
            )
    if not subject.method and subject.answered is not None and subject.answered.call is not None:
        before = subject.answered.call.expect.code
        if expectation.code != before:
            where = (*subject.where, "code") if "code" in expectation.model_fields_set else subject.where
            yield where, f"can never hold: {expectation.code} is expected of an answer that was expected to be {before}"


def _possible_codes(subject: Subject) -> set[str]:
    codes = set(_REFUSALS[subject.method])
    if subject.reading.scenario.world.tokens:
        codes.add("UNAUTHENTICATED")
        if subject.method in _DENIED:
            codes.add("PERMISSION_DENIED")
    if getattr(subject.place.call, "timeout", None) is not None:
        codes.add("DEADLINE_EXCEEDED")
    for rule in subject.reading.rules:
        code = _INJECTED.get(rule.effect.name) or getattr(rule.effect, "code", "")
        if code and subject.method in called_by(rule):
            codes.add(code)
    return codes


def called_by(rule: Rule) -> list[str]:
    """The methods whose calls *rule* may take effect on."""
    patterns = rule.where.patterns.get("method", ("*",))
    return [method for method in methods_of(rule) if any(fnmatchcase(method, pattern) for pattern in patterns)]


def _is_oversized(call: CallStep | None) -> bool:
    return call is not None and any(len(text or "") > HEADER_LENGTH_MAX for text in (call.bearer, call.account))
