"""Scenario files as the verbs take them: wrong ones are told of, all at once, and end the command with code 2."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import click

from scenarios.errors import ScenarioError
from scenarios.loader import Scenario, load_cases

EXIT_FAILED = 1
"""An expectation failed."""
EXIT_WRONG = 2
"""A file or an argument is wrong; nothing was run."""


def load_or_exit(files: Sequence[str]) -> list[Scenario]:
    """Load all *files*, or tell everything that is wrong with any of them and exit with code 2.

    A folder stands for all the .yaml files in it and below.
    """
    scenarios: list[Scenario] = []
    errors: list[ScenarioError] = []
    for file in _files(files):
        try:
            scenarios += load_cases(file)
        except ScenarioError as error:
            errors.append(error)
    if errors:
        exit_wrong(*(line for error in errors for line in error.lines()))
    return scenarios


def _files(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        if not Path(path).is_dir():
            yield path
            continue
        inside = sorted(map(str, Path(path).rglob("*.yaml")))
        if not inside:
            exit_wrong(f"{path}: there are no .yaml files in this folder")
        yield from inside


def exit_wrong(*lines: str) -> NoReturn:
    """Tell what is wrong and exit with code 2."""
    for line in lines:
        click.secho(line, err=True, fg="red")
    sys.exit(EXIT_WRONG)
