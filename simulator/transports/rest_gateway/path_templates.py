"""Path templates of ``google.api.http``, such as ``/v1/{name=projects/*}/items/{id}:copy``, and what they match."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

ONE = "*"
"""Matches any single segment of a path."""
MANY = "**"
"""Matches all remaining segments, or none."""

_SEGMENT = re.compile(r"/(?:\{([\w.]+)(?:=([^{}]+))?\}|([^/{}]*))")


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """One parsed template.

    Args:
        text: The template as written.
        segments: What each segment must match: a literal, `ONE` or `MANY`.
        variables: For each variable, the path of its field, and the range of segments that it captures.
        verb: What must follow the last segment after a colon; may be empty.
    """

    text: str
    segments: tuple[str, ...]
    variables: tuple[tuple[str, int, int], ...]
    verb: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The paths of the fields that its variables set."""
        return tuple(field for field, _, _ in self.variables)

    def match(self, components: Sequence[str]) -> dict[str, str] | None:
        """Match a path without its verb, and return the values of the variables; None when it does not match.

        Args:
            components: The segments of the path, unescaped.
        """
        expected = self.segments
        if MANY in expected:
            start = expected.index(MANY)
            end = len(components) - (len(expected) - 1 - start)
            if end < start:
                return None
            components = [*components[:start], "/".join(components[start:end]), *components[end:]]
        if len(components) != len(expected):
            return None
        for segment, component in zip(expected, components, strict=True):
            if segment not in (component, ONE, MANY):
                return None
        return {field: "/".join(components[start:end]) for field, start, end in self.variables}


def parse_template(text: str) -> PathTemplate:
    """Parse a template.

    Raises:
        ValueError: it is invalid.
    """
    path, verb = _without_verb(text)
    segments: list[str] = []
    variables: list[tuple[str, int, int]] = []
    end = 0
    for found in _SEGMENT.finditer(path):
        if found.start() != end:
            break
        end = found.end()
        field, pattern, literal = found.groups()
        inside = [literal] if field is None else (pattern or ONE).split("/")
        if field is not None:
            variables.append((field, len(segments), len(segments) + len(inside)))
        segments += inside
    if end != len(path) or segments.count(MANY) > 1 or not segments:
        raise ValueError(f"{text!r} is no path template of google.api.http")
    return PathTemplate(text, tuple(segments), tuple(variables), verb)


def _without_verb(text: str) -> tuple[str, str]:
    """Cut off the verb: after a variable it begins at the first colon, else at the last colon of the last segment."""
    last_segment, end_of_variable = text.rfind("/") + 1, text.rfind("}") + 1
    colon = text.find(":", end_of_variable) if end_of_variable > last_segment else text.rfind(":", last_segment)
    return (text, "") if colon < 0 else (text[:colon], text[colon + 1 :])
