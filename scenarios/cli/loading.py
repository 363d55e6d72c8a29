"""Scenario files as the verbs take them: wrong ones are told of, all at once, and end the command with code 2."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from scenarios.errors import Problem, ScenarioError
from scenarios.loader import Scenario, load_cases
from scenarios.shipped import shipped_files

EXIT_FAILED = 1
"""An expectation failed."""
EXIT_WRONG = 2
"""A file or an argument is wrong; nothing was run."""


def load_or_exit(names: Sequence[str]) -> list[Scenario]:
    """Load all files that *names* stand for, or tell everything that is wrong with any and exit with code 2."""
    scenarios, errors = load_all(names)
    if errors:
        exit_wrong(*(line for error in errors for line in error.lines()))
    return scenarios


def load_all(names: Sequence[str]) -> tuple[list[Scenario], list[ScenarioError]]:
    """Load all files that *names* stand for, and tell what is wrong with those that can't be loaded."""
    scenarios: list[Scenario] = []
    errors: list[ScenarioError] = []
    for name in names:
        try:
            files = files_of(name)
        except ScenarioError as error:
            errors.append(error)
            continue
        for file in files:
            try:
                scenarios += load_cases(file)
            except ScenarioError as error:
                errors.append(error)
    return scenarios, errors


def files_of(name: str) -> list[str]:
    """The files that an argument of a verb stands for.

    That is the file of that path, or all .yaml files in and below the folder of that path, or else the scenario that
    ships under that name, or all in the folder of the library that has it.

    Raises:
        ScenarioError: there are none.
    """
    path = Path(name)
    if path.is_dir():
        inside = sorted(map(str, path.rglob("*.yaml")))
        if not inside:
            raise ScenarioError(name, [Problem(0, 0, "", "there are no .yaml files in this folder")])
        return inside
    if _exists(path):
        return [name]
    try:
        return [str(file) for file in shipped_files(name)]
    except LookupError as error:
        message = "can't be read: No such file or directory"
        if not path.suffix:
            message = "is no file, and no scenario that ships has that name"
            error = error if str(error) else LookupError("'pds-sim scenarios' lists them")
        raise ScenarioError(name, [Problem(0, 0, "", f"{message}; {error}" if str(error) else message)]) from None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return True  # no file can have that name, as reading it will say


def exit_wrong(*lines: str) -> NoReturn:
    """Tell what is wrong and exit with code 2."""
    for line in lines:
        click.secho(line, err=True, fg="red")
    sys.exit(EXIT_WRONG)
