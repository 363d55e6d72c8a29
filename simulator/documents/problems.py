"""Problems of documents: where they are, and how messages show wrong values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

from fakes.printable import printable

SHOWN_LENGTH_MAX = 80
"""Characters of a wrong value that a message shows."""
PATH_LENGTH_MAX = 300
"""Characters of a key path that a message shows; of a longer one it shows both ends."""

SECRET_KEYS = frozenset({"bearer", "secret"})
"""Keys whose values no message shows."""
HIDDEN = "…"
"""What is shown in their place."""

PROBLEMS_MAX = 1_000
"""Problems of a document that are reported; nobody reads more."""
WRONG_KEY = "wrong_key"
"""The type of pydantic errors whose context has a ``path``, relative to where they arise."""

KeyPath = tuple[str | int, ...]
"""The path to a value in a document: keys of mappings and indexes of lists."""

Finding = tuple[KeyPath, str]
"""A problem: where it is, and what it is."""


_Problem = TypeVar("_Problem", bound="DataclassInstance")


def worth_telling(problems: Sequence[_Problem]) -> Sequence[_Problem]:
    """The first 1,000 of *problems*, which are dataclasses with a ``message``; a last one stands for the rest."""
    if len(problems) <= PROBLEMS_MAX:
        return problems
    message = f"more than {PROBLEMS_MAX} problems; from here on they are not told"
    return [*problems[:PROBLEMS_MAX], replace(problems[PROBLEMS_MAX], message=message)]


def path_text(path: KeyPath) -> str:
    """Write a key path as messages show it.

    Example:
        >>> path_text(("steps", 2, "create", "backup"))
        'steps[2].create.backup'
    """
    text = ""
    for part in path:
        key = f"[{part}]" if isinstance(part, int) else printable(part) or "''"
        text += f".{key}" if text and isinstance(part, str) else key
    half = PATH_LENGTH_MAX // 2
    return text if len(text) <= PATH_LENGTH_MAX else f"{text[:half]}…{text[-half:]}"


def shown(value: object) -> str:
    """Show a wrong value in a message, in few words."""
    if isinstance(value, dict | list):
        kind = "mapping" if isinstance(value, dict) else "list"
        return f"a {kind}" if value else f"an empty {kind}"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    text = repr(value)
    return text if len(text) <= SHOWN_LENGTH_MAX else f"{text[: SHOWN_LENGTH_MAX - 1]}…"
