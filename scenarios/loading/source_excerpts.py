"""Excerpts of a file around a line, for reports of failures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from simulator.documents.problems import HIDDEN, SECRET_KEYS

_SECRET = re.compile(rf"""(\b(?:{"|".join(sorted(SECRET_KEYS))})["']?\s*:\s*)("[^"]*"|'[^']*'|[^\s,}}\]]+)""")
"""A key that holds a secret, and its value."""
LINES_AFTER_MAX = 6
"""How many lines of a step are shown below its first."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of a file.

    Args:
        number: Its number, from 1.
        text: The line without its end.
        marked: Whether it is the requested line.
    """

    number: int
    text: str
    marked: bool


def excerpt(file: str, line: int) -> tuple[SourceLine, ...]:
    """Line number *line* of *file*, the one before it, and those after it that belong to it, being indented deeper.

    What can't be read, or has no such line, gives none: there is more to tell of a failure than its place.
    """
    try:
        lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError):
        return ()
    if not 1 <= line <= len(lines):
        return ()
    indentation = _indentation(lines[line - 1])
    following = lines[line : line + LINES_AFTER_MAX]
    inside = list(takewhile(lambda text: text.strip() and _indentation(text) > indentation, following))
    first = max(line - 1, 1)
    return tuple(
        SourceLine(number, without_secrets(lines[number - 1]), number == line)
        for number in range(first, line + len(inside) + 1)
    )


def without_secrets(text: str) -> str:
    """Hide the values of keys that hold secrets, where they stand on the same line."""
    return _SECRET.sub(rf"\1{HIDDEN}", text)


def _indentation(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
