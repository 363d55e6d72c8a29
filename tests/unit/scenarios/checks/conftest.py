"""Warnings about scenarios, held against what a run shows."""

from __future__ import annotations

import pytest

from scenarios.checks import warnings_of
from scenarios.running.runner import ScenarioRun

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}"


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


@pytest.fixture
def hopeless(load, warning_at_mark):
    """The one warning about a scenario whose last step can't pass, as a run shows; in front of it a restore is created.

    Takes the step, other lines at the top of the scenario, and steps that come before.
    """

    def find(step: str, *, top: str = "", before: tuple[str, ...] = (CREATE,)) -> str:
        text = "\n".join(["version: 1", *filter(None, [top]), "steps:", *(f"  - {one}" for one in (*before, step))])
        with ScenarioRun(load(text.replace("▸", "")), lenient=True) as run:
            results = list(run.steps())
        last = text.count("\n") + 1
        assert [result.line for result in results if not result.passed and result.summary != "rules"] == [last]
        return warning_at_mark(text)

    return find
