"""Reads YAML text into nodes with their places; errors are the same with and without libyaml.

PyYAML's own parser decides what is YAML. libyaml, several times as fast, reads only what both read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import yaml

from fakes.suggestions import suggest
from scenarios.loading.errors import Problem, ScenarioError

DEPTH_MAX = 50
LEVELS_SHOWN = 6
"""Of a path that goes too deep; it is more of the same."""

_DISPUTED = re.compile(r"[\t?!\ufeff]|:[\[{]|:\s*(?:#.*\s*)*[\]},]|[|>][-+0-9]*#|^%|^---\s*(?:#|\Z)", re.MULTILINE)
"""What libyaml and PyYAML's parser may read differently, or give different places."""
_QUESTION_MARK_IN_TEXT = re.compile(r"(?<=[^\s\[{,])\?|\?(?=\S)")
_STAND_IN = "\ue000"
"""Replaces question marks for PyYAML's parser: a character that is never used."""
_ENDING = re.compile(r" +(?=[\]},])")
"""What stands between a key without a value and what ends the entry, where PyYAML's parser sees the value at once."""
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")

_Place = tuple[int, int]


@dataclass(slots=True)
class Node:
    """A scalar, a list or a mapping.

    Args:
        place: Line and column, from 1.
        tag: The tag that stands in the text.
        text: The text of a scalar.
        is_plain: Whether it is a scalar that is neither in quotes nor a block.
        children: The items of a list, or the keys and values of a mapping in turns; None for a scalar.
        is_mapping: Whether it is a mapping.
    """

    place: _Place
    tag: str | None
    text: str = ""
    is_plain: bool = False
    children: list[Node] | None = None
    is_mapping: bool = False

    def entries(self) -> Iterator[tuple[Node, Node]]:
        """The keys of a mapping with their values."""
        children = iter(self.children or ())
        return zip(children, children, strict=True)


class _Refused(Exception):
    """Why a text is refused, where, and how many characters come before that place."""

    def __init__(self, message: str, place: _Place, index: int) -> None:
        super().__init__(message)
        self.message, self.place, self.index = message, place, index


class _TooDeep(_Refused):
    """More than `DEPTH_MAX` levels."""


def read_nodes(text: str, file: str) -> Node | None:
    """Read a document; None when there is nothing in it.

    Args:
        text: The document.
        file: Its name in messages.

    Raises:
        ScenarioError: the text is no YAML, has more than one document, or is more than 50 levels deep.
    """
    try:
        return _parse(text)
    except _Refused as refused:
        told = refused
    try:
        # A parser reads ahead: what it gives up at may come after what is nested too deep.
        _parse_in_python(text[: told.index])
    except _TooDeep as deeper:
        told = deeper
    except _Refused:
        pass
    raise ScenarioError(file, [Problem(*told.place, "", told.message)])


def place_after(before: str) -> _Place:
    """Line and column at which a text that begins with *before* goes on."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _parse(text: str) -> Node | None:
    forbidden = yaml.SafeLoader.NON_PRINTABLE.search(text)
    if forbidden is not None:
        message = f"is no valid YAML: it must not contain the character {forbidden.group()!r}"
        raise _Refused(message, place_after(text[: forbidden.start()]), forbidden.start())
    fast_loader = getattr(yaml, "CSafeLoader", None)
    if fast_loader is not None and _DISPUTED.search(text) is None:
        with suppress(_Refused):
            return _compose(fast_loader, text)
    return _parse_in_python(text)


def _parse_in_python(text: str) -> Node | None:
    """Read with PyYAML's own parser, which takes any question mark in ``{…}`` and ``[…]`` for the begin of a key."""
    if _STAND_IN in text:
        return _compose(yaml.SafeLoader, text)
    return _compose(yaml.SafeLoader, _QUESTION_MARK_IN_TEXT.sub(_STAND_IN, text), stand_in=_STAND_IN)


def _compose(loader_type: Any, text: str, stand_in: str | None = None) -> Node | None:
    loader = loader_type(text)
    try:
        return _Composer(text, stand_in).compose(loader)
    except yaml.MarkedYAMLError as error:
        raise _syntax_problem(error, text) from None
    except (ValueError, OverflowError):  # an escape or a version with a number that Python can't take
        mark = loader.get_mark()
        raise _refused_at(mark, "is no valid YAML: it has a number that is too large") from None
    finally:
        loader.dispose()


def _refused_at(mark: Any, message: str, kind: type[_Refused] = _Refused) -> _Refused:
    return kind(message, _place(mark), mark.index)


def _place(mark: Any) -> _Place:
    return mark.line + 1, mark.column + 1


class _Composer:
    """Makes nodes of the events of a parser, without recursion."""

    def __init__(self, text: str, stand_in: str | None) -> None:
        self._text = text
        self._stand_in = stand_in
        self._roots: list[Node] = []
        self._open: list[Node] = []
        self._anchors: dict[str, Node] = {}

    def compose(self, loader: Any) -> Node | None:
        """Read all that *loader* has."""
        while loader.check_event():
            self._take(loader.get_event())
        return self._roots[0] if self._roots else None

    def _take(self, event: Any) -> None:
        match event:
            case yaml.CollectionEndEvent():
                self._open.pop()
            case yaml.AliasEvent():
                self._add(self._anchored(event))
            case yaml.NodeEvent():
                node = self._node(event)
                self._add(node)
                if node.children is not None:
                    self._open.append(node)
                    if len(self._open) > DEPTH_MAX:
                        message = f"is more than {DEPTH_MAX} levels deep"
                        raise _refused_at(event.start_mark, message, _TooDeep)
            case yaml.DocumentStartEvent() if self._roots:
                raise _refused_at(event.start_mark, "is another document; expected one file for each scenario")

    def _add(self, node: Node) -> None:
        siblings = self._open[-1].children if self._open else self._roots
        assert siblings is not None
        siblings.append(node)

    def _anchored(self, event: Any) -> Node:
        name = event.anchor
        if name not in self._anchors:
            remedy = suggest(name, self._anchors) if self._anchors else f"expected '&{name}' before it"
            raise _refused_at(event.start_mark, f"'*{name}' stands for nothing; {remedy}")
        return self._anchors[name]

    def _node(self, event: Any) -> Node:
        node = Node(_place(event.start_mark), event.tag)
        if isinstance(event, yaml.ScalarEvent):
            self._fill_scalar(node, event)
        else:
            node.children, node.is_mapping = [], isinstance(event, yaml.MappingStartEvent)
        if event.anchor is not None:
            if event.anchor in self._anchors:
                first = self._anchors[event.anchor].place[0]
                raise _refused_at(event.start_mark, f"the anchor '&{event.anchor}' stands twice; first in line {first}")
            self._anchors[event.anchor] = node
        return node

    def _fill_scalar(self, node: Node, event: Any) -> None:
        node.text, node.is_plain = event.value, event.implicit[0]
        if self._stand_in is not None:
            node.text = node.text.replace(self._stand_in, "?")
        if not node.text and (ending := _ENDING.match(self._text, event.start_mark.index)):
            node.place = (node.place[0], node.place[1] + len(ending[0]))
        if _HALF_CHARACTER.search(node.text):
            raise _refused_at(event.start_mark, "is no valid YAML: it has an escape that is half a character")


def _syntax_problem(error: yaml.MarkedYAMLError, text: str) -> _Refused:
    """The problem, in our words if the text there shows it, or else in those of the parser."""
    mark, began = error.problem_mark, error.context_mark
    assert mark is not None
    is_indentation = not text[mark.index - mark.column : mark.index].strip(" ")
    if text.startswith("\t", mark.index):
        found = "is indented with a tab" if is_indentation else "has a tab"
        return _refused_at(mark, f"{found}; YAML takes spaces only")
    if began is not None:
        first = text[began.index : began.index + 1]
        if first in _CLOSING and mark.index >= len(text.rstrip()):
            what, expected = _CLOSING[first]
            return _refused_at(began, f"is {what} that does not end; expected {expected}")
        if is_indentation and first not in _CLOSING and mark.column != began.column:
            found = f"is indented by {mark.column} spaces"
            return _refused_at(mark, f"{found}; expected as many as one of the lines before it has")
    context = f" ({error.context})" if error.context else ""
    remedy = _REMEDIES.get(text[mark.index : mark.index + 1], "")
    return _refused_at(mark, f"is no valid YAML: {error.problem}{context}{remedy}")


_CLOSING = {
    "'": ("a text in quotes", "the same quote again"),
    '"': ("a text in quotes", "the same quote again"),
    "[": ("a list", "']'"),
    "{": ("a mapping", "'}'"),
}
"""What a text may leave open, and what is missing then, by its first character."""
_REMEDIES = {
    ":": "; expected a text with ': ' in it to be in quotes",
    **dict.fromkeys("@`", "; expected a text that begins like this to be in quotes"),
}
"""What to do about what a parser can't read, by its first character."""
