"""Clients that are Python functions: they are called with a simulator, and raise exceptions to complain."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from inspect import isasyncgenfunction, iscoroutine, isgeneratorfunction, signature, unwrap
from pathlib import Path
from types import ModuleType
from typing import Any

from fakes.suggestions import suggest
from scenarios.clients.client_run import Complaint
from scenarios.clients.failures import failure_of
from scenarios.clients.limits import Limits, NoEnd, limited
from simulator.simulator import Simulator

CheckFunction = Callable[[Simulator], object]
"""Runs a client against a simulator, and raises an exception if the client did something wrong."""


def run_function(check: CheckFunction, simulator: Simulator, limits: Limits) -> Complaint | None:
    """Run a client, within limits; return how it failed, or None. A coroutine runs in virtual time.

    An exception that ends one of its threads counts as one that the client raises. A process that the client forks ends
    where the client ends in it.
    """
    failure: BaseException | None = None
    process_id = os.getpid()
    with limited(simulator.session, limits) as ends, _exceptions_in_threads() as of_threads:
        try:
            made = check(simulator)
            if iscoroutine(made):
                simulator.run(made)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is why the client failed; SystemExit, too
            failure = error
    if os.getpid() != process_id:  # what follows is for the process that has forked it
        os._exit(0 if failure is None else 1)
    if ends and not isinstance(failure, NoEnd):
        failure = ends[0]
    if failure is None and of_threads:
        failure = of_threads[0]
    return None if failure is None else failure_of(failure, _folder_of(check))


@contextmanager
def _exceptions_in_threads() -> Iterator[list[BaseException]]:
    """Gather the exceptions that end threads."""
    gathered: list[BaseException] = []
    before = threading.excepthook

    def gather(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
            gathered.append(ended.exc_value)

    threading.excepthook = gather
    try:
        yield gathered
    finally:
        threading.excepthook = before


def _folder_of(check: CheckFunction) -> Path | None:
    """The folder of a function, if known."""
    code = getattr(unwrap(check), "__code__", None)
    return None if code is None else Path(code.co_filename).parent


class NoSuchFunction(ValueError):
    """A function can't be found by its name; the message says why."""


class NoCheck(ValueError):
    """A function can't be run as a client; the message says why."""


def find_check(name: str) -> CheckFunction:
    """Return the client that ``module:function`` names.

    Raises:
        NoSuchFunction: the module or function does not exist, or the module fails.
        NoCheck: it can't be called with a simulator, or is a generator function.
    """
    check = find_function(name)
    require_check(check, name)
    return check


def require_check(check: CheckFunction, name: str) -> None:
    """Check that a function can be run as a client.

    Raises:
        NoCheck: it can't.
    """
    for function in (check, type(check).__call__):
        if isgeneratorfunction(function) or isasyncgenfunction(function):
            raise NoCheck(f"{name!r} is a generator function, which a call does not run; expected one without 'yield'")
    try:
        parameters = signature(check)
    except ValueError:  # some functions in C have none
        return
    try:
        parameters.bind(None)
    except TypeError as error:
        raise NoCheck(f"{name!r} has the parameters {parameters}; expected one, the simulator") from error


def find_function(name: str) -> Callable[..., Any]:
    """Return the function that ``module:function`` names, in the current directory or where Python finds modules.

    Raises:
        NoSuchFunction: the module or function does not exist, or the module fails.
    """
    module_name, _, function_name = name.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), function_name)):
        raise NoSuchFunction(f"{name!r} names no function; expected 'module:function', such as 'my_client:restore'")
    module = _import(module_name)
    where = f"the module {module_name!r} ({getattr(module, '__file__', 'built in')})"
    found: Any = getattr(module, function_name, None)
    if found is None:
        known = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
        raise NoSuchFunction(f"{where} has no function {function_name!r}; {suggest(function_name, known)}")
    if not callable(found):
        kind = type(found).__name__
        raise NoSuchFunction(f"{function_name!r} of {where} is of the type {kind}; expected a function")
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
        raise NoSuchFunction(message) from error
