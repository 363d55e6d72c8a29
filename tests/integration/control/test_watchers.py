"""Many who watch leave the server answering others."""

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
