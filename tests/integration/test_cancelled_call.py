"""A call that is cancelled while it waits for the world never enters it."""

import queue
import threading

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from fakes.history.events import RemoteCall
from simulator.api import RestoreServiceStub
from simulator.rpc import recording
from simulator.sessions.clock import read_wall_microseconds


@pytest.fixture
def answered(sim):
    """The calls that the simulator has answered from now on, in a queue."""
    calls = queue.SimpleQueue()
    unsubscribe = sim.session.subscribe(lambda _, event: calls.put(event) if isinstance(event, RemoteCall) else None)
    yield calls
    unsubscribe()


class Turnstile:
    """Stands before the world; while it is closed, somebody else has the world, and a call that has come waits."""

    def __init__(self, session):
        self._session = session
        self._arrived = threading.Event()
        self._closed = threading.Event()
        self._opened = threading.Event()
        self._holder = threading.Thread(target=self._hold)

    def _hold(self):
        with self._session:
            self._closed.set()
            assert self._opened.wait(timeout=10)

    def arrive(self):
        self._arrived.set()
        return read_wall_microseconds()

    def close(self):
        self._holder.start()
        assert self._closed.wait(timeout=10)
        self._arrived.clear()

    def open(self):
        self._opened.set()
        self._holder.join()

    def await_arrival(self):
        assert self._arrived.wait(timeout=10)


@pytest.fixture
def turnstile(sim, monkeypatch):
    turnstile = Turnstile(sim.session)
    # The last thing that a call does before it goes for the world.
    monkeypatch.setattr(recording, "read_wall_microseconds", turnstile.arrive)
    return turnstile


def test_a_call_that_is_cancelled_half_way_changes_nothing(
    sim, create_request, turnstile, answered, nothing_changes, open_channel
):
    channel = open_channel(sim)
    stub, health = RestoreServiceStub(channel), health_pb2_grpc.HealthStub(channel)
    request = create_request()
    with nothing_changes():
        turnstile.close()
        pending = stub.CreateRestore.future(request)
        turnstile.await_arrival()
        pending.cancel()
        # Health needs no world: its answer tells that the server has seen all that came before on the connection.
        health.Check(health_pb2.HealthCheckRequest())
        turnstile.open()
        call = answered.get(timeout=10)

    assert (call.method, call.code) == ("CreateRestore", "CANCELLED")
    assert pending.cancelled()
    assert stub.CreateRestore(request).meta.name == "orders-copy"
