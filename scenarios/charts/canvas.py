"""A line of characters in a terminal, each with its own style."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import click
from rich.cells import cell_len, set_cell_size

BLANK = " "
ELLIPSIS = "…"

_LEFT_IS_FARTHER = 3


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look; colours are numbers among the 256 of a terminal, None leaves them as they are."""

    color: int | None = None
    background: int | None = None
    bold: bool = False
    dim: bool = False


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Cell:
    """One character and its style."""

    character: str = BLANK
    style: Style = PLAIN


class Canvas:
    """A line of cells to draw on.

    Args:
        width: How many cells there are.
    """

    def __init__(self, width: int) -> None:
        self._cells = [Cell()] * width

    def put(self, column: int, character: str, style: Style = PLAIN) -> None:
        """Write a character of one cell; outside the canvas nothing happens."""
        if 0 <= column < len(self._cells):
            self._cells[column] = Cell(character, style)

    def put_near(self, column: int, character: str, style: Style = PLAIN) -> None:
        """Write a character into the nearest blank cell, rather to the right; where none is left nothing happens."""

        def distance(other: int) -> int:
            return other - column if other >= column else (column - other) * _LEFT_IS_FARTHER

        blanks = (other for other, cell in enumerate(self._cells) if cell.character == BLANK)
        nearest = min(blanks, key=distance, default=None)
        if nearest is not None:
            self.put(nearest, character, style)

    def text(self, *, color: bool) -> str:
        """All cells, with their styles where there is *color*."""
        return "".join(self._runs()) if color else "".join(cell.character for cell in self._cells)

    def _runs(self) -> Iterator[str]:
        for style, cells in groupby(self._cells, key=lambda cell: cell.style):
            yield styled("".join(cell.character for cell in cells), style, color=True)


def styled(text: str, style: Style, *, color: bool) -> str:
    """Write *text* with a style, where there is *color*."""
    if not color or style == PLAIN:
        return text
    return click.style(text, fg=style.color, bg=style.background, bold=style.bold or None, dim=style.dim or None)


def fitted(text: str, width: int) -> str:
    """Bring a printable text to a width in cells: cut with an ellipsis, or filled up with blanks."""
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + ELLIPSIS
    return set_cell_size(text, width)
