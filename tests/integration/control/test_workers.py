"""Sessions with a port of their own live in worker processes, and are controlled as all others are."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import grpc
import pytest

from simulator import Simulator, Uniform, faults
from simulator.api import RestoreServiceStub, control_pb2, restore_pb2
from simulator.remote import RemoteError, RemoteSimulator
from simulator.remote.connection import ControlConnection
from simulator.worker_process import Worker, worker_arguments
from simulator.workers import Workers
from tests.patience import PATIENCE_SECONDS

COMMAND = Path(sys.executable).with_name("pds-sim")


def children_of(process):
    listed = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return [int(line) for line in listed.stdout.split()]


def until(condition):
    """Wait until something is so, and give it."""
    latest = time.monotonic() + PATIENCE_SECONDS
    pause = threading.Event()
    while not (found := condition()):
        assert time.monotonic() < latest
        pause.wait(0.02)
    return found


@pytest.fixture
def serve(tmp_path):
    """Runs a server with workers; gives its process and its addresses."""
    started = []

    def run(*options):
        ready = tmp_path / f"ready-{len(started)}.json"
        arguments = ["serve", "--port", "0", "--http-port", "0", "--ready-file", str(ready), *options]
        server = subprocess.Popen([str(COMMAND), *arguments], stdout=subprocess.DEVNULL)  # noqa: S603  # our own
        started.append(server)
        until(ready.exists)
        return server, json.loads(ready.read_text(encoding="utf-8"))

    yield run
    for server in started:
        server.kill()
        server.wait()


def listed(target):
    connection = ControlConnection(target, control_token="", credentials=None)
    sessions = connection.call("ListSessions", control_pb2.ListSessionsRequest()).sessions
    connection.channel.close()
    return {session.id: session for session in sessions}


def history_of(sim, request_for):
    """Let a restore run under a rule that draws, and give all that happened."""
    sim.inject(faults.stall(Uniform(1, 9)), phase="RESTORING_*")
    stub = RestoreServiceStub(sim.channel())
    for number in range(3):
        stub.CreateRestore(request_for(sim, f"copy-{number}"))
    sim.run_until_idle()
    return sim.timeline.to_json_lines()


def test_sessions_are_spread_over_workers_and_controlled_through_the_server(serve, create_request_for):
    _, addresses = serve("--workers", "2")
    target = addresses["grpc"]
    with Simulator(seed=5) as here:
        expected = history_of(here, create_request_for)

    with RemoteSimulator(target, seed=5) as one, RemoteSimulator(target, seed=5) as other:
        sessions = listed(target)
        assert [session.worker for session in sessions.values()] == [0, 1, 2]
        assert history_of(one, create_request_for) == history_of(other, create_request_for) == expected
        session = sessions[one._running().id]
        with urllib.request.urlopen(f"{session.base_url}/pds/v1/restores") as answer:  # noqa: S310  # it is ours
            assert len(json.load(answer)["restores"]) == 3
        with grpc.insecure_channel(target) as channel, pytest.raises(grpc.RpcError, match="has a port of its own"):
            RestoreServiceStub(channel).ListRestores(
                restore_pb2.ListRestoresRequest(), metadata=[("x-pds-session", one._running().id)]
            )
        watch = one._running().connection.channel.unary_stream(
            "/pds.simulator.control.v1.ControlService/WatchEvents",
            request_serializer=control_pb2.WatchEventsRequest.SerializeToString,
            response_deserializer=control_pb2.Event.FromString,
        )(control_pb2.WatchEventsRequest(session=one._running().id, after=1))
        assert next(watch).sequence == 2
        watch.cancel()

    assert list(listed(target)) == ["default"]


def test_ids_and_limits_are_those_of_the_server(serve):
    _, addresses = serve("--workers", "1", "--sessions-max", "3")
    connection = ControlConnection(addresses["grpc"], control_token="", credentials=None)

    def create(session_id, *, own_port):
        request = control_pb2.CreateSessionRequest(session_id=session_id, dedicated_port=own_port)
        return connection.call("CreateSession", request)

    create("mine", own_port=True)
    for own_port in (True, False):
        with pytest.raises(ValueError, match="there is a session 'mine' already"):
            create("mine", own_port=own_port)
    create("other", own_port=False)
    for own_port in (True, False):
        with pytest.raises(RemoteError, match="there are 3 sessions"):
            create("third", own_port=own_port)
    with pytest.raises(ValueError, match="session_id"):
        create("no id", own_port=True)
    connection.channel.close()


def test_a_worker_that_dies_takes_its_sessions_along_and_is_replaced(serve):
    server, addresses = serve("--workers", "2")
    target = addresses["grpc"]
    sims = [RemoteSimulator(target).start() for _ in range(2)]
    workers = children_of(server.pid)
    os.kill(workers[0], signal.SIGKILL)

    until(lambda: len(listed(target)) == 2)
    [lost] = [sim for sim in sims if sim._running().id not in listed(target)]
    [kept] = [sim for sim in sims if sim is not lost]
    with pytest.raises(RemoteError, match=r"is gone: worker \d has died \(signal 9\); CreateSession makes another"):
        lost.advance(1)
    kept.advance(1)
    until(lambda: len(children_of(server.pid)) == 2 and workers[0] not in children_of(server.pid))
    another = RemoteSimulator(target).start()
    assert listed(target)[another._running().id].worker in {1, 2}
    kept.close()
    another.close()


def test_sessions_are_placed_in_the_workers_that_live(serve):
    server, addresses = serve("--workers", "2")
    watched = RemoteSimulator(addresses["grpc"]).start()
    events = watched._running().connection.channel.unary_stream(
        "/pds.simulator.control.v1.ControlService/WatchEvents",
        request_serializer=control_pb2.WatchEventsRequest.SerializeToString,
    )(control_pb2.WatchEventsRequest(session=watched._running().id))
    os.kill(children_of(server.pid)[0], signal.SIGKILL)
    with pytest.raises(grpc.RpcError, match="worker 1 does not answer") as caught:
        list(events)
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    until(lambda: len(listed(addresses["grpc"])) == 1)

    made = [RemoteSimulator(addresses["grpc"]).start() for _ in range(3)]

    sessions = listed(addresses["grpc"])
    assert all(sessions[sim._running().id].worker in {1, 2} for sim in made)
    for sim in made:
        sim.close()
    with pytest.raises(RemoteError, match=r"worker 1 (has died|does not answer)"):
        watched.close()


def test_a_session_goes_to_a_worker_that_answers_when_another_has_just_died(make_server, monkeypatch):
    server, noticed = make_server(), threading.Event()
    await_end = Worker.await_end
    monkeypatch.setattr(Worker, "await_end", lambda worker: noticed.wait() and await_end(worker))
    with Workers(2, worker_arguments({}, {}), server.sessions, 10) as server.workers:
        os.kill(children_of(os.getpid())[-2], signal.SIGKILL)
        made = [RemoteSimulator(server.target).start() for _ in range(3)]
        assert {listed(server.target)[sim._running().id].worker for sim in made} == {2}

        os.kill(children_of(os.getpid())[-1], signal.SIGKILL)
        with pytest.raises(RemoteError, match="all workers have died"):
            RemoteSimulator(server.target).start()
        noticed.set()


def test_a_replacement_that_does_not_answer_in_time_is_replaced_in_its_turn(make_server, monkeypatch, caplog):
    server = make_server()
    before = {*children_of(os.getpid())}
    with Workers(1, worker_arguments({}, {}), server.sessions, 10) as server.workers:
        [first] = {*children_of(os.getpid())} - before
        monkeypatch.setattr("simulator.worker_process.START_SECONDS", 0.1)  # none is that fast
        os.kill(first, signal.SIGKILL)
        [second] = until(lambda: {*children_of(os.getpid())} - before - {first})
        until(lambda: {*children_of(os.getpid())} - before - {first, second})
        assert second not in children_of(os.getpid())
        assert "worker 1 has died (signal 9)" in caplog.messages[0]
        assert (caplog.records[0].event, caplog.records[0].worker) == ("worker_died", 1)

        monkeypatch.undo()

        with RemoteSimulator(until(lambda: server.workers._live and server.target)) as sim:
            assert listed(server.target)[sim._running().id].worker == 1


def test_sessions_that_nobody_uses_make_room_for_others(serve):
    _, addresses = serve("--workers", "1", "--session-idle", "0.05", "--sessions-max", "2")
    for _ in range(2):
        until(lambda: len(listed(addresses["grpc"])) == 1)
        RemoteSimulator(addresses["grpc"]).start()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_their_server_however_that_ends(serve, number):
    server, addresses = serve("--workers", "2")
    sim = RemoteSimulator(addresses["grpc"]).start()
    workers = children_of(server.pid)
    assert len(workers) == 2

    server.send_signal(number)

    assert server.wait(timeout=PATIENCE_SECONDS) == (0 if number == signal.SIGTERM else -signal.SIGKILL)
    until(lambda: not any(Path(f"/proc/{worker}/cmdline").exists() for worker in workers))
    with pytest.raises(RemoteError):
        sim.close()
