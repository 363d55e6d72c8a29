"""The timeline tells what happened, in order; it forgets nothing, unless it is told to keep only so much."""

import json

import pytest

from fakes import ANYBODY, Timeline
from fakes.history.events import FaultFired, RemoteCall, WorldChange, recorded
from fakes.history.store import History
from fakes.times import to_datetime, to_text


@pytest.fixture
def timeline():
    return Timeline(History())


def change(number):
    return WorldChange(number, "backup deleted", f"bkp:{number}", f"backup-{number}")


def test_events_are_kept_in_the_order_in_which_they_came(timeline):
    events = [change(number) for number in range(5)]
    for event in events:
        timeline.append(event)

    assert list(timeline) == events
    assert len(timeline) == 5
    assert (timeline[0], timeline[-1], timeline[1:3]) == (events[0], events[-1], events[1:3])


def test_nothing_can_be_changed_or_taken_out(timeline):
    timeline.append(change(1))

    with pytest.raises(TypeError):
        timeline[0] = change(2)
    with pytest.raises(TypeError):
        del timeline[0]
    with pytest.raises(AttributeError):
        timeline[0].name = "other"


def test_changing_a_slice_changes_nothing(timeline):
    timeline.append(change(1))
    timeline[:].clear()

    assert len(timeline) == 1


def test_reading_is_not_disturbed_by_what_happens_meanwhile(timeline):
    timeline.append(change(1))
    seen = []
    for event in timeline:
        timeline.append(change(2))
        seen.append(event)

    assert seen == [change(1)]
    assert len(timeline) == 2


def test_transitions_can_be_asked_for_by_restore(living_world, spec_in, advance):
    one, other = (living_world.create_restore(spec_in(living_world, name), ANYBODY) for name in ("one", "other"))
    advance(living_world, 1000)

    assert {event.restore for event in living_world.timeline.transitions(one.uid)} == {one}
    assert {event.restore for event in living_world.timeline.transitions()} == {one, other}
    assert living_world.timeline.transitions("rst:unknown") == []


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_735_689_600_000_000, "2025-01-01T00:00:00.000000Z"),
        (1_735_689_600_000_001, "2025-01-01T00:00:00.000001Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_times_are_written_to_the_microsecond(microseconds, text):
    assert to_text(microseconds) == text
    assert to_datetime(microseconds).isoformat(timespec="microseconds") == text.replace("Z", "+00:00")


def test_a_change_of_the_world_is_one_line_of_json():
    assert recorded(1, change(7)).to_json() == (
        '{"sequence": 1, "time": "1970-01-01T00:00:00.000007Z", "event": "world",'
        ' "change": "backup deleted", "uid": "bkp:7", "name": "backup-7"}'
    )


def test_a_call_is_one_line_of_json():
    call = RemoteCall(7, "GetRestore", "NOT_FOUND", "alice", "rst:1", "no such restore", 3)

    assert recorded(1, call).to_json() == (
        '{"sequence": 1, "time": "1970-01-01T00:00:00.000007Z", "event": "rpc", "method": "GetRestore",'
        ' "code": "NOT_FOUND", "caller": "alice", "subject": "rst:1", "message": "no such restore", "call": 3}'
    )


def test_a_line_stays_one_line_whatever_names_hold():
    line = recorded(1, WorldChange(0, "backup deleted", "bkp:1", 'lä"den\n2')).to_json()

    assert "\n" not in line
    assert "lä" in line
    assert json.loads(line)["name"] == 'lä"den\n2'


def test_a_failure_tells_code_and_message(living_world, spec_in, advance):
    living_world.lose_credentials("vault")
    restore = living_world.create_restore(spec_in(living_world), ANYBODY)
    advance(living_world, 10)

    assert living_world.timeline[-1].fields() == {
        "restore": restore.uid,
        "name": "copy",
        "from": "PENDING",
        "to": "FAILED",
        "error_code": "FAILED_BACKUP_CREDENTIAL_SYNC",
        "error_message": "credentials of backup location 'vault' did not sync to target cluster 'east'",
    }


def test_json_lines_are_numbered_from_one_and_tell_everything(living_world, spec_in, advance):
    restore = living_world.create_restore(spec_in(living_world), ANYBODY)
    advance(living_world, 2)
    text = living_world.timeline.to_json_lines()
    lines = [json.loads(line) for line in text.splitlines()]

    assert text.endswith("\n")
    assert [(line["sequence"], line["event"]) for line in lines] == [(1, "transition"), (2, "transition")]
    assert lines[1] == {
        "sequence": 2,
        "time": "2025-01-01T00:00:01.000000Z",
        "event": "transition",
        "restore": restore.uid,
        "name": "copy",
        "from": "INITIALIZING",
        "to": "PENDING",
    }


def test_what_a_transition_tells_does_not_change_when_the_restore_does(living_world, spec_in, advance):
    living_world.create_restore(spec_in(living_world), ANYBODY)
    before = recorded(1, living_world.timeline[0]).to_json()
    advance(living_world, 1000)

    assert recorded(1, living_world.timeline[0]).to_json() == before


def test_an_empty_timeline_has_no_lines(timeline):
    assert timeline.to_json_lines() == ""


def test_a_timeline_is_asked_for_what_happened(timeline):
    call = RemoteCall(1_000_000, "GetRestore", "OK", "", "", "")
    failed = RemoteCall(2_000_000, "GetRestore", "UNAVAILABLE", "", "", "gone")
    fired = FaultFired(2_000_000, "flaky", "error", "", "GetRestore")
    deleted = WorldChange(3_000_000, "backup deleted", "bkp:1", "nightly")
    for event in (call, failed, fired, deleted):
        timeline.append(event)

    assert timeline.calls() == [call, failed]
    assert timeline.calls("GetRestore", code="OK") == [call]
    assert timeline.calls("ListRestores") == []
    assert timeline.faults() == timeline.faults("flaky") == [fired]
    assert timeline.faults("another") == []
    assert timeline.changes() == timeline.changes("backup deleted") == [deleted]
    assert timeline.changes("backup begun") == []
    assert timeline.between(to_datetime(2_000_000), to_datetime(3_000_000)) == [failed, fired]


def test_of_what_it_is_told_to_keep_it_keeps_the_latest_with_their_numbers(timeline):
    events = [change(number) for number in range(10)]
    for event in events:
        timeline.append(event)
        timeline.keep_last(3)

    assert list(timeline) == events[-3:]
    assert (len(timeline), timeline.first_number, timeline.last_number) == (3, 8, 10)
    assert (timeline[0], timeline[-1], timeline[1:]) == (events[7], events[9], events[8:])
    assert [json.loads(line)["sequence"] for line in timeline.to_json_lines().splitlines()] == [8, 9, 10]


def test_what_comes_after_a_number_is_told_with_numbers(timeline):
    events = [change(number) for number in range(10)]
    for event in events:
        timeline.append(event)
    timeline.keep_last(5)

    assert list(timeline.after(8)) == [(9, events[8]), (10, events[9])]
    assert list(timeline.after(0, limit=2)) == [(6, events[5]), (7, events[6])]
    assert list(timeline.after(10)) == []


def test_to_keep_nothing_or_all_is_possible(timeline):
    for number in range(3):
        timeline.append(change(number))

    timeline.keep_last(3)
    assert len(timeline) == 3
    timeline.keep_last(0)
    assert (list(timeline), timeline.first_number, timeline.last_number) == ([], 4, 3)


def test_whoever_reads_goes_on_reading_what_is_forgotten_meanwhile(timeline):
    events = [change(number) for number in range(5)]
    for event in events:
        timeline.append(event)

    reading = iter(timeline)
    first = next(reading)
    timeline.keep_last(1)

    assert [first, *reading] == events
