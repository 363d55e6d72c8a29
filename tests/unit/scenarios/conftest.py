"""Scenario files as these tests need them: written, refused, loaded, and run."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import Scenario, load_scenario
from scenarios.running.runner import ScenarioRun, StepResult


@pytest.fixture
def write(tmp_path):
    """Writes a scenario file and returns its path."""

    def write_file(content: str | bytes, name: str = "scenario.yaml") -> Path:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write_file


@pytest.fixture
def load(write):
    def load_text(text: str) -> Scenario:
        return load_scenario(write(text))

    return load_text


@pytest.fixture
def problems_of(write):
    """What is said of a file that is wrong: ``line:column: path: message``, without the name of the file."""

    def find(content: str | bytes) -> list[str]:
        file = write(content)
        with pytest.raises(ScenarioError) as caught:
            load_scenario(file)
        lines = str(caught.value).split("\n")
        assert all(line.startswith(str(file)) for line in lines)
        return [line.removeprefix(f"{file}").removeprefix(":").strip() for line in lines]

    return find


@pytest.fixture
def problem_at_mark(problems_of):
    """The one thing that is said of a text: ``path: message``; the mark ``▸`` in the text is where it has to point."""

    def find(text: str) -> str:
        before, after = text.split("▸")
        place = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: "
        [problem] = problems_of(before + after)
        assert problem.startswith(place), f"{problem!r} does not point at {place}"
        return problem.removeprefix(place)

    return find


@pytest.fixture
def run(load):
    """Runs a scenario and returns what came of its steps."""

    def run_text(text: str, **options: int) -> list[StepResult]:
        with ScenarioRun(load(text), **options) as current:
            return list(current.steps())

    return run_text
