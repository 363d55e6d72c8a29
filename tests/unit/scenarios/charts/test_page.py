"""The page shows every bar and every mark, means no text as markup, and needs nothing but itself."""

import re
import subprocess
import sys

import pytest

from scenarios.charts.heading import Heading
from scenarios.charts.page import page

NASTY = '</title><script>alert(\'x\')</script>" onload="alert(1)" &amp; \x1b[31m'


def with_class(tree, name):
    """The elements with such a class, in the order of the document."""
    return [found for found in tree.iter() if name in found.get("class", "").split()]


def titles(elements):
    return [element.findtext("title") for element in elements]


@pytest.fixture
def outage(timeline):
    timeline.to(0, "copy", "INITIALIZING").to(25, "copy", "PENDING")
    timeline.fault(50, "night", "outage", uid="clu:west", name="west").world(50, "cluster disconnected")
    timeline.world(75, "cluster reconnected")
    return timeline.to(100, "copy", "FAILED", error_code="RESTORE_INTERNAL_ERROR", error_message="no heartbeat")


def test_each_phase_is_a_bar_where_it_was_and_as_long_as_it_took(outage, draw):
    bars = [bar for row in with_class(draw(outage.history()), "restores") for bar in with_class(row, "phase")]

    assert [(bar.get("class"), bar.get("x"), bar.get("width")) for bar in bars] == [
        ("phase initializing", "0%", "25%"),
        ("phase pending", "25%", "75%"),
    ]
    assert titles(bars) == ["copy\nINITIALIZING\n0 s to 25 s (25 s)", "copy\nPENDING\n25 s to 1 min 40 s (1 min 15 s)"]


def test_what_is_gone_for_a_time_is_a_span_in_its_lane(outage, draw):
    [lanes] = with_class(draw(outage.history()), "lanes")

    [span] = with_class(lanes, "gone")
    assert (span.get("x"), span.get("width")) == ("50%", "25%")
    assert titles([span]) == ["cluster west\nagent disconnected\n50 s to 1 min 15 s (25 s)"]
    assert titles(with_class(lanes, "fault")) == ["50 s  fault 'night' (outage) on west"]


def test_the_end_of_a_restore_has_a_sign_a_text_and_a_reason(timeline, draw):
    timeline.successful(0, "a").to(10, "b", "PENDING").to(12, "c", "PENDING")
    tree = draw(timeline.to(20, "b", "FAILED", error_code="RESTORE_INTERNAL_ERROR", error_message="full").history())
    [rows] = with_class(tree, "restores")

    signs = [sign.find("use").get("href") for sign in with_class(rows, "mark")]
    assert signs == ["#successful", "#failed", "#live"]
    assert ["".join(outcome.itertext()).strip() for outcome in with_class(rows, "outcome")] == [
        "✓ 6 s",
        "✗ 10 s RESTORE_INTERNAL_ERROR",
        "… live after 8 s",
    ]
    assert titles(with_class(rows, "failed")[:1]) == ["b\nFAILED at 20 s\nRESTORE_INTERNAL_ERROR: full"]


def test_faults_stand_above_the_bar_and_calls_below(timeline, draw):
    timeline.to(0, "copy", "INITIALIZING").fault(1, "door", "gate", uid="rst:copy", name="copy")
    timeline.call(1, "GetRestore", subject="rst:copy").call(9, "GetRestore", subject="rst:copy", code="ABORTED")
    [rows] = with_class(draw(timeline.history()), "restores")
    [bar] = with_class(rows, "phase")

    [fault], [call], [failed] = (with_class(rows, kind) for kind in ("fault", "call", "failed-call"))

    assert float(fault.find("use").get("y")) < float(bar.get("y"))
    below = float(bar.get("y")) + float(bar.get("height"))
    assert float(call.find("use").get("y")) == float(failed.find("use").get("y")) > below
    assert titles([fault, call, failed]) == [
        "1 s  fault 'door' (gate) on copy",
        "1 s  GetRestore copy → OK",
        "9 s  GetRestore copy → ABORTED",
    ]


def test_marks_at_the_same_time_are_one_with_a_number_and_all_texts(timeline, draw):
    timeline.to(0, "copy", "INITIALIZING")
    for code in ("OK", "ABORTED", "OK"):
        timeline.call(5, "GetRestore", subject="rst:copy", code=code)

    [group] = with_class(with_class(draw(timeline.history()), "restores")[0], "failed-call")

    assert group.findtext("text") == "1/3"
    assert titles([group]) == ["5 s  GetRestore copy → OK\n5 s  GetRestore copy → ABORTED\n5 s  GetRestore copy → OK"]


def test_the_texts_of_many_marks_are_cut_but_counted(timeline, draw):
    for _ in range(500):
        timeline.call(0, "ListRestores")

    [group] = with_class(with_class(draw(timeline.history()), "lanes")[0], "call")

    assert group.findtext("text") == "500"
    assert group.findtext("title").splitlines()[-1] == "… and 488 more"


def test_the_heading_tells_name_description_counts_and_seed(timeline, draw):
    tree = draw(timeline.successful(0, "a").history(), Heading("nights", "What it shows.", 7))

    assert (tree.findtext("head/title"), tree.findtext("body/header/h1")) == ("Timeline of nights", "nights")
    assert tree.findtext("body/header/p") == "What it shows."
    [counts] = with_class(tree, "summary")
    assert [count.text for count in counts] == [
        "1 restore (1 successful)",
        "no calls",
        "no faults",
        "6 s from 2025-01-01 00:00:00 UTC",
        "seed 7",
    ]


def test_failures_and_rules_are_listed_below(outage, draw):
    cells = [[cell.text for cell in row] for row in draw(outage.history()).iterfind("body/footer/table/tr")]

    assert cells == [
        ["reason", "happened", "restores"],
        ["RESTORE_INTERNAL_ERROR: no heartbeat", "once", "copy"],
        ["rule", "effect", "happened", "first at"],
        ["night", "outage", "once", "50 s"],
    ]


def test_the_legend_explains_every_shape_and_colour_that_is_used(outage, draw):
    outage.successful(100, "a").call(120, "GetRestore", code="ABORTED").call(120, "GetRestore", subject="rst:a")
    tree = draw(outage.world(130, "backup deleted").history())
    [legend] = with_class(tree, "legend")

    used = {found.get("href") for rows in with_class(tree, "rows") for found in rows.iter("use")}
    explained = {found.get("href") for found in legend.iter("use")}
    assert used <= explained
    assert explained == {f"#{symbol.get('id')}" for symbol in tree.iter("symbol")}
    bars = {bar.get("class") for rows in with_class(tree, "rows") for bar in rows.iter("rect")}
    assert bars == {swatch.get("class") for swatch in legend.iter("rect")}


def test_long_names_are_there_in_full_for_whoever_points_at_them(timeline, draw):
    name = "a-name-that-is-longer-than-any-column" * 3
    tree = draw(timeline.to(0, name, "INITIALIZING").call(5, "ListRestores").history())

    names = [found.get("title") for found in with_class(tree, "name")]
    assert names[0] == "calls"
    assert names[1].split() == [name, f"rst:{name}", "INITIALIZING:", "5", "s", "INITIALIZING"]


@pytest.mark.parametrize(("restore_count", "row_pixels"), [(1, 46), (12, 46), (40, 36), (200, 24)])
def test_rows_are_lower_the_more_there_are(timeline, draw, restore_count, row_pixels):
    for number in range(restore_count):
        timeline.to(number, f"copy-{number}", "INITIALIZING")

    [rows] = with_class(draw(timeline.history()), "restores")

    assert f"--row:{row_pixels}px" in rows.get("style")
    assert {plot.get("height") for plot in with_class(rows, "plot")} == {str(row_pixels)}
    assert len(with_class(rows, "row")) == restore_count


def test_no_text_of_a_timeline_becomes_markup(timeline, draw):
    timeline.to(0, NASTY, "INITIALIZING").fault(1, NASTY, NASTY, uid=f"rst:{NASTY}", name=NASTY)
    timeline.call(2, NASTY, code=NASTY, message=NASTY).world(3, NASTY, name=NASTY)
    timeline.world(3, "cluster disconnected", uid="clu:1", name=NASTY)
    timeline.to(4, NASTY, "FAILED", error_code=NASTY, error_message=NASTY)

    tree = draw(timeline.history(), Heading(NASTY, NASTY))

    assert tree.find(".//script") is None
    assert not any(key.startswith("on") for found in tree.iter() for key in found.attrib)
    assert "\x1b" not in page(timeline.history(), Heading(NASTY))


def test_the_page_refers_to_nothing_outside_itself(outage, draw):
    text = page(outage.history(), Heading("a scenario"))

    references = re.findall(r"""(?:href|src)="([^"]*)"|url\(([^)]*)\)""", text)
    assert references
    assert all((reference or url).startswith("#") for reference, url in references)
    assert "@import" not in text
    assert "://" not in text
    policies = [meta.get("content") for meta in draw(outage.history()).iter("meta") if meta.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_colours_follow_the_scheme_of_the_reader(timeline):
    text = page(timeline.successful(0, "a").history(), Heading("a scenario"))

    light, dark = (text.index(f"--pending: {color};") for color in ("#f0e442", "#e6da3c"))
    assert light < text.rindex("prefers-color-scheme: dark", 0, dark) < dark


def test_nothing_happened_is_said(timeline):
    assert "Nothing happened." in page(timeline.history(), Heading("a scenario"))


def test_everything_at_one_moment_can_be_drawn(timeline, draw):
    timeline.to(0, "copy", "INITIALIZING").to(0, "copy", "FAILED")

    [sign] = with_class(with_class(draw(timeline.history()), "restores")[0], "failed")[:1]

    assert sign.find("use").get("x") == "0%"


def test_the_same_history_gives_the_same_bytes_in_any_process(outage):
    program = (
        "import sys; from scenarios.charts.heading import Heading; from scenarios.charts.page import page;"
        "from scenarios.charts.events import read_events; from scenarios.charts.reading import read_history;"
        "history = read_history(read_events(sys.stdin.read()));"
        "sys.stdout.buffer.write(page(history, Heading('a scenario', seed=1)).encode())"
    )
    expected = page(outage.history(), Heading("a scenario", seed=1))

    outputs = {
        subprocess.run(  # noqa: S603  # our own interpreter
            [sys.executable, "-c", program],
            input=outage.text.encode(),
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert outputs == {expected.encode()}
