"""Expectations that expect nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.format.call_steps import CallStep
from scenarios.format.expectations import ExpectStep, Matcher
from scenarios.format.steps import walk
from scenarios.loading.loader import Scenario
from simulator.documents.problems import Finding


def empty_expectations(scenario: Scenario) -> Iterator[Finding]:
    """Empty sets of fields, and matchers without a key."""
    for place, arguments in walk(scenario.document.steps):
        if isinstance(arguments, CallStep):
            where, expectation = (*place, "expect"), arguments.expect
        elif isinstance(arguments, ExpectStep):
            where, expectation = place, arguments
        else:
            continue
        if "fields" in expectation.model_fields_set and not expectation.fields:
            yield (*where, "fields"), "expects nothing; expected at least one field"
        for path, expected in expectation.fields.items():
            if isinstance(expected, Matcher) and not expected.model_fields_set:
                message = f"expects nothing; expected at least one of {', '.join(Matcher.model_fields)}"
                yield (*where, "fields", path), message
