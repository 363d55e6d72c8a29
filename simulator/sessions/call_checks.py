"""Checks arguments that name calls: a method, a status code, a count."""

from __future__ import annotations

from grpc import StatusCode

from fakes.suggestions import suggest
from simulator.api import METHODS


def require_calls(method: str, count: int, code: str | None) -> None:
    """Check that there can be so many calls of a method, with a status code or with any.

    Raises:
        TypeError: the count is not a whole number.
        ValueError: the count is below zero, or the method or code is unknown.
    """
    require_method(method)
    require_code(code)
    if type(count) is not int:
        raise TypeError(f"count is {count!r}; expected a whole number")
    if count < 0:
        raise ValueError(f"count is {count}; expected 0 or more")


def require_code(code: str | None) -> None:
    """Check that a status code of that name exists, if one is given.

    Raises:
        ValueError: the code is unknown.
    """
    if code is not None and code not in [known.name for known in StatusCode]:
        raise ValueError(f"code is {code!r}; {suggest(str(code), [known.name for known in StatusCode])}")


def require_method(method: str) -> None:
    """Check that the product has a method of that name.

    Raises:
        ValueError: it has no such method.
    """
    if method not in list(METHODS):
        raise ValueError(f"method is {method!r}; {suggest(str(method), list(METHODS))}")
