"""Calls that a fault holds up: others are answered meanwhile, and those end with their client or the server."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from simulator import Simulator, faults

GET = "/pds/v1/restores/rst:none"
LIST = "/pds/v1/restores"
HUNG_COUNT = 20


@pytest.fixture
def sim():
    """A simulator on the wall clock, where calls really wait, in which each GetRestore hangs."""
    with Simulator(clock="wall", rules=[faults.rule(faults.hang(), method="GetRestore")], strict=False) as simulator:
        yield simulator


@pytest.fixture
def events(sim):
    """Waits for what happens."""
    happened = threading.Condition()
    seen = []

    def keep(_sequence, event):
        with happened:
            seen.append(event)
            happened.notify_all()

    sim.session.subscribe(keep)

    def wait_for(kind, count=1):
        with happened:
            assert happened.wait_for(lambda: sum(type(event).__name__ == kind for event in seen) >= count, timeout=20)
        return [event for event in seen if type(event).__name__ == kind]

    return wait_for


def hang(port):
    """Ask for something that never comes, and give the connection."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(f"GET {GET} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return connection


def test_others_are_answered_meanwhile(rest, events):
    connections = [hang(rest.port) for _ in range(HUNG_COUNT)]
    events("FaultFired", HUNG_COUNT)

    assert rest.ask("GET", LIST).status == 200
    assert rest.ask("GET", "/healthz").status == 200

    for connection in connections:
        connection.close()


def test_a_call_ends_when_its_client_goes(rest, events):
    connection = hang(rest.port)
    events("FaultFired")

    connection.close()

    [call] = events("RemoteCall")
    assert (call.method, call.code) == ("GetRestore", "CANCELLED")


def test_a_call_ends_with_its_deadline(rest):
    answer = rest.ask("GET", GET, headers={"Grpc-Timeout": "50m"})

    assert (answer.status, answer.json["code"]) == (504, grpc.StatusCode.DEADLINE_EXCEEDED.value[0])


def test_calls_end_with_the_server(sim, serve_rest, events):
    rest = serve_rest(sim)
    with ThreadPoolExecutor() as executor:
        answering = executor.submit(rest.ask, "GET", GET)
        events("FaultFired")

        rest.server.stop()

        answer = answering.result(timeout=20)
    assert (answer.status, answer.json["code"]) == (503, grpc.StatusCode.UNAVAILABLE.value[0])
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", rest.port))


def test_a_stream_ends_when_its_client_goes(samples):
    with socket.create_connection(("127.0.0.1", samples.port), timeout=20) as connection:
        connection.sendall(b"GET /v1/counts/100000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")

    assert samples.ask("GET", "/v1/counts/1").status == 200
