"""What a server has forgotten of a session is told, to those who list it and to those who watch."""

import grpc
import pytest

from simulator.api import RestoreServiceStub, restore_pb2


@pytest.fixture
def server(make_server):
    return make_server(history_max=10)


@pytest.fixture
def call(channel):
    """Makes so many calls in a session."""

    def make(session, count):
        for _ in range(count):
            RestoreServiceStub(channel).ListRestores(
                restore_pb2.ListRestoresRequest(), metadata=[("x-pds-session", session)], timeout=30
            )

    return make


@pytest.mark.parametrize("named", ["default", "another"])
def test_lists_tell_from_which_number_on_they_have_what_happened(control, call, named):
    session = named if named == "default" else control.CreateSession()["id"]
    assert control.ListCalls(session=session)["firstKept"] == "0"
    call(session, 25)

    calls, events = control.ListCalls(session=session), control.ListEvents(session=session)

    assert calls["firstKept"] == events["firstKept"] == "16"
    assert [item["number"] for item in calls["calls"]] == [str(number) for number in range(16, 26)]
    assert [item["firstAttempt"] for item in calls["calls"]] == [str(number) for number in range(16, 26)]
    assert [item["sequence"] for item in events["events"]] == [str(number) for number in range(16, 26)]
    described = control.GetSession(session=session)
    assert (described["calls"], described["lastEvent"]) == ("25", "25")


def test_pages_go_on_from_number_to_number(control, call, session):
    call(session, 12)
    first = control.ListCalls(session=session, pageSize=4)
    call(session, 4)
    second = control.ListCalls(session=session, pageSize=4, pageToken=first["nextPageToken"])

    assert [item["number"] for item in first["calls"]] == ["3", "4", "5", "6"]
    assert [item["number"] for item in second["calls"]] == ["7", "8", "9", "10"]


def test_a_watcher_is_told_that_what_it_asks_for_is_forgotten(control, call, session, refusal_of):
    call(session, 25)

    assert next(control.WatchEvents(session=session)).sequence == 16
    assert next(control.WatchEvents(session=session, after=20)).sequence == 21
    refusal = refusal_of(lambda: next(control.WatchEvents(session=session, after=5)))
    assert refusal.code is grpc.StatusCode.OUT_OF_RANGE
    assert refusal.message == "the oldest event that is kept has the number 16; watch from there"
    assert refusal.detail.metadata["after"] == "15"


def test_an_advance_tells_how_much_has_happened_though_it_is_more_than_is_kept(control, create_restore, session):
    for number in range(4):
        create_restore(session, f"copy-{number}")

    moved = control.AdvanceTime(session=session, untilIdle=True)

    assert int(moved["events"]) > 10
    assert len(moved["happened"]) <= 10
