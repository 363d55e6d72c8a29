"""A timeline is read line by line; what is wrong is told with its line."""

import json

import pytest

from scenarios.charts.events import WrongTimeline, read_events

GOOD = {
    "sequence": 1,
    "time": "2025-01-01T00:00:01.500000Z",
    "event": "world",
    "change": "backup deleted",
    "uid": "bkp:1",
    "name": "orders-backup",
}


def line(**changes):
    return json.dumps({key: value for key, value in (GOOD | changes).items() if value is not ...}, ensure_ascii=False)


def test_an_event_keeps_its_line_time_kind_and_texts():
    [event] = read_events(f"\n{line(error_code=None)}\n")

    assert (event.sequence, event.at_microseconds, event.kind) == (2, 1_735_689_601_500_000, "world")
    assert event.text("name") == "orders-backup"
    assert "error_code" not in event.fields()


def test_nothing_is_a_timeline_in_which_nothing_happened():
    assert read_events("") == []


@pytest.mark.parametrize("character", ["\u2028", "\u0085", "\x1c"], ids=ascii)
def test_only_a_line_feed_ends_a_line(character):
    [event] = read_events(line(name=f"a{character}b"))

    assert event.text("name") == f"a{character}b"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("{", "is no JSON: Expecting property name enclosed in double quotes at column 2"),
        ("[" * 100_000, "is no JSON"),
        ("9" * 5000, "is no JSON"),
        ("[1]", "is '[1]'; expected a JSON object that tells of an event"),
        ("{}", "has no text for 'event', 'time'"),
        (line(event="wrold"), "'event' is 'wrold'; did you mean 'world'?"),
        (line(event=7), "has no text for 'event'"),
        (line(uid=..., name=None), "has no text for 'uid', 'name'"),
        (line(event="rpc", method="GetRestore", code="OK", caller=""), "has no text for 'subject', 'message'"),
        (line(time="yesterday"), "'time' is 'yesterday'; expected a time with its zone"),
        (line(time="2025-01-01T00:00:00"), "'time' is '2025-01-01T00:00:00'; expected a time with its zone"),
        (line(time="2025-01-01T00:00:01Z"), "goes back in time, behind line 1"),
    ],
    ids=range(12),
)
def test_what_is_wrong_is_told_with_its_line(wrong, message):
    with pytest.raises(WrongTimeline) as caught:
        read_events(f"{line()}\n\n{wrong}\n")

    assert caught.value.line == 3
    assert caught.value.message.startswith(message)
    assert str(caught.value).startswith("line 3: ")
