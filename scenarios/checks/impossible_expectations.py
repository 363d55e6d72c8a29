"""Steps that can't pass, whatever happens: they expect what no answer can be."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.checks.codes import code_problems
from scenarios.checks.field_values import field_problems
from scenarios.checks.phases import phase_problems
from scenarios.checks.subjects import Subject, subjects
from scenarios.checks.walk import Place, Reading
from scenarios.format.steps import ListStep
from scenarios.loading.references import VARIABLE
from simulator.documents.problems import Finding

CHECKS = (code_problems, field_problems, phase_problems)
"""What can be wrong with an expectation."""


def hopeless_steps(reading: Reading) -> Iterator[Finding]:
    """Everything that can never be as a step expects, in the order of the steps."""
    about = {subject.place.path: subject for subject in subjects(reading)}
    for place in reading.places:
        yield from _needs_of_failed_calls(reading, place)
        subject = about.get(place.path)
        if subject is not None:
            for check in CHECKS:
                yield from check(subject)
            yield from _too_many_names(subject)


def _needs_of_failed_calls(reading: Reading, place: Place) -> Iterator[Finding]:
    """A step that goes on with the answer of a call that is expected to fail."""
    alias = getattr(place.arguments, "restore", None)
    if isinstance(alias, str):
        failed = reading.failed_call(alias)
        if failed is not None and failed.path < place.path:
            yield _need((*place.where, "restore"), alias, failed)
    for path, text in reading.scenario.source.texts(place.path):
        for variable in VARIABLE.findall(text):
            alias = variable.partition(".")[0]
            failed = reading.failed_call(alias)
            if failed is not None:
                yield _need(path, alias, failed)


def _need(path: tuple[str | int, ...], alias: str, failed: Place) -> Finding:
    assert failed.call is not None
    return path, f"can never be had: the call {alias!r} is expected to end with {failed.call.expect.code}"


def _too_many_names(subject: Subject) -> Iterator[Finding]:
    call, names = subject.place.call, subject.expectation.names
    if isinstance(call, ListStep) and names is not None and 0 < call.page.size < len(names):
        yield (
            (*subject.where, "names"),
            f"can never hold: {len(names)} names are expected on a page of {call.page.size}",
        )
