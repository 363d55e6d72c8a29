"""What the rows of a chart show and where: spans and marks on a time axis, as percentages of its width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fakes.lifecycle.phases import Phase
from fakes.printable import printable
from scenarios.charts.groups import MarkGroup, grouped
from scenarios.charts.heading import outcome_text, reason_text
from scenarios.charts.history import Lane, LaneSpan, Mark, PhaseSpan, RestoreHistory
from scenarios.charts.palette import PHASE_LOOKS, outcome_look
from scenarios.charts.times import Tick, duration_text

PLOT_PIXELS_MIN = 640
"""The least width of a plot; marks that do not overlap here don't in a wider one."""

_LABEL_CHARACTER_PIXELS = 6.6
_LABEL_MARGIN_PIXELS = 10
_TEXTS_SHOWN = 12
"""Marks of a group whose texts are shown; the others are counted."""


@dataclass(frozen=True, slots=True)
class Density:
    """How much room a row has, in pixels.

    Args:
        labels: Whether bars are high enough for text.
    """

    row_pixels: float
    bar_pixels: float
    mark_pixels: float
    font_pixels: float
    count_pixels: float
    labels: bool

    @property
    def middle_pixels(self) -> float:
        """The centre of the bar."""
        return self.row_pixels / 2

    @property
    def bar_top_pixels(self) -> float:
        """The upper edge of the bar."""
        return (self.row_pixels - self.bar_pixels) / 2

    @property
    def above_pixels(self) -> float:
        """The centre of marks above the bar."""
        return (self.row_pixels - self.bar_pixels) / 4

    @property
    def below_pixels(self) -> float:
        """The centre of marks below the bar."""
        return self.row_pixels - self.above_pixels


USUAL = Density(row_pixels=36, bar_pixels=13, mark_pixels=9, font_pixels=12.5, count_pixels=10.5, labels=True)

_DENSITIES = (
    (12, Density(row_pixels=46, bar_pixels=18, mark_pixels=10, font_pixels=13, count_pixels=10.5, labels=True)),
    (40, USUAL),
)
_DENSE = Density(row_pixels=24, bar_pixels=8, mark_pixels=7, font_pixels=11.5, count_pixels=9, labels=False)


def density_for(row_count: int) -> Density:
    """Choose how much room each of *row_count* rows gets."""
    return next((density for rows_max, density in _DENSITIES if row_count <= rows_max), _DENSE)


@dataclass(frozen=True, slots=True)
class DrawnSpan:
    """A bar, of a phase or for something that is gone; *label* is empty where it is too short for one."""

    kind: str
    phase: str
    title: str
    x: str
    width: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A symbol; *label* counts the marks that it stands for where there are several."""

    symbol: str
    title: str
    x: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class DrawnOutcome:
    """How a restore ended, in the chart and beside it."""

    symbol: str
    title: str
    x: str
    sign: str
    text: str
    error_code: str


@dataclass(frozen=True, slots=True)
class Row:
    """A restore or a lane: a name, bars, faults above them, calls and changes below; a lane has no outcome."""

    name: str
    title: str
    spans: Sequence[DrawnSpan]
    faults: Sequence[DrawnMark]
    others: Sequence[DrawnMark]
    outcome: DrawnOutcome | None = None


@dataclass(frozen=True, slots=True)
class DrawnTick:
    """A grid line and what is written at it."""

    x: str
    text: str


class Axis:
    """A time axis from 0 to the end.

    Args:
        duration_seconds: Where it ends.
    """

    def __init__(self, duration_seconds: float) -> None:
        self._duration_seconds = duration_seconds or 1.0

    def tick(self, tick: Tick) -> DrawnTick:
        """Put a tick on the axis."""
        return DrawnTick(self._percent(tick.at_seconds), tick.text)

    def restore(self, restore: RestoreHistory) -> Row:
        """Put a restore on the axis: a bar for each phase, its outcome and its marks."""
        look = outcome_look(restore.outcome)
        reason = reason_text(restore)
        ending = (restore.name, f"{restore.outcome.name} at {duration_text(restore.end_seconds)}", reason)
        outcome = DrawnOutcome(
            symbol=look.symbol,
            title="\n".join(printable(line) for line in ending if line),
            x=self._percent(restore.end_seconds),
            sign=look.sign,
            text=outcome_text(restore),
            error_code=restore.error_code,
        )
        spans = [self._phase(restore, span) for span in restore.phases]
        return self._row(restore.name, _restore_title(restore), spans, restore.marks, outcome)

    def lane(self, lane: Lane) -> Row:
        """Put a lane on the axis: its spans and its marks."""
        return self._row(lane.title, lane.title, [self._lane_span(lane, span) for span in lane.spans], lane.marks)

    def _row(
        self,
        name: str,
        title: str,
        spans: Sequence[DrawnSpan],
        marks: Sequence[Mark],
        outcome: DrawnOutcome | None = None,
    ) -> Row:
        faults = [mark for mark in marks if mark.is_fault]
        others = [mark for mark in marks if not mark.is_fault]
        return Row(name, title, spans, self._marks(faults), self._marks(others), outcome)

    def _phase(self, restore: RestoreHistory, span: PhaseSpan) -> DrawnSpan:
        title = f"{restore.name}\n{span.phase.name}\n{_range_text(span.start_seconds, span.end_seconds)}"
        return self._span(
            title,
            span.start_seconds,
            span.end_seconds,
            kind="phase",
            phase=css_name(span.phase),
            label=PHASE_LOOKS[span.phase].title,
        )

    def _lane_span(self, lane: Lane, span: LaneSpan) -> DrawnSpan:
        still = "" if span.ended else ", still so at the end"
        title = f"{lane.title}\n{span.text}{still}\n{_range_text(span.start_seconds, span.end_seconds)}"
        return self._span(title, span.start_seconds, span.end_seconds, kind="gone")

    def _span(
        self, title: str, start_seconds: float, end_seconds: float, *, kind: str, phase: str = "", label: str = ""
    ) -> DrawnSpan:
        took_seconds = end_seconds - start_seconds
        width_pixels = took_seconds / self._duration_seconds * PLOT_PIXELS_MIN
        fits = width_pixels >= len(label) * _LABEL_CHARACTER_PIXELS + _LABEL_MARGIN_PIXELS
        shown = label if fits else ""
        return DrawnSpan(kind, phase, title, self._percent(start_seconds), self._percent(took_seconds), shown)

    def _marks(self, marks: Sequence[Mark]) -> list[DrawnMark]:
        return [
            DrawnMark(_symbol(group), _group_text(group), self._percent(group.at_seconds), group.label)
            for group in grouped(marks, PLOT_PIXELS_MIN / self._duration_seconds)
        ]

    def _percent(self, seconds: float) -> str:
        return f"{seconds / self._duration_seconds * 100:.3f}".rstrip("0").rstrip(".") + "%"


def css_name(phase: Phase) -> str:
    """The name of a phase in style sheets."""
    return phase.name.lower().replace("_", "-")


def _symbol(group: MarkGroup) -> str:
    if group.failed_count:
        return "failed-call"
    return _SYMBOLS[group.marks[0].event.kind]


_SYMBOLS = {"fault": "fault", "world": "change", "rpc": "call"}
"""Symbols of marks, by the kind of their event."""


def _restore_title(restore: RestoreHistory) -> str:
    phases = [f"{span.phase.name}: {duration_text(span.end_seconds - span.start_seconds)}" for span in restore.phases]
    return "\n".join((restore.name, restore.uid, *phases, restore.outcome.name))


def _group_text(group: MarkGroup) -> str:
    lines = [f"{duration_text(mark.at_seconds)}  {printable(mark.text)}" for mark in group.marks[:_TEXTS_SHOWN]]
    hidden_count = len(group.marks) - _TEXTS_SHOWN
    return "\n".join([*lines, f"… and {hidden_count} more"] if hidden_count > 0 else lines)


def _range_text(start_seconds: float, end_seconds: float) -> str:
    took = duration_text(end_seconds - start_seconds)
    return f"{duration_text(start_seconds)} to {duration_text(end_seconds)} ({took})"
