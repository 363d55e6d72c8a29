"""Checks of values given from outside; the metadata of each field of an entity names its check.

A check takes any value and yields a complaint for each problem with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from fakes.lifecycle.durations import Duration
from fakes.lifecycle.phases import Phase
from fakes.values import is_number, shown
from fakes.world.restorability import Condition

Check = Callable[[Any], Iterator[str]]

NAME_LENGTH_MAX = 255
TEXT_LENGTH_MAX = 1_024
"""The limits that calls have for names and texts, so anything longer could never be asked for."""
INT64_MAX = 2**63 - 1


def is_int64(value: int) -> bool:
    """Whether a whole number fits into an int64 of the API."""
    return -INT64_MAX - 1 <= value <= INT64_MAX


def _complain(value: object, expected: str) -> Iterator[str]:
    yield f"is {shown(value)}; expected {expected}"


def _is_text(value: object, length_max: int = TEXT_LENGTH_MAX) -> bool:
    return isinstance(value, str) and len(value) <= length_max and value.isprintable()


def name(value: object) -> Iterator[str]:
    """A text that is not empty."""
    if not _is_text(value, NAME_LENGTH_MAX) or not value:
        found = "" if isinstance(value, str) else f"is {shown(value)}; "
        yield f"{found}expected 1 to {NAME_LENGTH_MAX} printable characters"


def text(value: object) -> Iterator[str]:
    """A text."""
    if not _is_text(value):
        yield from _complain(value, f"up to {TEXT_LENGTH_MAX:,} printable characters")


def data_service(value: object) -> Iterator[str]:
    """What a deployment runs."""
    if isinstance(value, str) and not value:
        yield "is missing; expected a name such as 'PostgreSQL'"
    else:
        yield from name(value)


def secret(value: object) -> Iterator[str]:
    """A secret, which is never shown."""
    if not isinstance(value, str) or not value or not all("!" <= character <= "~" for character in value):
        yield "expected printable ASCII without spaces"


def flag(value: object) -> Iterator[str]:
    """True or False."""
    if not isinstance(value, bool):
        yield from _complain(value, "True or False")


@dataclass(frozen=True)
class WholeNumber:
    """A whole number that is not below *lowest*."""

    lowest: int

    def __call__(self, value: object) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int) or value < self.lowest:
            yield from _complain(value, f"a whole number of at least {self.lowest}")
        elif value > INT64_MAX:
            yield f"is too large; expected at most {INT64_MAX}"


def limit_seconds(value: object) -> Iterator[str]:
    """A number of seconds; infinity is allowed, for a limit that never passes."""
    if not is_number(value) or value < 0:  # type: ignore[operator]  # it is a number
        yield from _complain(value, "a number of seconds of at least 0; math.inf means never")


def one_of(kind: type[Enum]) -> Check:
    """Make a check for the members of an enumeration."""

    def check(value: object) -> Iterator[str]:
        if not isinstance(value, kind):
            yield from _complain(value, f"one of {list(kind)}")

    return check


def versions(value: object) -> Iterator[str]:
    """Versions by the name of a capability."""
    if not isinstance(value, Mapping) or not all(map(_is_text, (*value, *value.values()))):
        yield from _complain(value, "versions by name, {'backup': 'v2'}, in printable characters")


def phase_durations(value: object) -> Iterator[str]:
    """Durations by phase."""
    if not isinstance(value, Mapping):
        yield from _complain(value, "durations by phase, such as {Phase.PENDING: Constant(5)}")
        return
    for phase, duration in value.items():
        if not isinstance(phase, Phase) or phase.is_final:
            yield f"has {shown(phase)}; expected a phase that ends, such as Phase.PENDING"
        if not isinstance(duration, Duration) or isinstance(duration, type):
            yield f"has {shown(duration)}; expected a duration such as Constant(5)"


def conditions(value: object) -> Iterator[str]:
    """Conditions; one has to hold."""
    if not isinstance(value, Collection) or isinstance(value, str | bytes | Mapping):
        yield from _complain(value, "a list of Condition(...)")
        return
    for condition in value:
        if not isinstance(condition, Condition):
            yield f"has {shown(condition)}; expected Condition(...)"
        else:
            yield from versions(condition.backup)
            yield from versions(condition.image)


def reference(value: object) -> Iterator[str]:
    """A name or uid."""
    if not isinstance(value, str):
        yield from _complain(value, "a name or uid")


def references(value: object) -> Iterator[str]:
    """Several names or uids."""
    listed = isinstance(value, Collection) and not isinstance(value, str | bytes | Mapping)
    if not listed or not all(isinstance(each, str) for each in value):  # type: ignore[attr-defined]  # it is listed
        example = value if isinstance(value, str) else "shop"
        yield from _complain(value, f"a list of names or uids, such as [{example!r}]")
