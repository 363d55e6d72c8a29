"""What came back from a call, and whether it is what was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import grpc
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from fakes.times import to_text
from scenarios.format.expectations import Expectation, Matcher
from scenarios.format.field_paths import is_set, listed_field, read_path
from scenarios.format.regular_expressions import matches_whole
from simulator.api import error_details_pb2, status_pb2
from simulator.rpc.status import STATUS_KEY


@dataclass(frozen=True)
class Answer:
    """What came back from a call.

    Args:
        code: Name of the status code.
        message: What the status says.
        response: The message; None when the call failed.
        violations: Descriptions of the violations in the details, by field path or type.
    """

    code: str
    message: str = ""
    response: Message | None = None
    violations: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" if self.message else self.code


def ask(call: Callable[[], Message]) -> Answer:
    """Make a call and keep what comes back, an error too."""
    try:
        return Answer("OK", response=call())
    except grpc.RpcError as error:
        failed = cast(grpc.Call, error)
        return Answer(failed.code().name, failed.details() or "", violations=_violations(failed))


def _violations(error: grpc.Call) -> dict[str, str]:
    violations: dict[str, str] = {}
    trailers = dict(error.trailing_metadata() or ())
    status = status_pb2.Status.FromString(cast(bytes, trailers.get(STATUS_KEY, b"")))
    for packed in status.details:
        bad_request, precondition = error_details_pb2.BadRequest(), error_details_pb2.PreconditionFailure()
        if packed.Unpack(bad_request):
            for wrong in bad_request.field_violations:
                _add(violations, wrong.field, wrong.description)
        elif packed.Unpack(precondition):
            for unmet in precondition.violations:
                _add(violations, unmet.type, unmet.description)
    return violations


def _add(violations: dict[str, str], key: str, description: str) -> None:
    violations[key] = f"{violations[key]}; {description}" if key in violations else description


def complaints(expectation: Expectation, answer: Answer, *, start_microseconds: int) -> Iterator[str]:
    """Return everything about *answer* that is not as expected: what, and what was found.

    Times are counted from *start_microseconds*, when the scenario started.
    """
    if answer.code != expectation.code:
        yield f"expected code {expectation.code}, found {answer}"
        return
    if expectation.message is not None and expectation.message not in answer.message:
        yield f"expected a message with {expectation.message!r}, found {answer.message!r}"
    if expectation.violations is not None:
        yield from _violation_complaints(expectation.violations, answer.violations)
    listed = None if answer.response is None else listed_field(cast(Descriptor, answer.response.DESCRIPTOR))
    if expectation.names is not None and listed is not None:
        found = [resource.meta.name for resource in getattr(answer.response, listed.name)]
        if found != list(expectation.names):
            yield f"expected the {listed.name.replace('_', ' ')} {list(expectation.names)}, found {found}"
    if answer.response is not None:
        for path, expected in expectation.fields.items():
            value = read_path(answer.response, path)
            if isinstance(expected, Matcher) and expected.present not in (None, is_set(answer.response, path)):
                yield f"{path}: expected {'something' if expected.present else 'nothing'}, found {_shown(value)}"
            for what in _value_complaints(expected, value, start_microseconds):
                yield f"{path}: expected {what}, found {_shown(value)}"


def _violation_complaints(expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    for key in sorted(expected.keys() | found.keys()):
        if key not in found:
            yield f"expected a violation of {key!r}, found {sorted(found)}"
        elif key not in expected:
            yield f"expected no violation of {key!r}, found {found[key]!r}"
        elif expected[key] not in found[key]:
            yield f"expected the violation of {key!r} to say {expected[key]!r}, found {found[key]!r}"


def _value_complaints(expected: object, found: object, start_microseconds: int) -> Iterator[str]:
    if not isinstance(expected, Matcher):
        if not _equal(expected, found):
            yield repr(expected)
        return
    if expected.matches is not None and not matches_whole(expected.matches, "" if found is None else str(found)):
        yield f"what matches {expected.matches!r}"
    if expected.at is not None:
        wanted = to_text(start_microseconds + round(expected.at * 1_000_000))
        if found != wanted:
            yield repr(wanted)
    if expected.one_of is not None and not any(_equal(value, found) for value in expected.one_of):
        yield f"one of {list(expected.one_of)}"


def _equal(expected: object, found: object) -> bool:
    return expected == found and isinstance(expected, bool) is isinstance(found, bool)


def _shown(found: object) -> str:
    if isinstance(found, Message):
        return f"a {found.DESCRIPTOR.name}"
    return "nothing" if found is None else repr(found)
