"""The picture for the browser: one HTML file that needs nothing else."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterable, Mapping, Sequence

from fakes.phases import Phase
from scenarios.pictures.heading import (
    Heading,
    names_text,
    outcome_text,
    reason_counts,
    reason_text,
    rule_counts,
    summary,
    times_text,
)
from scenarios.pictures.history import History, Lane, RestoreHistory
from scenarios.pictures.markup import element, escape, text_element
from scenarios.pictures.palette import PHASE_LOOKS, Shade, outcome_look
from scenarios.pictures.svg import PLOT_PIXELS_MIN, USUAL, Density, Plot, css_name, density_for
from scenarios.pictures.symbols import definitions
from scenarios.pictures.times import duration_text, ticks

_TICKS_MAX = 8
_NAME_PIXELS = (70, 230)
_OUTCOME_PIXELS = (90, 330)
_CHARACTER_PIXELS = 7.4

_MARK_LEGEND = (
    ("successful", "SUCCESSFUL"),
    ("failed", "FAILED"),
    ("live", "still live at the end"),
    ("fault", "fault"),
    ("call", "call"),
    ("failed-call", "failed call (1/3: one of three)"),
    ("change", "change of the world"),
)
"""Names of symbols and what they say."""


def page(history: History, heading: Heading, *, above: str = "", below: str = "") -> str:
    """Draw *history* as an HTML document, the same for the same values; it loads nothing from outside itself.

    Args:
        history: What to draw.
        heading: What stands above.
        above: Markup between the heading and the chart.
        below: Markup at the end.
    """
    body = _header(history, heading) + above + _chart(history) + _footer(history, below)
    return html_document(f"Timeline of {heading.name}", definitions() + body)


def html_document(title: str, body: str) -> str:
    """A page in the style of all pages, light or dark as the reader has it; *body* is markup."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = (
        element("meta", charset="utf-8")
        + element("meta", http_equiv="Content-Security-Policy", content=policy)
        + element("meta", name="viewport", content="width=device-width, initial-scale=1")
        + text_element("title", title)
        + element("style", _style())
    )
    return f"<!DOCTYPE html>\n{element('html', element('head', head) + element('body', body), lang='en')}\n"


def _style() -> str:
    sheet = importlib.resources.files("scenarios.pictures").joinpath("page.css").read_text(encoding="utf-8")
    light = _colors({phase: look.light for phase, look in PHASE_LOOKS.items()})
    dark = _colors({phase: look.dark for phase, look in PHASE_LOOKS.items()})
    uses = "".join(
        f".phase.{name} {{ fill: var(--{name}); }} .inside.{name} {{ fill: var(--{name}-ink); }}\n"
        for name in map(css_name, PHASE_LOOKS)
    )
    return f"\n:root {{\n{light}}}\n@media (prefers-color-scheme: dark) {{\n:root {{\n{dark}}}\n}}\n{sheet}{uses}"


def _colors(shades: Mapping[Phase, Shade]) -> str:
    return "".join(
        f"--{css_name(phase)}: {shade.fill}; --{css_name(phase)}-ink: {shade.ink};\n" for phase, shade in shades.items()
    )


def _header(history: History, heading: Heading) -> str:
    counts = "".join(text_element("span", part) for part in summary(history, heading))
    description = text_element("p", heading.description) if heading.description else ""
    return element("header", text_element("h1", heading.name) + description + element("p", counts, class_="summary"))


def _chart(history: History) -> str:
    if not (history.restores or history.lanes):
        return element("main", element("p", "Nothing happened."), class_="chart")
    tick_list = ticks(history.duration_seconds, _TICKS_MAX)
    lane_plot = Plot(history.duration_seconds, USUAL)
    density = density_for(len(history.restores))
    restore_plot = Plot(history.duration_seconds, density)
    axis = element("div", lane_plot.axis(tick_list), class_="ticks")
    parts = [
        element("div", _legend() + axis, class_="sticky"),
        _rows("lanes", USUAL, lane_plot.grid(tick_list), [_lane_row(lane, lane_plot) for lane in history.lanes]),
        _rows(
            "restores",
            density,
            restore_plot.grid(tick_list),
            [_restore_row(restore, restore_plot) for restore in history.restores],
        ),
    ]
    return element("main", "".join(parts), class_="chart", style=_columns(history))


def _columns(history: History) -> str:
    names = [restore.name for restore in history.restores] + [lane.title for lane in history.lanes]
    outcomes = [f"✓ {outcome_text(restore)} {restore.error_code}" for restore in history.restores]
    columns = {
        "names": _column_pixels(names, _NAME_PIXELS),
        "outcomes": _column_pixels(outcomes, _OUTCOME_PIXELS),
        "plot": PLOT_PIXELS_MIN,
    }
    return ";".join(f"--{name}:{pixels}px" for name, pixels in columns.items())


def _column_pixels(texts: Sequence[str], limits: tuple[int, int]) -> int:
    least, most = limits
    longest = max(map(len, texts), default=0)
    return min(most, max(least, round(longest * _CHARACTER_PIXELS) + 8))


def _rows(css_class: str, density: Density, grid: str, rows: Sequence[str]) -> str:
    if not rows:
        return ""
    lengths = {"row": density.row_pixels, "font": density.font_pixels, "count": density.count_pixels}
    style = ";".join(f"--{name}:{pixels:g}px" for name, pixels in lengths.items())
    back = element("div", grid, class_="back")
    return element("div", back + element("ol", "\n".join(rows)), class_=f"rows {css_class}", style=style)


def _lane_row(lane: Lane, plot: Plot) -> str:
    name = text_element("span", lane.title, class_="name", title=lane.title)
    return element("li", name + plot.lane(lane), class_="row")


def _restore_row(restore: RestoreHistory, plot: Plot) -> str:
    name = text_element("span", restore.name, class_="name", title=_restore_title(restore))
    look = outcome_look(restore.outcome)
    outcome = element(
        "span",
        text_element("b", look.sign) + escape(f" {outcome_text(restore)} ") + text_element("small", restore.error_code),
        class_=f"outcome {look.symbol}",
        title="\n".join((restore.outcome.name, outcome_text(restore), reason_text(restore))).strip(),
    )
    return element("li", name + plot.restore(restore) + outcome, class_="row")


def _restore_title(restore: RestoreHistory) -> str:
    phases = [f"{span.phase.name}: {duration_text(span.end_seconds - span.start_seconds)}" for span in restore.phases]
    return "\n".join((restore.name, restore.uid, *phases, restore.outcome.name))


def _legend() -> str:
    swatches = (
        _legend_entry(element("rect", class_=f"phase {css_name(phase)}", width=16, height=12), 16, phase.name)
        for phase in PHASE_LOOKS
    )
    gone = _legend_entry(element("rect", class_="gone", width=16, height=12), 16, "cluster or credentials gone")
    marks = (_legend_entry(_legend_mark(symbol), 12, text) for symbol, text in _MARK_LEGEND)
    return element("ul", "".join((*swatches, *marks, gone)), class_="legend")


def _legend_mark(symbol: str) -> str:
    # Signs of outcomes are drawn to the right of where they are put.
    x = -2 if symbol in ("successful", "failed", "live") else 6
    return element("use", class_=f"mark {symbol}", href=f"#{symbol}", x=x, y=6, width=10, height=10)


def _legend_entry(drawing: str, width: int, text: str) -> str:
    return element("li", element("svg", drawing, width=width, height=12, aria_hidden="true") + escape(text))


def _footer(history: History, below: str) -> str:
    reasons = [(item.reason, times_text(len(item.names)), names_text(item.names)) for item in reason_counts(history)]
    rules = [
        (item.rule, item.effect, times_text(item.count), duration_text(item.first_seconds))
        for item in rule_counts(history)
    ]
    return element(
        "footer",
        _table("Failures", ("reason", "happened", "restores"), reasons)
        + _table("Faults", ("rule", "effect", "happened", "first at"), rules)
        + below,
    )


def _table(title: str, columns: Iterable[str], rows: Sequence[Iterable[str]]) -> str:
    if not rows:
        return ""
    lines = [element("tr", "".join(text_element("th", column) for column in columns))]
    lines += [element("tr", "".join(text_element("td", cell) for cell in row)) for row in rows]
    return text_element("h2", title) + element("table", "".join(lines))
