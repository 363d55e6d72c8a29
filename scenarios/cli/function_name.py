"""Functions that the command line names as ``module:function``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from fakes.suggestions import suggest


def find_functions(_context: click.Context, _parameter: click.Parameter, names: Sequence[str]) -> list[Any]:
    """Give the functions that *names* name, in the current directory or where Python finds modules.

    Raises:
        click.BadParameter: there is no such module or function, or the module fails.
    """
    return [_find(name) for name in names]


def _find(name: str) -> Callable[..., Any]:
    module_name, _, function_name = name.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), function_name)):
        raise click.BadParameter(
            f"{name!r} names no function; expected 'module:function', such as 'my_services:add_to_server'"
        )
    module = _import(module_name)
    where = f"the module {module_name!r} ({getattr(module, '__file__', 'built in')})"
    found: Any = getattr(module, function_name, None)
    if found is None:
        known = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
        raise click.BadParameter(f"{where} has no function {function_name!r}; {suggest(function_name, known)}")
    if not callable(found):
        kind = type(found).__name__
        raise click.BadParameter(f"{function_name!r} of {where} is of the type {kind}; expected a function")
    function: Callable[..., Any] = found
    return function


def _import(name: str) -> ModuleType:
    directory = str(Path.cwd())
    if directory not in sys.path:
        sys.path.insert(0, directory)
    try:
        return import_module(name)
    except Exception as error:
        is_missing = isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}.")
        if is_missing:
            message = f"there is no module {name!r}, neither in {directory} nor where Python finds modules"
        else:
            message = f"the module {name!r} can't be imported: {type(error).__name__}: {error}"
        raise click.BadParameter(message) from error
