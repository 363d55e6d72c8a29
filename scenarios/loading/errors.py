"""What is wrong with a scenario file, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fakes.printable import printable
from simulator.documents.problems import worth_telling


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Args:
        line: Its line, from 1; 0 if it concerns the whole file.
        column: Its column, likewise.
        path: Key path, such as ``steps[2].create.backup``; may be empty.
        message: What was found and what would have been right.
    """

    line: int
    column: int
    path: str
    message: str


class ScenarioError(Exception):
    """A scenario file can't be used; *problems* lists what is wrong with it, at most the first 1,000 things."""

    def __init__(self, file: str | Path, problems: Sequence[Problem]) -> None:
        self.file = str(file)
        self.problems = tuple(worth_telling(sorted(problems, key=lambda problem: (problem.line, problem.column))))
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """Each problem on a line, as compilers write them: ``file:line:column: path: message``."""
        return [problem_line(self.file, problem) for problem in self.problems]


def problem_line(file: str, problem: Problem, mark: str = "") -> str:
    """A problem on a line: ``file:line:column: path: message``, with *mark* before the message."""
    place = f":{problem.line}:{problem.column}" if problem.line else ""
    return printable(": ".join(filter(None, (f"{file}{place}", problem.path, f"{mark}{problem.message}"))))
