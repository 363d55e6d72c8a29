"""Whatever happened, its pictures are well-formed, complete and the same every time."""

import json
from collections import Counter
from xml.etree import ElementTree as ET

import click
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from fakes.history.events import to_text
from fakes.lifecycle.phases import Phase
from scenarios.charts.events import read_events
from scenarios.charts.heading import Heading
from scenarios.charts.page import page
from scenarios.charts.reading import read_history
from scenarios.charts.terminal import terminal_picture

texts = st.text(max_size=30) | st.sampled_from(["</title><script>", "復元", "a b/c", "rst:0", "\x1b[2J", "nam:1/copy"])
uids = st.sampled_from(["rst:0", "rst:1", "rst:2", "clu:west", "loc:vault", ""]) | texts
changes = st.sampled_from(
    ["cluster disconnected", "cluster reconnected", "credentials lost", "credentials given back", "backup deleted"]
)
calls = st.integers(0, 5)
others = st.one_of(
    st.fixed_dictionaries({"event": st.just("world"), "change": changes | texts, "uid": uids, "name": texts}),
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


@given(text=timelines(), name=texts)
@settings(max_examples=150, deadline=None)
def test_the_page_of_any_history_is_well_formed_and_has_every_bar(text, name):
    history = read_history(read_events(text))

    drawn = page(history, Heading(name))

    bars = [
        bar
        for row in ET.fromstring(drawn).iter("ol")  # noqa: S314  # we wrote it
        for bar in row.iter("rect")
        if bar.get("class", "").startswith("phase")
    ]
    assert len(bars) == sum(len(restore.phases) for restore in history.restores)
    for bar in bars:
        start, width = (float(bar.get(key).removesuffix("%")) for key in ("x", "width"))
        assert 0 <= start <= start + width <= 100.001
    assert drawn == page(read_history(read_events(text)), Heading(name))
    drawn.encode()


@given(text=timelines(), name=texts, width_columns=st.integers(80, 200), color=st.booleans())
@settings(max_examples=150, deadline=None)
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
@settings(max_examples=100, deadline=None)
def test_no_fault_and_no_call_is_lost(text):
    history = read_history(read_events(text))

    told = Counter(json.loads(line)["event"] for line in text.split("\n") if line)
    drawn = Counter(mark.event.kind for mark in history.marks)
    assert (drawn["fault"], drawn["rpc"]) == (told["fault"], told["rpc"])
    assert drawn["world"] <= told["world"]
