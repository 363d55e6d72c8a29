"""Those who watch a session are told where they can go on, and many of them leave the server answering others."""

import grpc
import pytest

from simulator.transports import grpc_server


@pytest.fixture
def few_threads(monkeypatch):
    monkeypatch.setattr(grpc_server, "THREADED_CALLS_MAX", 3)


@pytest.mark.usefixtures("few_threads")
def test_watchers_are_bounded_and_leave_room_for_control(control):
    control.ChangeWorld(session="default", change={"delete_backup": "orders-backup"})
    watchers = [control.WatchEvents(session="default") for _ in range(3)]
    assert [next(watcher).sequence for watcher in watchers] == [1, 1, 1]

    with pytest.raises(grpc.RpcError) as refused:
        next(control.WatchEvents(session="default"))

    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert control.GetSession(session="default")["lastEvent"] == "1"


def change(control, session, backup="orders-backup"):
    control.ChangeWorld(session=session, change={"delete_backup": backup})


def reset(control, session):
    control.ResetSession(session=session)


def end(control, session):
    control.DeleteSession(session=session)


def end_and_make_another(control, session):
    end(control, session)
    control.CreateSession(sessionId=session)


@pytest.mark.parametrize(
    ("what", "code", "after"),
    [(reset, "ABORTED", "0"), (end, "NOT_FOUND", None), (end_and_make_another, "NOT_FOUND", None)],
    ids=["reset", "ended", "replaced"],
)
def test_a_watcher_is_told_when_its_session_is_no_more(control, session, refusal_of, what, code, after):
    watcher = control.WatchEvents(session=session)
    change(control, session)
    assert next(watcher).sequence == 1

    what(control, session)

    refusal = refusal_of(lambda: next(watcher))
    assert refusal.code is grpc.StatusCode[code]
    assert getattr(refusal.detail, "metadata", {}).get("after") == after


def test_a_watcher_who_comes_back_after_a_reset_is_told_so(control, session, refusal_of):
    for backup in ("orders-backup", "carts-backup"):
        change(control, session, backup)
    reset(control, session)
    change(control, session)

    refusal = refusal_of(lambda: next(control.WatchEvents(session=session, after=2)))

    assert (refusal.code, refusal.detail.metadata["after"]) == (grpc.StatusCode.ABORTED, "0")
