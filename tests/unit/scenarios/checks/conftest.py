"""Warnings about scenarios."""

from __future__ import annotations

import pytest

from scenarios.checks import warnings_of


@pytest.fixture
def warnings_in(load):
    """The warnings about a text, as ``path: message``."""

    def find(text: str) -> list[str]:
        return [f"{problem.path}: {problem.message}" for problem in warnings_of(load(text))]

    return find


@pytest.fixture
def warning_at_mark(load):
    """The one warning about a text: ``path: message``; the mark ``▸`` in the text is where it has to point."""

    def find(text: str) -> str:
        before, after = text.split("▸")
        [problem] = warnings_of(load(before + after))
        assert (problem.line, problem.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
        return f"{problem.path}: {problem.message}"

    return find
