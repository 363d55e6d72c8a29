"""Loads scenario files for the verbs: reports the errors of all files at once, and ends the command with code 2."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from fakes.printable import printable
from scenarios.cli.exit_codes import EXIT_WRONG
from scenarios.loading.errors import Problem, ScenarioError
from scenarios.loading.loader import Scenario, SeveralCases, load_cases, load_scenario
from scenarios.loading.selection import WrongExpression, parse_selection
from scenarios.loading.shipped import shipped_files
from simulator.documents.files import is_special, may_never_end

_Command = Callable[..., Any]

case_option: Callable[[_Command], _Command] = click.option(
    "--case", metavar="NAME", help="Which case of the scenario, if it has several."
)
"""For verbs that take one scenario: see `load_one_or_exit`."""
selection_option: Callable[[_Command], _Command] = click.option(
    "-k",
    "expression",
    metavar="EXPRESSION",
    help="Only those whose name, file or case matches; with and, or, not.",
)
"""For verbs that take any number of them: see `selected_or_exit`."""


def load_or_exit(names: Sequence[str]) -> list[Scenario]:
    """Load all files that *names* stand for, or print all their errors and exit with code 2."""
    scenarios, errors = load_all(names)
    if errors:
        exit_wrong(*(line for error in errors for line in error.lines()))
    return scenarios


def load_one_or_exit(name: str, case: str | None) -> Scenario:
    """Load the only scenario that *name* stands for, or print what is wrong and exit with code 2.

    Args:
        name: What `files_of` takes.
        case: Which of its cases, if it has several.
    """
    try:
        files = files_of(name)
        if len(files) > 1:
            exit_wrong(f"{name}: stands for {len(files)} scenarios; expected one, such as {files[0]}")
        return load_scenario(files[0], case)
    except SeveralCases as error:
        exit_wrong(*(f"{line}; --case NAME says which" for line in error.lines()))
    except ScenarioError as error:
        exit_wrong(*error.lines())


def selected_or_exit(scenarios: Sequence[Scenario], expression: str | None) -> list[Scenario]:
    """The scenarios that *expression* selects, all where it is blank; a wrong one, or one that selects none, exits."""
    if expression is None or not expression.strip():
        return list(scenarios)
    try:
        selects = parse_selection(expression)
    except WrongExpression as error:
        exit_wrong(f"-k {expression!r}: {error}")
    selected = [scenario for scenario in scenarios if selects((scenario.title, Path(scenario.source.file).stem))]
    if not selected:
        exit_wrong(f"-k {expression!r}: selects none of {len(scenarios)} scenarios, such as {scenarios[0].title!r}")
    return selected


def load_all(names: Sequence[str]) -> tuple[list[Scenario], list[ScenarioError]]:
    """Load all files that *names* stand for, and print the errors of those that can't be loaded."""
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
    ships under that name, or all in the folder of the library that has it. Pipes and devices might never end: they are
    left out of folders, and taken only by the names that the shell has for them, /dev/stdin and /dev/fd/N.

    Raises:
        ScenarioError: there are none.
    """
    path = Path(name)
    if path.is_dir():
        inside = sorted(str(file) for file in path.rglob("*.yaml") if not is_special(file))
        if not inside:
            raise ScenarioError(name, [Problem(0, 0, "", "there are no .yaml files in this folder")])
        return inside
    if _exists(path):
        if may_never_end(path):
            raise ScenarioError(name, [Problem(0, 0, "", "is no regular file")])
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


def warn_of_kept_seeds(scenarios: Sequence[Scenario], seed: int | None) -> None:
    """Warn of each scenario that runs with another seed than *seed*, because its snapshot has one."""
    for scenario in scenarios:
        if told := scenario.unheeded_seed("--seed", seed):
            click.secho(printable(told), err=True, fg="yellow")


def exit_wrong(*lines: str) -> NoReturn:
    """Print what is wrong and exit with code 2."""
    for line in lines:
        click.secho(printable(line), err=True, fg="red")
    sys.exit(EXIT_WRONG)
