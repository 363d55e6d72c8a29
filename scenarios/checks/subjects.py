"""What expectations are about: a call that is made, or the answer to one from before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from scenarios.checks.walk import Place, Reading
from scenarios.format.expectations import Expectation, ExpectStep
from scenarios.loading.references import METHOD_OF_VERB, answer_type
from simulator.documents.problems import KeyPath


@dataclass(frozen=True)
class Subject:
    """An expectation and what it is about.

    Args:
        reading: The scenario in which it stands.
        place: The step.
        expectation: What is expected.
        where: Where the expectation stands.
        method: The method that the step calls; empty when it looks at an answer from before.
        answered: The step that made the call whose answer is looked at; None when that isn't known.
    """

    reading: Reading
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


def subjects(reading: Reading) -> Iterator[Subject]:
    """Everything of which a step of *scenario* expects something."""
    for place in reading.places:
        call, arguments = place.call, place.arguments
        if call is not None:
            method = METHOD_OF_VERB[place.step.verb]
            yield Subject(reading, place, call.expect, (*place.where, "expect"), method, place)
        elif isinstance(arguments, ExpectStep) and (arguments.answer is not None or arguments.restore is not None):
            alias = arguments.answer if arguments.answer is not None else arguments.restore
            looked_at = reading.only_call(alias or "")
            method = "" if arguments.answer is not None else METHOD_OF_VERB["get"]
            yield Subject(reading, place, arguments, place.where, method, looked_at)
