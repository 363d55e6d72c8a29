"""The picture in the terminal tells the same, with characters alone, in any width."""

import re

import click
import pytest

from scenarios.charts.heading import Heading
from scenarios.charts.terminal import terminal_picture

HEADING = Heading("a scenario", "What it shows.", 7)


def rows(text):
    """The lines of the chart by their names; those without one are the marks of the line before."""
    chart = text.split("\n\n")[1].splitlines()[2:]
    return [line for line in chart if line]


@pytest.fixture
def busy(timeline):
    timeline.to(0, "copy", "INITIALIZING").call(0, "CreateRestore", subject="rst:copy")
    timeline.to(10, "copy", "PENDING").fault(20, "door", "gate", uid="rst:copy", name="copy")
    timeline.call(20, "GetRestore", subject="rst:copy", code="ABORTED")
    timeline.world(20, "cluster disconnected").world(30, "cluster reconnected")
    return timeline.to(40, "copy", "FAILED", error_code="RESTORE_INTERNAL_ERROR", error_message="the disk is full")


def test_a_bar_has_a_letter_for_each_phase_as_long_as_it_took(busy):
    text = terminal_picture(busy.history(), HEADING, width_columns=12 + 1 + 41 + 1 + 6)

    lane, bar, marks = rows(text)

    assert lane == "cluster west " + " " * 20 + "░" * 10
    assert bar == "copy         " + "I" * 10 + "P" * 30 + "✗ ✗ 40 s"
    assert marks == "             ·" + " " * 19 + "!x"


def test_everything_fits_into_the_width(busy):
    busy.successful(50, "a-name-that-is-longer-than-any-column" * 3).call(90, "ListRestores", code="NOT_FOUND")
    for width_columns in (60, 80, 132):
        lines = terminal_picture(busy.history(), HEADING, width_columns=width_columns).splitlines()

        assert max(map(len, lines)) <= width_columns


def test_long_names_are_cut_with_an_ellipsis(timeline):
    text = terminal_picture(timeline.to(0, "x" * 100, "INITIALIZING").history(), HEADING, width_columns=80)

    assert rows(text)[0].split()[0] == "x" * 19 + "…"


def test_wide_characters_take_two_columns(timeline):
    history = timeline.to(0, "復元", "INITIALIZING").to(0, "copy", "INITIALIZING").history()

    wide, narrow = rows(terminal_picture(history, HEADING))

    assert wide.index("I") + 2 == narrow.index("I")


def test_marks_at_the_same_time_stand_side_by_side(timeline):
    timeline.to(0, "copy", "INITIALIZING").call(60, "GetRestore", subject="rst:copy")
    timeline.call(60, "GetRestore", subject="rst:copy", code="ABORTED")
    timeline.fault(60, "door", "gate", uid="rst:copy", name="copy").call(100, "GetRestore", subject="rst:copy")

    marks = rows(terminal_picture(timeline.history(), HEADING))[1]

    assert re.fullmatch(r" +!x· +·", marks)


def test_a_restore_shorter_than_a_column_is_still_there(timeline):
    timeline.to(0, "short", "PENDING").to(0.001, "short", "FAILED").call(1000, "ListRestores")

    [_, bar] = rows(terminal_picture(timeline.history(), HEADING))

    assert bar.startswith("short P✗ ")


def test_the_head_and_the_foot_tell_what_the_chart_can_not(busy):
    text = terminal_picture(busy.history(), HEADING)

    assert text.startswith(
        "a scenario\nWhat it shows.\n1 restore (1 failed) · 2 calls (1 failed) · 1 fault · 40 s from 2025-01-01\n"
        "00:00:00 UTC · seed 7\n\n"
    )
    assert text.endswith(
        "\n\n✗ RESTORE_INTERNAL_ERROR: the disk is full (copy)\n\n! door (gate): once, first at 20 s\n"
    )


def test_the_axis_has_ticks_where_their_times_are(timeline):
    text = terminal_picture(timeline.successful(0, "copy", phase_seconds=10).history(), HEADING)

    texts, ruler = text.split("\n\n")[1].splitlines()[:2]
    places = [match.start() for match in re.finditer("┬", ruler)]
    assert [texts[place:].split("  ")[0] for place in places] == ["0", "10 s", "20 s", "30 s", "40 s", "50 s", "1 min"]


def test_every_letter_and_sign_is_explained(busy):
    text = terminal_picture(busy.history(), HEADING)
    legend = text.split("\n\n")[2]

    signs = set("".join(line[13:] for line in rows(text)).replace("40 s", "")) - {" "}
    assert all(re.search(rf"(^|   ){re.escape(sign)} ", legend, re.MULTILINE) for sign in signs)


def test_colour_changes_how_it_looks_and_not_what_it_says(busy):
    colored = terminal_picture(busy.history(), HEADING, color=True)
    plain = terminal_picture(busy.history(), HEADING)

    assert "\x1b[38;5;" in colored
    assert "\x1b" not in plain
    bare = click.unstyle(colored)
    assert len(bare) == len(plain)
    assert all(shown in (letter, "█") for shown, letter in zip(bare, plain, strict=True))


def test_no_text_of_a_timeline_moves_the_cursor(timeline):
    timeline.to(0, "a\x1b[2Jb\r\n", "FAILED", error_code="X", error_message="c\x07\u202e")
    timeline.fault(0, "d\x1b", "e\x9b", name="ListRestores")

    text = terminal_picture(timeline.history(), Heading("f\x1b", "g\x1b"))

    assert all(character.isprintable() or character == "\n" for character in text)


def test_nothing_happened_is_said(timeline):
    assert terminal_picture(timeline.history(), Heading("a scenario")) == (
        "a scenario\nno restores · no calls · no faults\n\nNothing happened.\n"
    )
