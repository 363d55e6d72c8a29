"""Draws rows of a history as SVG: a bar or spans in the middle, faults above, calls and changes below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fakes.phases import Phase
from scenarios.pictures.groups import MarkGroup, grouped
from scenarios.pictures.heading import reason_text
from scenarios.pictures.history import ChangeMark, FaultMark, Lane, LaneSpan, Mark, PhaseSpan, RestoreHistory
from scenarios.pictures.markup import element, text_element
from scenarios.pictures.palette import PHASE_LOOKS, outcome_look
from scenarios.pictures.times import Tick, duration_text

PLOT_PIXELS_MIN = 640
"""The least width of a plot; marks that do not overlap here don't in a wider one."""

_LABEL_CHARACTER_PIXELS = 6.6
_LABEL_MARGIN_PIXELS = 10
_LABEL_BAR_PIXELS_MIN = 12
_COUNT_DISTANCE = 0.7
"""How far from the centre of a mark its count begins, in sizes of the mark."""
_TEXTS_SHOWN = 12
"""Marks of a group whose texts are told; of the others only the number."""


@dataclass(frozen=True, slots=True)
class Density:
    """How much room a row has, in pixels."""

    row_pixels: float
    bar_pixels: float
    mark_pixels: float
    font_pixels: float
    count_pixels: float

    @property
    def above_pixels(self) -> float:
        """Where marks above the bar have their centre."""
        return (self.row_pixels - self.bar_pixels) / 4

    @property
    def below_pixels(self) -> float:
        """Where marks below the bar have their centre."""
        return self.row_pixels - self.above_pixels


USUAL = Density(row_pixels=36, bar_pixels=13, mark_pixels=9, font_pixels=12.5, count_pixels=10.5)

_DENSITIES = (
    (12, Density(row_pixels=46, bar_pixels=18, mark_pixels=10, font_pixels=13, count_pixels=10.5)),
    (40, USUAL),
)
_DENSE = Density(row_pixels=24, bar_pixels=8, mark_pixels=7, font_pixels=11.5, count_pixels=9)


def density_for(row_count: int) -> Density:
    """Choose how much room each of *row_count* rows gets."""
    return next((density for rows_max, density in _DENSITIES if row_count <= rows_max), _DENSE)


class Plot:
    """Draws on a time axis from 0 to the end; times become percentages of the width, so that it can be any.

    Args:
        duration_seconds: Where the axis ends.
        density: How much room a row has.
    """

    def __init__(self, duration_seconds: float, density: Density) -> None:
        self._duration_seconds = duration_seconds or 1.0
        self._density = density

    def restore(self, restore: RestoreHistory) -> str:
        """Draw a restore: a bar with its phases and its outcome, and its marks."""
        spans = "".join(self._phase(restore, span) for span in restore.phases)
        return self._row(spans + self._outcome(restore), restore.marks, self._density.below_pixels)

    def lane(self, lane: Lane) -> str:
        """Draw a lane: its spans and its marks, which are on a line where there are no spans."""
        middle = self._density.row_pixels / 2
        base = element("line", class_="base", x1="0", x2="100%", y1=middle, y2=middle)
        spans = "".join(self._lane_span(lane, span) for span in lane.spans)
        return self._row(base + spans, lane.marks, self._density.below_pixels if lane.spans else middle)

    def grid(self, ticks: Sequence[Tick]) -> str:
        """Draw the lines of the ticks, as high as what is around."""
        lines = (
            element("line", x1=self._percent(tick.at_seconds), x2=self._percent(tick.at_seconds), y1="0", y2="100%")
            for tick in ticks
        )
        return element("svg", "".join(lines), class_="grid", width="100%", height="100%", aria_hidden="true")

    def axis(self, ticks: Sequence[Tick]) -> str:
        """Write what stands at the ticks."""
        texts = (text_element("text", tick.text, x=self._percent(tick.at_seconds), y="15") for tick in ticks)
        return element("svg", "".join(texts), class_="axis", width="100%", height="20")

    def _row(self, middle: str, marks: Sequence[Mark], others_y: float) -> str:
        faults = [mark for mark in marks if isinstance(mark, FaultMark)]
        others = [mark for mark in marks if not isinstance(mark, FaultMark)]
        content = middle + self._marks(faults, self._density.above_pixels) + self._marks(others, others_y)
        return element("svg", content, class_="plot", width="100%", height=self._density.row_pixels)

    def _phase(self, restore: RestoreHistory, span: PhaseSpan) -> str:
        title = f"{restore.name}\n{span.phase.name}\n{_range_text(span.start_seconds, span.end_seconds)}"
        css_class = f"phase {css_name(span.phase)}"
        return self._span(css_class, title, span.start_seconds, span.end_seconds) + self._span_label(
            span, PHASE_LOOKS[span.phase].title
        )

    def _lane_span(self, lane: Lane, span: LaneSpan) -> str:
        still = "" if span.ended else ", still so at the end"
        title = f"{lane.title}\n{span.text}{still}\n{_range_text(span.start_seconds, span.end_seconds)}"
        return self._span("gone", title, span.start_seconds, span.end_seconds)

    def _span(self, css_class: str, title: str, start_seconds: float, end_seconds: float) -> str:
        return element(
            "rect",
            text_element("title", title),
            class_=css_class,
            x=self._percent(start_seconds),
            width=self._percent(end_seconds - start_seconds),
            y=(self._density.row_pixels - self._density.bar_pixels) / 2,
            height=self._density.bar_pixels,
        )

    def _span_label(self, span: PhaseSpan, text: str) -> str:
        width_pixels = (span.end_seconds - span.start_seconds) / self._duration_seconds * PLOT_PIXELS_MIN
        needed_pixels = len(text) * _LABEL_CHARACTER_PIXELS + _LABEL_MARGIN_PIXELS
        if self._density.bar_pixels < _LABEL_BAR_PIXELS_MIN or width_pixels < needed_pixels:
            return ""
        return text_element(
            "text",
            text,
            class_=f"inside {css_name(span.phase)}",
            x=self._percent(span.start_seconds),
            dx=_LABEL_MARGIN_PIXELS / 2,
            y=self._density.row_pixels / 2,
        )

    def _outcome(self, restore: RestoreHistory) -> str:
        lines = (restore.name, f"{restore.outcome.name} at {duration_text(restore.end_seconds)}", reason_text(restore))
        symbol = outcome_look(restore.outcome).symbol
        sign = self._use(symbol, restore.end_seconds, self._density.row_pixels / 2, self._density.bar_pixels)
        return _with_title("\n".join(line for line in lines if line), sign, symbol)

    def _marks(self, marks: Sequence[Mark], y: float) -> str:
        groups = grouped(marks, PLOT_PIXELS_MIN / self._duration_seconds)
        return "".join(self._group(group, y) for group in groups)

    def _group(self, group: MarkGroup, y: float) -> str:
        symbol, size = _mark_symbol(group), self._density.mark_pixels
        drawn = self._use(symbol, group.at_seconds, y, size)
        if group.label:
            x = self._percent(group.at_seconds)
            drawn += text_element("text", group.label, class_="count", x=x, dx=size * _COUNT_DISTANCE, y=y)
        return _with_title(_group_text(group), drawn, symbol)

    def _use(self, symbol: str, at_seconds: float, y: float, size: float) -> str:
        return element("use", href=f"#{symbol}", x=self._percent(at_seconds), y=y, width=size, height=size)

    def _percent(self, seconds: float) -> str:
        return f"{seconds / self._duration_seconds * 100:.3f}".rstrip("0").rstrip(".") + "%"


def css_name(phase: Phase) -> str:
    """The name of a phase in style sheets."""
    return phase.name.lower().replace("_", "-")


def _with_title(title: str, drawn: str, symbol: str) -> str:
    return element("g", text_element("title", title) + drawn, class_=f"mark {symbol}")


def _mark_symbol(group: MarkGroup) -> str:
    if group.failed_count:
        return "failed-call"
    match group.marks[0]:
        case FaultMark():
            return "fault"
        case ChangeMark():
            return "change"
        case _:
            return "call"


def _group_text(group: MarkGroup) -> str:
    lines = [f"{duration_text(mark.at_seconds)}  {mark.text}" for mark in group.marks[:_TEXTS_SHOWN]]
    hidden_count = len(group.marks) - _TEXTS_SHOWN
    return "\n".join([*lines, f"… and {hidden_count} more"] if hidden_count > 0 else lines)


def _range_text(start_seconds: float, end_seconds: float) -> str:
    took = duration_text(end_seconds - start_seconds)
    return f"{duration_text(start_seconds)} to {duration_text(end_seconds)} ({took})"
