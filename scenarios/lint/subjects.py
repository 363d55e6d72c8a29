"""What expectations are about: a call that is made, or the answer to one from before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from scenarios.errors import KeyPath
from scenarios.expectation_document import Expectation, ExpectStep
from scenarios.lint.walk import Place, places
from scenarios.loader import Scenario
from scenarios.references import METHOD_OF_VERB, alias_of, answer_type


@dataclass(frozen=True)
class Subject:
    """An expectation and what it is about.

    Args:
        scenario: In which it stands.
        place: The step.
        expectation: What is expected.
        where: Where the expectation stands.
        method: The method that the step calls; empty when it looks at an answer from before.
        answered: The step that made the call whose answer is looked at; None when that isn't known.
    """

    scenario: Scenario
    place: Place
    expectation: Expectation
    where: KeyPath
    method: str
    answered: Place | None

    @property
    def answer(self) -> Descriptor | None:
        """The type of the answer, where that is known."""
        if self.method == METHOD_OF_VERB["get"]:
            return answer_type("get")
        return answer_type(self.answered.step.verb) if self.answered is not None else None


def subjects(scenario: Scenario) -> Iterator[Subject]:
    """Everything of which a step of *scenario* expects something."""
    for place in places(scenario):
        call, arguments = place.call, place.arguments
        if call is not None:
            method = METHOD_OF_VERB[place.step.verb]
            yield Subject(scenario, place, call.expect, (*place.where, "expect"), method, place)
        elif isinstance(arguments, ExpectStep):
            alias = arguments.answer if arguments.answer is not None else arguments.restore
            looked_at = only_call(scenario, alias or "")
            method = "" if arguments.answer is not None else METHOD_OF_VERB["get"]
            yield Subject(scenario, place, arguments, place.where, method, looked_at)


def only_call(scenario: Scenario, alias: str) -> Place | None:
    """The call whose answer is called *alias*; None where several may be, or a variable is in the name."""
    named = [place for place in places(scenario) if place.call is not None and alias_of(place.call) == alias]
    return named[0] if len(named) == 1 else None


def failed_call(scenario: Scenario, alias: str) -> Place | None:
    """The call whose answer is called *alias*, where it is expected to fail."""
    place = only_call(scenario, alias)
    return place if place is not None and place.call is not None and place.call.expect.code != "OK" else None
