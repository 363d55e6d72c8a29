"""The picture for the terminal: a line of characters for each restore, and one below it for what happened to it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from fakes.lifecycle.phases import Phase
from fakes.printable import printable
from scenarios.charts.canvas import BLANK, PLAIN, Canvas, Style, fitted, styled
from scenarios.charts.heading import (
    Heading,
    names_text,
    outcome_text,
    reason_counts,
    rule_counts,
    summary,
    times_text,
)
from scenarios.charts.history import History, Lane, Mark, PhaseSpan, RestoreHistory
from scenarios.charts.palette import PHASE_LOOKS, PhaseLook, outcome_look
from scenarios.charts.times import duration_text, ticks

WIDTH_COLUMNS = 80

_PLOT_COLUMNS_MIN = 16
_TICK_COLUMNS = 8
_NAMES_SHARE = 4
"""Names take at most one part in so many of the width."""

_BOLD = Style(bold=True)
_DIM = Style(dim=True)
_FAILED = Style(color=202, bold=True)


@dataclass(frozen=True, slots=True)
class _MarkLook:
    sign: str
    text: str
    style: Style


_FAULT = _MarkLook("!", "fault", _BOLD)
_FAILED_CALL = _MarkLook("x", "failed call", _FAILED)
_CHANGE = _MarkLook("o", "change of the world", PLAIN)
_CALL = _MarkLook("·", "call", _DIM)
_MARK_LOOKS = (_FAULT, _FAILED_CALL, _CHANGE, _CALL)
"""The most important first: where there is no room, the last give way."""

_OUTCOMES = ((Phase.SUCCESSFUL, "SUCCESSFUL"), (Phase.FAILED, "FAILED"), (Phase.PENDING, "live"))
"""Phases as examples of how a restore can end, and what that is called."""

_GONE = "░"
_GAP = "   "


def terminal_picture(
    history: History, heading: Heading, *, width_columns: int = WIDTH_COLUMNS, color: bool = False
) -> str:
    """Draw *history* as text, the same for the same values.

    Args:
        history: What to draw.
        heading: What stands above.
        width_columns: Width of the terminal.
        color: Whether to colour it with ANSI codes; without, letters stand for phases.
    """
    return "".join(f"{line.rstrip()}\n" for line in _Picture(history, heading, width_columns, color=color).lines())


class _Picture:
    def __init__(self, history: History, heading: Heading, width_columns: int, *, color: bool) -> None:
        self._history = history
        self._heading = heading
        self._width = width_columns
        self._color = color
        names = [restore.name for restore in history.restores] + [lane.title for lane in history.lanes]
        outcomes = [_outcome(restore) for restore in history.restores]
        self._names_width = min(_longest(names), width_columns // _NAMES_SHARE)
        left = width_columns - self._names_width - _longest(outcomes) - 2 * len(BLANK)
        self._plot_width = max(_PLOT_COLUMNS_MIN, left)
        self._cells_per_second = (self._plot_width - 1) / (history.duration_seconds or 1.0)

    def lines(self) -> Iterator[str]:
        yield self._styled(printable(self._heading.name), _BOLD)
        yield from self._wrapped(self._heading.description)
        yield from self._wrapped(" · ".join(summary(self._history, self._heading)))
        yield ""
        if not (self._history.restores or self._history.lanes):
            yield "Nothing happened."
            return
        yield from self._axis()
        for lane in self._history.lanes:
            yield from self._lane(lane)
        for restore in self._history.restores:
            yield from self._restore(restore)
        yield ""
        yield from self._legend()
        yield from self._footer()

    def _axis(self) -> Iterator[str]:
        texts, ruler = Canvas(self._width - self._names_width - 1), Canvas(self._plot_width)
        for column in range(self._plot_width):
            ruler.put(column, "─", _DIM)
        free_column = 0
        for tick in ticks(self._history.duration_seconds, max(1, self._plot_width // _TICK_COLUMNS)):
            column = self._column(tick.at_seconds)
            ruler.put(column, "┬", _DIM)
            if column >= free_column:
                for index, character in enumerate(tick.text):
                    texts.put(column + index, character, _DIM)
                free_column = column + len(tick.text) + 1
        yield self._line("", texts)
        yield self._line("", ruler)

    def _lane(self, lane: Lane) -> Iterator[str]:
        marks = self._marks(lane.marks)
        if not lane.spans:
            yield self._line(lane.title, marks)
            return
        spans = Canvas(self._plot_width)
        for span in lane.spans:
            for column in self._columns(span.start_seconds, span.end_seconds):
                spans.put(column, _GONE)
        yield self._line(lane.title, spans)
        yield from [self._line("", marks)] if lane.marks else []

    def _restore(self, restore: RestoreHistory) -> Iterator[str]:
        bar, look = Canvas(self._plot_width), outcome_look(restore.outcome)
        columns = self._columns(restore.start_seconds, restore.end_seconds)
        last_phase = None
        for column in columns:
            phase = self._phase_at(column, restore.phases)
            if phase is not None:
                self._put_phase(bar, column, phase, begins=phase is not last_phase)
            last_phase = phase
        style = Style(color=look.terminal_color, bold=True)
        bar.put(columns.stop, look.sign, style)
        yield f"{self._line(restore.name, bar)} {self._styled(_outcome(restore), style)}"
        yield from [self._line("", self._marks(restore.marks))] if restore.marks else []

    def _put_phase(self, bar: Canvas, column: int, phase: Phase, *, begins: bool) -> None:
        look = PHASE_LOOKS[phase]
        if self._color and not begins:
            bar.put(column, "█", Style(color=look.terminal_color))
            return
        bar.put(column, look.letter, _phase_style(look))

    def _phase_at(self, column: int, spans: Sequence[PhaseSpan]) -> Phase | None:
        """The phase that takes most of a cell."""
        start_seconds = column / self._cells_per_second
        end_seconds = (column + 1) / self._cells_per_second

        def shared_seconds(span: PhaseSpan) -> float:
            return min(span.end_seconds, end_seconds) - max(span.start_seconds, start_seconds)

        most = max(spans, key=shared_seconds, default=None)
        return most.phase if most is not None else None

    def _marks(self, marks: Sequence[Mark]) -> Canvas:
        canvas = Canvas(self._plot_width)
        by_look: Mapping[str, list[Mark]] = {look.sign: [] for look in _MARK_LOOKS}
        for mark in marks:
            by_look[_mark_look(mark).sign].append(mark)
        for look in _MARK_LOOKS:
            for column in sorted({self._column(mark.at_seconds) for mark in by_look[look.sign]}):
                canvas.put_near(column, look.sign, look.style)
        return canvas

    def _legend(self) -> Iterator[str]:
        entries = [(look.letter, phase.name, _phase_style(look)) for phase, look in PHASE_LOOKS.items()]
        for phase, text in _OUTCOMES:
            look = outcome_look(phase)
            entries.append((look.sign, text, Style(color=look.terminal_color, bold=True)))
        entries += [(look.sign, look.text, look.style) for look in _MARK_LOOKS]
        entries.append((_GONE, "cluster or credentials gone", PLAIN))
        line, line_width = "", 0
        for sign, text, style in entries:
            width = cell_len(f"{sign} {text}{_GAP}")
            if line and line_width + width > self._width:
                yield line
                line, line_width = "", 0
            line += f"{self._styled(sign, style)} {text}{_GAP}"
            line_width += width
        yield line
        yield self._styled("a sign may stand for several at about the same time", _DIM)

    def _footer(self) -> Iterator[str]:
        failures = [f"✗ {item.reason} ({names_text(item.names)})" for item in reason_counts(self._history)]
        faults = [
            f"! {item.rule} ({item.effect}): {times_text(item.count)}, first at {duration_text(item.first_seconds)}"
            for item in rule_counts(self._history)
        ]
        for lines in (failures, faults):
            yield from [""] if lines else []
            for line in lines:
                yield from self._wrapped(line, indent="  ")

    def _wrapped(self, text: str, indent: str = "") -> list[str]:
        return textwrap.wrap(printable(text), self._width, subsequent_indent=indent, break_on_hyphens=False)

    def _line(self, name: str, canvas: Canvas) -> str:
        return f"{fitted(printable(name), self._names_width)} {canvas.text(color=self._color)}"

    def _styled(self, text: str, style: Style) -> str:
        return styled(text, style, color=self._color)

    def _column(self, at_seconds: float) -> int:
        return min(int(at_seconds * self._cells_per_second), self._plot_width - 2)

    def _columns(self, start_seconds: float, end_seconds: float) -> range:
        """The cells from one time to another, at least one."""
        first = self._column(start_seconds)
        return range(first, max(first + 1, round(end_seconds * self._cells_per_second)))


def _phase_style(look: PhaseLook) -> Style:
    return Style(color=look.terminal_ink, background=look.terminal_color)


def _mark_look(mark: Mark) -> _MarkLook:
    return _FAILED_CALL if mark.is_failed_call else _LOOKS_OF_EVENTS[mark.event.kind]


_LOOKS_OF_EVENTS = {"fault": _FAULT, "world": _CHANGE, "rpc": _CALL}
"""By the kind of event."""


def _outcome(restore: RestoreHistory) -> str:
    return f"{outcome_look(restore.outcome).sign} {outcome_text(restore)}"


def _longest(texts: Sequence[str]) -> int:
    return max(map(cell_len, map(printable, texts)), default=0)
