"""Regular expressions in time linear in the length of the text: those of RE2.

Those of Python may try more ways than there is time for: ``(a|aa)+`` has not done with sixty letters in a year.
"""

from __future__ import annotations

from typing import Any

import re2

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False  # the loader reports them with their place


def compile_expression(expression: str) -> Any:
    """Compile a regular expression.

    Raises:
        ValueError: it is invalid, or takes more memory than any reasonable one.
    """
    try:
        return re2.compile(expression, _OPTIONS)
    except re2.error as error:
        [reason] = error.args
        raise ValueError(reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)) from None


def matches_whole(expression: str, text: str) -> bool:
    """Whether a regular expression matches the whole *text*.

    Raises:
        ValueError: see `compile_expression`.
    """
    return compile_expression(expression).fullmatch(text) is not None


def quoted(text: str) -> str:
    """A regular expression that matches only *text*."""
    escaped: str = re2.escape(text)
    return escaped
