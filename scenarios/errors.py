"""What is wrong with a scenario file, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SHOWN_LENGTH_MAX = 80
"""Characters of a wrong value that a message shows."""
PATH_LENGTH_MAX = 300
"""Characters of a key path that a message shows; of a longer one it shows both ends."""

WRONG_KEY = "wrong_key"
"""The type of pydantic's errors of which the context says under which ``path``, seen from where they arise, it is."""

KeyPath = tuple[str | int, ...]
"""The way to a value in a document: keys of mappings and indexes of lists."""

Finding = tuple[KeyPath, str]
"""Where something is wrong, and what."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Args:
        line: Where it stands, from 1; 0 when it is about the whole file.
        column: Likewise.
        path: Key path, such as ``steps[2].create.backup``; may be empty.
        message: What was found and what would have been right.
    """

    line: int
    column: int
    path: str
    message: str


class ScenarioError(Exception):
    """A scenario file can't be used; *problems* lists everything that is wrong with it."""

    def __init__(self, file: str | Path, problems: Sequence[Problem]) -> None:
        self.file = str(file)
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """Each problem on a line, as compilers write them: ``file:line:column: path: message``."""
        return [problem_line(self.file, problem) for problem in self.problems]


def problem_line(file: str, problem: Problem, mark: str = "") -> str:
    """A problem on a line: ``file:line:column: path: message``, with *mark* before the message."""
    place = f":{problem.line}:{problem.column}" if problem.line else ""
    return in_one_line(": ".join(filter(None, (f"{file}{place}", problem.path, f"{mark}{problem.message}"))))


def path_text(path: KeyPath) -> str:
    """Write a key path for people.

    Example:
        >>> path_text(("steps", 2, "create", "backup"))
        'steps[2].create.backup'
    """
    text = ""
    for part in path:
        key = f"[{part}]" if isinstance(part, int) else in_one_line(part) or "''"
        text += f".{key}" if text and isinstance(part, str) else key
    half = PATH_LENGTH_MAX // 2
    return text if len(text) <= PATH_LENGTH_MAX else f"{text[:half]}…{text[-half:]}"


def in_one_line(text: str) -> str:
    r"""Escape what would end the line or control a terminal.

    Example:
        >>> print(in_one_line("two\nlines"))
        two\nlines
    """
    return text if text.isprintable() else "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def shown(value: object) -> str:
    """Show a wrong value in a message, in few words."""
    if isinstance(value, dict | list):
        kind = "mapping" if isinstance(value, dict) else "list"
        return f"a {kind}" if value else f"an empty {kind}"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    text = repr(value)
    return text if len(text) <= SHOWN_LENGTH_MAX else f"{text[: SHOWN_LENGTH_MAX - 1]}…"
