"""Whatever happened, its pictures are complete, and terminal and browser show the same."""

import json
import os
import shutil
import subprocess
from collections import Counter
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from fakes.lifecycle.phases import Phase
from fakes.times import to_text
from scenarios.charts.events import read_events
from scenarios.charts.heading import Heading
from scenarios.charts.page import shown_events
from scenarios.charts.reading import read_history
from scenarios.charts.terminal import terminal_picture
from scenarios.charts.times import duration_text

MARK_PIXELS = 11
"""How wide a mark is; another that is nearer hides it."""

texts = st.text(max_size=30) | st.sampled_from(["</title><script>", "復元", "a b/c", "rst:0", "\x1b[2J", "nam:1/copy"])
uids = st.sampled_from(["rst:0", "rst:1", "rst:2", "clu:west", "loc:vault", ""]) | texts
entities = st.sampled_from(["clu:west", "loc:vault", ""]) | texts.filter(lambda uid: not uid.startswith("rst:"))
changes = st.sampled_from(
    ["cluster disconnected", "cluster reconnected", "credentials lost", "credentials given back", "backup deleted"]
)
calls = st.integers(0, 5)
others = st.one_of(
    st.fixed_dictionaries({"event": st.just("world"), "change": changes | texts, "uid": entities, "name": texts}),
    st.fixed_dictionaries(
        {
            "event": st.just("fault"),
            "rule": texts,
            "effect": texts,
            "uid": uids,
            "name": texts,
        },
        optional={"method": texts, "call": calls},
    ),
    st.fixed_dictionaries(
        {
            "event": st.just("rpc"),
            "method": texts | st.sampled_from(["GetRestore", "CreateRestore"]),
            "code": st.sampled_from(["OK", "NOT_FOUND"]),
            "caller": texts,
            "subject": uids,
            "message": texts,
        },
        optional={"call": calls},
    ),
)


@st.composite
def timelines(draw):
    """Any events in any order, except that a restore only goes forward and ends once."""
    events = draw(st.lists(others, max_size=20))
    answered = set()
    for event in events:
        if event["event"] == "rpc" and event.get("call"):
            event["call"] = 0 if event["call"] in answered else event["call"]  # a call is answered once
            answered.add(event["call"])
    for number in range(draw(st.integers(0, 3))):
        live = draw(st.sets(st.sampled_from([phase for phase in Phase if not phase.is_final]), min_size=1))
        last = draw(st.sampled_from([None, Phase.SUCCESSFUL, Phase.FAILED]))
        name = draw(texts | st.just("copy"))
        place = 0
        for phase in [*sorted(live), *([last] if last else [])]:
            place = draw(st.integers(place, len(events))) + 1
            error = {"error_code": draw(texts), "error_message": draw(texts)} if phase is Phase.FAILED else {}
            event = {"event": "transition", "restore": f"rst:{number}", "name": name, "to": phase.name}
            events.insert(place - 1, event | error)
    longest = draw(st.sampled_from([0, 1, 10**6, 10**9, 10**12]))
    times = sorted(draw(st.lists(st.integers(0, longest), min_size=len(events), max_size=len(events))))
    lines = (json.dumps({"time": to_text(at)} | event) for at, event in zip(times, events, strict=True))
    return "".join(f"{line}\n" for line in lines)


@pytest.fixture(scope="module")
def dashboard():
    """Gives what the dashboard's script makes of events, without a browser."""
    if shutil.which("node") is None:
        refuse = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        refuse("install node to test what the dashboard makes of events")
    command = ["node", Path(__file__).with_name("read_histories.mjs"), str(files("simulator.dashboard") / "assets")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:  # noqa: S603

        def read(events, pixels_per_second):
            node.stdin.write(json.dumps({"events": events, "scale": pixels_per_second / 1e6}) + "\n")
            node.stdin.flush()
            return json.loads(node.stdout.readline())

        yield read
        node.stdin.close()


KINDS = {"fault": "fault", "world": "change", "rpc": "call"}


def plain_marks(marks, start_microseconds):
    """Marks as the dashboard has them; those of the same moment in any order."""
    return sorted(
        [
            start_microseconds + round(mark.at_seconds * 1e6),
            "failed-call" if mark.is_failed_call else KINDS[mark.event.kind],
        ]
        for mark in marks
    )


@given(text=timelines(), pixels_per_second=st.sampled_from([1e-6, 0.1, 10, 1e4]))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_dashboard_makes_the_same_of_any_events_as_the_picture_in_the_terminal(dashboard, text, pixels_per_second):
    recorded = read_events(text)
    expected = read_history(recorded)
    start = recorded[0].at_microseconds if recorded else 0

    read = dashboard(shown_events(recorded), pixels_per_second)

    assert {restore["uid"]: restore["end"] for restore in read["restores"]} == {
        restore.uid: start + round(restore.end_seconds * 1e6) for restore in expected.restores
    }
    for drawn, restore in zip(read["restores"], expected.restores, strict=True):
        spans = [(span.phase.name, start + round(span.start_seconds * 1e6)) for span in restore.phases]
        assert [(entry["phase"], entry["at"]) for entry in drawn["phases"]][: len(spans)] == spans
        assert (drawn["errorCode"], drawn["errorMessage"]) == (restore.error_code, restore.error_message)
        assert sorted(drawn["marks"]) == plain_marks(restore.marks, start)
    lanes = {lane["title"]: lane for lane in read["lanes"]}
    assert sorted(lanes) == sorted({lane.title for lane in expected.lanes})
    for lane in expected.lanes if len(lanes) == len(expected.lanes) else ():
        assert sorted(lanes[lane.title]["marks"]) == plain_marks(lane.marks, start)
        assert [span["text"] for span in lanes[lane.title]["spans"]] == [span.text for span in lane.spans]
    if round(expected.duration_seconds * 1e6) % 1000 != 500:  # half a millisecond may be rounded either way
        assert read["duration"] == duration_text(expected.duration_seconds)
    for lane, groups in zip(read["lanes"], read["groups"], strict=True):
        assert [at for group in groups for at in group] == [at for at, _ in lane["marks"]]
        firsts = [group[0] for group in groups]
        assert all((later - sooner) * pixels_per_second / 1e6 >= MARK_PIXELS for sooner, later in pairwise(firsts))


@given(text=timelines(), name=texts, width_columns=st.integers(80, 200), color=st.booleans())
@settings(max_examples=75)
def test_the_terminal_picture_of_any_history_fits_into_the_width_and_can_be_printed(text, name, width_columns, color):
    history = read_history(read_events(text))

    drawn = terminal_picture(history, Heading(name), width_columns=width_columns, color=color)

    assert drawn.endswith("\n")
    if not color:
        assert all(character.isprintable() for line in drawn.split("\n") for character in line)
    if history.restores or history.lanes:
        chart = click.unstyle(drawn).split("\n\n")[1].split("\n")
        assert len(chart) >= 2 + len(history.restores) + len(history.lanes)
        assert all(cell_len(line) <= width_columns for line in chart)
    drawn.encode()


@given(text=timelines())
@settings(max_examples=100)
def test_no_fault_and_no_call_is_lost(text):
    history = read_history(read_events(text))

    told = Counter(json.loads(line)["event"] for line in text.split("\n") if line)
    drawn = Counter(mark.event.kind for mark in history.marks)
    assert (drawn["fault"], drawn["rpc"]) == (told["fault"], told["rpc"])
    assert drawn["world"] <= told["world"]
