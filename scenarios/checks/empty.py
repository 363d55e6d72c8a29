"""What stands where something could be expected, and expects nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.checks.walk import Place, Reading
from scenarios.format.expectations import Expectation, ExpectStep, Matcher
from simulator.documents.problems import Finding, KeyPath


def empty_expectations(reading: Reading) -> Iterator[Finding]:
    """Fields of which there are none, and matchers without a key."""
    for place in reading.places:
        expectation, where = _expectation(place)
        if expectation is None:
            continue
        if "fields" in expectation.model_fields_set and not expectation.fields:
            yield (*where, "fields"), "expects nothing; expected at least one field"
        for path, expected in expectation.fields.items():
            if isinstance(expected, Matcher) and not expected.model_fields_set:
                message = f"expects nothing; expected at least one of {', '.join(Matcher.model_fields)}"
                yield (*where, "fields", path), message


def _expectation(place: Place) -> tuple[Expectation | None, KeyPath]:
    """What a step expects, and where that stands."""
    if place.call is not None:
        return place.call.expect, (*place.where, "expect")
    return (place.arguments if isinstance(place.arguments, ExpectStep) else None), place.where
