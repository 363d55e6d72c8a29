"""Selects scenarios as pytest's ``-k`` does: by parts of names, joined by ``and``, ``or``, ``not``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence

Selector = Callable[[Sequence[str]], bool]
"""Takes the names of something and returns whether it is selected."""

NESTING_MAX = 50
"""How many ``not`` and opening parentheses an expression may have."""

_TOKEN = re.compile(
    r"""(?P<sign>[()]|\b(?:and|or|not)\b(?![^\s()"']))|"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<word>[^\s()"']+)|\S"""
)
_NODES = (ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Name, ast.Load)


class WrongExpression(ValueError):
    """An expression can't be read; the message says where and what would be right."""


def parse_selection(expression: str) -> Selector:
    """Read an expression such as ``"bandwidth or (faults and not 'two words')"``.

    A word matches any part of a name, regardless of case.

    Raises:
        WrongExpression: it is invalid.
    """
    tokens = list(_TOKEN.finditer(expression))
    if sum(token[0] in ("not", "(") for token in tokens) > NESTING_MAX:
        raise WrongExpression(f"has more than {NESTING_MAX} parentheses and 'not'")
    parts = {
        f"_{number}": token[token.lastgroup].casefold()
        for number, token in enumerate(tokens)
        if token.lastgroup not in (None, "sign")
    }
    # Python has the same grammar, once each part of a name is a name of Python's: "_" and the number of its token.
    python = " ".join(f"_{number}" if f"_{number}" in parts else token[0] for number, token in enumerate(tokens))
    try:
        parsed = ast.parse(python, mode="eval").body
        wrong_offsets = [getattr(node, "col_offset", 0) for node in ast.walk(parsed) if not isinstance(node, _NODES)]
    except SyntaxError as error:
        wrong_offsets = [(error.offset or 1) - 1]
    if wrong_offsets:
        token = next(iter(tokens[python[: wrong_offsets[0]].count(" ") :]), None)
        at = "the end" if token is None else f"column {token.start() + 1}, at {token[0]!r}"
        raise WrongExpression(f"{at}: expected parts of names, joined by 'and', 'or', 'not' and parentheses")
    return lambda names: _holds(parsed, parts, [name.casefold() for name in names])


def _holds(node: ast.expr, parts: Mapping[str, str], names: Sequence[str]) -> bool:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_holds(value, parts, names) for value in values)
        case ast.BoolOp(values=values):
            return any(_holds(value, parts, names) for value in values)
        case ast.UnaryOp(operand=operand):
            return not _holds(operand, parts, names)
        case ast.Name(id=part):
            return any(parts[part] in name for name in names)
    raise TypeError(f"{node} is no selection")
