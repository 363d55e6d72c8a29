"""What stands where something could be expected, and expects nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.checks.subjects import subjects
from scenarios.checks.walk import Reading
from scenarios.format.expectations import Matcher
from simulator.documents.problems import Finding


def empty_expectations(reading: Reading) -> Iterator[Finding]:
    """Fields of which there are none, and matchers without a key."""
    for subject in subjects(reading):
        expectation, where = subject.expectation, (*subject.where, "fields")
        if "fields" in expectation.model_fields_set and not expectation.fields:
            yield where, "expects nothing; expected at least one field"
        for path, expected in expectation.fields.items():
            if isinstance(expected, Matcher) and not expected.model_fields_set:
                yield (*where, path), f"expects nothing; expected at least one of {', '.join(Matcher.model_fields)}"
