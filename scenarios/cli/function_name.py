"""Functions that the command line names as ``module:function``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from scenarios.clients.functions import NoSuchFunction, find_function


def find_functions(_context: click.Context, _parameter: click.Parameter, names: Sequence[str]) -> list[Any]:
    """Return the functions that *names* name.

    Raises:
        click.BadParameter: there is no such module or function, or the module fails.
    """
    try:
        return [find_function(name) for name in names]
    except NoSuchFunction as error:
        raise click.BadParameter(str(error)) from error
