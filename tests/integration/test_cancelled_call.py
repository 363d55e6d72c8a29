"""A call that is cancelled while it waits for the world never enters it."""

import queue
import threading

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from fakes.timeline import RemoteCall
from simulator.api import RestoreServiceStub


@pytest.fixture
def answered(sim):
    """The calls that the simulator has answered from now on, in a queue."""
    calls = queue.SimpleQueue()
    unsubscribe = sim.timeline.subscribe(lambda _, event: calls.put(event) if isinstance(event, RemoteCall) else None)
    yield calls
    unsubscribe()


class Turnstile:
    """Stands before the world; while it is closed, a call that has come so far waits."""

    def __init__(self):
        self._arrived = threading.Event()
        self._opened = threading.Event()
        self._opened.set()

    def pass_through(self, _):
        self._arrived.set()
        assert self._opened.wait(timeout=10)

    def close(self):
        self._opened.clear()
        self._arrived.clear()

    def open(self):
        self._opened.set()

    def await_arrival(self):
        assert self._arrived.wait(timeout=10)


@pytest.fixture
def turnstile(sim, monkeypatch):
    turnstile = Turnstile()
    monkeypatch.setattr(sim.session.clock, "catch_up", turnstile.pass_through)
    return turnstile


def test_a_call_that_is_cancelled_half_way_changes_nothing(sim, create_request, turnstile, answered, nothing_changes):
    channel = sim.channel()
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
