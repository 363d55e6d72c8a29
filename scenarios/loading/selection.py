"""Which scenarios to run, as pytest's ``-k`` says it: parts of names, joined by ``and``, ``or``, ``not``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

Selector = Callable[[Sequence[str]], bool]
"""Is given the names of something and tells whether it is selected."""

DEPTH_MAX = 50
"""Parentheses and ``not`` that may stand inside each other."""

_TOKEN = re.compile(r"""\s*(?:(?P<sign>[()])|(?P<word>[^\s()"']+)|(?P<quoted>"[^"]*"|'[^']*')|(?P<wrong>\S))""")
_KEYWORDS = ("and", "or", "not")


class WrongExpression(ValueError):
    """An expression can't be read; the message says where and what would be right."""


class _Token(NamedTuple):
    text: str
    column: int
    is_name: bool


def parse_selection(expression: str) -> Selector:
    """Read an expression such as ``"bandwidth or (faults and not 'two words')"``.

    A word is found in a name whatever is in front of it or behind, in upper or lower case.

    Raises:
        WrongExpression: it is none.
    """
    return _Parser(expression).whole()


class _Parser:
    """Descends from ``or``, which binds least, to names."""

    def __init__(self, expression: str) -> None:
        self._tokens = [_token(match) for match in _TOKEN.finditer(expression)]
        self._tokens.append(_Token("", len(expression) + 1, is_name=False))
        self._depth = 0

    def whole(self) -> Selector:
        selector = self._alternatives()
        if len(self._tokens) > 1:
            raise self._unexpected("'and', 'or' or the end")
        return selector

    def _alternatives(self) -> Selector:
        parts = [self._conjunction()]
        while self._take("or"):
            parts.append(self._conjunction())
        return lambda names: any(part(names) for part in parts)

    def _conjunction(self) -> Selector:
        parts = [self._term()]
        while self._take("and"):
            parts.append(self._term())
        return lambda names: all(part(names) for part in parts)

    def _term(self) -> Selector:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise WrongExpression(f"is more than {DEPTH_MAX} levels deep")
        selector = self._term_inside()
        self._depth -= 1
        return selector

    def _term_inside(self) -> Selector:
        if self._take("not"):
            negated = self._term()
            return lambda names: not negated(names)
        if self._take("("):
            inside = self._alternatives()
            if not self._take(")"):
                raise self._unexpected("')'")
            return inside
        if not self._tokens[0].is_name:
            raise self._unexpected("a part of a name, 'not' or '('")
        wanted = self._tokens.pop(0).text.casefold()
        return lambda names: any(wanted in name.casefold() for name in names)

    def _take(self, text: str) -> bool:
        token = self._tokens[0]
        taken = token.text == text and not token.is_name
        if taken:
            self._tokens.pop(0)
        return taken

    def _unexpected(self, expected: str) -> WrongExpression:
        token = self._tokens[0]
        found = repr(token.text) if len(self._tokens) > 1 else "the end"
        return WrongExpression(f"column {token.column}: expected {expected}, found {found}")


def _token(match: re.Match[str]) -> _Token:
    text, column = match[match.lastgroup or 0], match.start(match.lastgroup or 0) + 1
    if match.lastgroup == "quoted":
        return _Token(text[1:-1], column, is_name=True)
    return _Token(text, column, is_name=match.lastgroup == "word" and text not in _KEYWORDS)
