"""YAML with the place of every key and value, read so that no file can do harm.

Only plain data comes out: mappings with text keys, lists, texts, numbers, true, false and null. What those look like is
taken from YAML 1.2, so that ``on``, ``no`` and ``1:30`` are the texts that they look like.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml

from scenarios.loading.errors import Problem, ScenarioError
from simulator.documents.problems import KeyPath, path_text

FILE_BYTES_MAX = 1024 * 1024
DEPTH_MAX = 50
NODES_MAX = 100_000
"""Values that a document may have with its aliases written out; more is what an alias bomb would do."""

_BaseLoader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BaseLoader):  # type: ignore[misc]  # which of the two it is depends on the machine
    """Resolves plain scalars as YAML 1.2 does."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


_DIGITS = list("0123456789")
for _tag, _pattern, _first_characters in (
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("tag:yaml.org,2002:null", r"null|Null|NULL|~|", ["n", "N", "~", ""]),
    ("tag:yaml.org,2002:int", r"[-+]?[0-9]+", ["-", "+", *_DIGITS]),
    ("tag:yaml.org,2002:float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", ["-", "+", ".", *_DIGITS]),
):
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), _first_characters)

_OTHER_ENCODINGS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
"""By the mark with which files in them begin; the longer ones first, since they begin with others."""

_FORBIDDEN = re.compile(r"[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""The characters that YAML does not allow."""


_SCALARS: Mapping[str, Callable[[str], object]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:null": lambda _: None,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
}

_Tags = Mapping[tuple[type[Any], int], str]
"""The tags that stand in the file, rather than follow from looks, by the kind of node and where it begins."""


@dataclass
class Source:
    """A YAML document and where everything in it stands.

    Args:
        file: Where it came from, for messages.
        data: The document as plain data.
        value_places: Line and column of each value, from 1.
        key_places: Line and column of each key of a mapping, by the path of its value.
    """

    file: str
    data: Any = None
    value_places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict, repr=False)
    key_places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict, repr=False)

    def problem(self, path: KeyPath, message: str, *, at_key: bool = False) -> Problem:
        """Describe a problem with what stands at *path*, or, where nothing does, at the nearest place above it."""
        line, column = self._place(path, at_key=at_key)
        return Problem(line, column, path_text(path), message)

    def line(self, path: KeyPath) -> int:
        """The line of what stands at *path*."""
        return self._place(path, at_key=True)[0]

    def texts(self, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
        """All texts in what stands at *path*, each with its own path."""
        value = self.data
        for part in path:
            value = value[part]
        yield from _texts(value, path)

    def _place(self, path: KeyPath, *, at_key: bool) -> tuple[int, int]:
        first, second = self.value_places, self.key_places
        if at_key:
            first, second = second, first
        above = (path[:length] for length in range(len(path), -1, -1))
        return next((first.get(known) or second[known] for known in above if known in first or known in second), (0, 0))


def _texts(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, (*path, key))


def read_source(file: str | Path) -> Source:
    """Read a YAML file.

    Raises:
        ScenarioError: it can't be read, is too large or too deep, is no UTF-8 or no YAML, has tags or a key twice.
    """
    path = Path(file)
    try:
        with path.open("rb") as stream:
            content = stream.read(FILE_BYTES_MAX + 1)
            size_bytes = max(len(content), os.fstat(stream.fileno()).st_size)
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        reason = getattr(error, "strerror", None) or error
        raise ScenarioError(file, [Problem(0, 0, "", f"can't be read: {reason}")]) from None
    if len(content) > FILE_BYTES_MAX:
        found = f"has {size_bytes} bytes; expected at most {FILE_BYTES_MAX} ({FILE_BYTES_MAX // 1024} KiB)"
        raise ScenarioError(file, [Problem(0, 0, "", found)])
    return parse_source(_decoded(content, file), str(file))


def _decoded(content: bytes, file: str | Path) -> str:
    for mark, encoding in _OTHER_ENCODINGS.items():
        if content.startswith(mark):
            raise ScenarioError(file, [Problem(1, 1, "", f"is {encoding}; expected the file to be saved as UTF-8")])
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix("\ufeff")
        found = f"the byte 0x{content[error.start]:02x} ({error.reason})"
        raise ScenarioError(
            file, [_problem_after(before, f"is not UTF-8: it has {found}; expected the file to be saved as UTF-8")]
        ) from None


def _problem_after(before: str, message: str) -> Problem:
    """A problem at the place at which a text that begins with *before* goes on."""
    return Problem(before.count("\n") + 1, len(before) - before.rfind("\n"), "", message)


def parse_source(text: str, file: str) -> Source:
    """Read YAML from *text*; *file* is its name in messages.

    Raises:
        ScenarioError: see `read_source`.
    """
    try:
        tags = _read_tags(text, file)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        problem = _syntax_problem(error, text)
        _refuse_depth_before(problem, text, file)
        raise ScenarioError(file, [problem]) from None
    source = Source(file)
    if node is None:
        raise ScenarioError(file, [Problem(1, 1, "", "is empty; expected at least 'version' and 'steps'")])
    builder = _Builder(source, tags)
    source.data = builder.build(node, ())
    if builder.problems:
        raise ScenarioError(file, builder.problems)
    return source


def _read_tags(text: str, file: str) -> _Tags:
    """Find what has a tag, of which nodes no longer tell.

    Refuses what is nested too deep before it is composed, which recurses in C and would end the process.
    """
    depth = 0
    tags = {}
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        mark = event.start_mark
        if depth > DEPTH_MAX and mark is not None:
            raise ScenarioError(
                file, [Problem(mark.line + 1, mark.column + 1, "", f"is more than {DEPTH_MAX} levels deep")]
            )
        tag = getattr(event, "tag", None)
        if tag is not None and mark is not None:
            tags[_NODES[type(event)], mark.index] = tag
    return tags


def _refuse_depth_before(problem: Problem, text: str, file: str) -> None:
    """Refuse what is nested too deep before *problem*, which a parser that reads ahead may meet first."""
    lines = text.splitlines(keepends=True)[: problem.line]
    lines[-1:] = [line[: problem.column - 1] for line in lines[-1:]]
    with suppress(yaml.YAMLError):
        _read_tags("".join(lines), file)


_NODES: Mapping[type[yaml.Event], type[yaml.Node]] = {
    yaml.ScalarEvent: yaml.ScalarNode,
    yaml.SequenceStartEvent: yaml.SequenceNode,
    yaml.MappingStartEvent: yaml.MappingNode,
}
"""What becomes of the events that may have tags."""


def _syntax_problem(error: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None)
    message = f"is no valid YAML: {what}{f' ({context})' if context else ''}"
    if mark is None:
        return _character_problem(text) or Problem(0, 0, "", message)
    if text.startswith("\t", mark.index):
        message = "is indented with a tab; YAML takes spaces only"
    began = getattr(error, "context_mark", None)
    if context == _QUOTED and what == _ENDS and began is not None:
        mark, message = began, "is a text in quotes that does not end; expected the same quote again"
    return Problem(mark.line + 1, mark.column + 1, "", f"{message}{_REMEDIES.get(what, '')}")


_QUOTED = "while scanning a quoted scalar"
_ENDS = "found unexpected end of stream"
_REMEDIES: Mapping[str, str] = {
    "mapping values are not allowed in this context": "; expected a text with ': ' in it to be in quotes",
    "found character that cannot start any token": "; expected a text that begins like this to be in quotes",
    "but found another document": "; expected one file for each scenario",
}
"""What to do about what the parser complains of, by its words."""


def _character_problem(text: str) -> Problem | None:
    found = _FORBIDDEN.search(text)
    if found is None:
        return None
    message = f"is no valid YAML: it must not contain the character {found.group()!r}"
    return _problem_after(text[: found.start()], message)


class _Builder:
    """Turns nodes into plain data, writing down the places and all that is wrong."""

    def __init__(self, source: Source, tags: _Tags) -> None:
        self.problems: list[Problem] = []
        self._tags = tags
        self._source = source
        self._node_count = 0

    def build(self, node: yaml.Node, path: KeyPath) -> Any:
        self._source.value_places[path] = _place(node)
        self._node_count += 1
        if self._node_count > NODES_MAX or len(path) > DEPTH_MAX:
            limit = f"more than {NODES_MAX} values" if self._node_count > NODES_MAX else f"more than {DEPTH_MAX} levels"
            raise ScenarioError(
                self._source.file, [self._problem(node, path, f"{limit}; does an alias contain itself?")]
            )
        if self._refuse_tag(node, path):
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]

    def _entries(self, node: yaml.MappingNode, path: KeyPath) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                kind = "list" if isinstance(key_node, yaml.SequenceNode) else "mapping"
                self.problems.append(self._problem(key_node, path, f"has a {kind} as a key; expected a plain text"))
                continue
            key: str = key_node.value
            self._refuse_tag(key_node, (*path, key))
            if key in seen:
                self.problems.append(self._problem(key_node, (*path, key), f"stands twice; first in line {seen[key]}"))
            seen[key] = _place(key_node)[0]
            self._source.key_places[*path, key] = _place(key_node)
            yield key, self.build(value_node, (*path, key))

    def _scalar(self, node: yaml.Node, path: KeyPath) -> object:
        try:
            return _SCALARS[node.tag](node.value)
        except ValueError as error:
            self.problems.append(self._problem(node, path, f"{node.value[:40]!r} is not valid: {error}"))
            return None

    def _refuse_tag(self, node: yaml.Node, path: KeyPath) -> bool:
        """Tell of the tag of a node, if it has one."""
        tag = self._tags.get((type(node), node.start_mark.index))
        if tag is not None:
            self.problems.append(self._problem(node, path, f"has the tag {tag!r}; tags are not allowed"))
        return tag is not None

    def _problem(self, node: yaml.Node, path: KeyPath, message: str) -> Problem:
        return Problem(*_place(node), path_text(path), message)


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
