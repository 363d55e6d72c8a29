"""Reads YAML safely, with the place of every key and value.

Only plain data comes out: mappings with text keys, lists, texts, numbers, true, false and null. What those look like is
taken from YAML 1.2, so that ``on``, ``no`` and ``1:30`` are the texts that they look like.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.loading.errors import Problem, ScenarioError
from scenarios.loading.yaml_nodes import DEPTH_MAX, LEVELS_SHOWN, Node, place_after, read_nodes
from scenarios.loading.yaml_scalars import plain_value
from simulator.documents.problems import KeyPath, path_text

FILE_BYTES_MAX = 1024 * 1024
MERGE_KEY = "<<"
NODES_MAX = 100_000
"""Values that a document may have with its aliases written out; more is what an alias bomb would do."""
TEXT_LENGTH_MAX = 10_000_000
"""Characters of text that a document may have with its aliases written out, and all its cases with their parameters."""

_OTHER_ENCODINGS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
"""By byte order mark; longer marks come first, because they begin with shorter ones."""


@dataclass
class Source:
    """A YAML document and where everything in it stands.

    Args:
        file: Where it came from, for messages.
        data: The document as plain data.
        value_places: Line and column of each value, from 1.
        key_places: Line and column of each key of a mapping, by the path of its value.
        truths: How each ``true`` and ``false`` is written.
    """

    file: str
    data: Any = None
    value_places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict, repr=False)
    key_places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict, repr=False)
    truths: dict[KeyPath, str] = field(default_factory=dict, repr=False)

    def problem(self, path: KeyPath, message: str, *, at_key: bool = False) -> Problem:
        """Describe a problem with what stands at *path*, or, where nothing does, at the nearest place above it."""
        line, column = self._place(path, at_key=at_key)
        return Problem(line, column, path_text(path), message)

    def line(self, path: KeyPath) -> int:
        """The line of what stands at *path*."""
        return self._place(path, at_key=True)[0]

    def written(self, path: KeyPath, value: object) -> str:
        """The scalar *value*, which stands at *path*, as it is written there."""
        return self.truths.get(path) or str(value)

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
        TypeError: it is not the name of a file.
    """
    if not isinstance(file, str | Path):
        raise TypeError(f"file is {file!r}; expected the name of a file")
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
        message = f"is not UTF-8: it has {found}; expected the file to be saved as UTF-8"
        raise ScenarioError(file, [Problem(*place_after(before), "", message)]) from None


def parse_source(text: str, file: str) -> Source:
    """Read YAML from *text*; *file* is its name in messages.

    Raises:
        ScenarioError: see `read_source`.
    """
    node = read_nodes(text, file)
    if node is None:
        raise ScenarioError(file, [Problem(1, 1, "", "is empty; expected at least 'version' and 'steps'")])
    source = Source(file)
    builder = _Builder(source)
    source.data = builder.build(node, ())
    if builder.problems:
        raise ScenarioError(file, builder.problems)
    return source


class _Builder:
    """Turns nodes into plain data; records places and problems."""

    def __init__(self, source: Source) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._node_count = 0
        self._text_length = 0

    def build(self, node: Node, path: KeyPath) -> Any:
        self._source.value_places[path] = node.place
        self._node_count += 1
        self._text_length += len(node.text)
        for found, maximum, what in (
            (self._node_count, NODES_MAX, "values"),
            (len(path), DEPTH_MAX, "levels"),
            (self._text_length, TEXT_LENGTH_MAX, "characters"),
        ):
            if found > maximum:
                message = f"more than {maximum} {what}; does an alias contain itself?"
                place = path_text(path[:LEVELS_SHOWN]) + ("…" if len(path) > LEVELS_SHOWN else "")
                raise ScenarioError(self._source.file, [Problem(*node.place, place, message)])
        if self._refuse_tag(node, path):
            return None
        if node.children is None:
            return self._scalar(node, path)
        if node.is_mapping:
            return dict(self._entries(node, path))
        return [self.build(item, (*path, index)) for index, item in enumerate(node.children)]

    def _entries(self, node: Node, path: KeyPath) -> Iterator[tuple[str, Any]]:
        lines: dict[str, int] = {}
        for key_node, value_node in node.entries():
            if key_node.children is not None:
                kind = "mapping" if key_node.is_mapping else "list"
                self._tell(key_node, path, f"has a {kind} as a key; expected a plain text")
                continue
            key = key_node.text
            inner = (*path, key)
            if key == MERGE_KEY and key_node.is_plain:
                self._tell(key_node, inner, "is a merge key; merge keys are not allowed")
                continue
            self._refuse_tag(key_node, inner)
            if key in lines:
                self._tell(key_node, inner, f"stands twice; first in line {lines[key]}")
            lines[key] = key_node.place[0]
            self._source.key_places[inner] = key_node.place
            yield key, self.build(value_node, inner)

    def _scalar(self, node: Node, path: KeyPath) -> object:
        if not node.is_plain:
            return node.text
        try:
            value = plain_value(node.text)
        except ValueError as error:
            self._tell(node, path, str(error))
            return None
        if isinstance(value, bool):
            self._source.truths[path] = node.text
        return value

    def _refuse_tag(self, node: Node, path: KeyPath) -> bool:
        """Report the tag of a node, if it has one."""
        if node.tag is not None:
            self._tell(node, path, f"has the tag {node.tag!r}; tags are not allowed")
        return node.tag is not None

    def _tell(self, node: Node, path: KeyPath, message: str) -> None:
        self.problems.append(Problem(*node.place, path_text(path), message))
