"""A channel is ready from the beginning, and at its end nothing goes on."""

import queue

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2
from tests.patience import PATIENCE_SECONDS

ANYTHING = restore_pb2.ListRestoresRequest()


def test_closing_a_channel_cancels_what_is_going_on(sim, channel, failure_of):
    happened = queue.SimpleQueue()
    sim.session.subscribe(lambda _, event: happened.put(event))
    sim.inject(faults.hang(), method="ListRestores")
    pending = RestoreServiceStub(channel).ListRestores.future(ANYTHING)
    assert happened.get(timeout=PATIENCE_SECONDS).kind == "fault"
    watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
    next(watch)

    channel.close()

    assert pending.code() is grpc.StatusCode.CANCELLED
    assert failure_of(pending.result).code() is grpc.StatusCode.CANCELLED
    assert not pending.cancelled()
    assert failure_of(lambda: next(watch)).code() is grpc.StatusCode.CANCELLED


def test_a_channel_becomes_ready(channel, watchers_gone):
    grpc.channel_ready_future(channel).result(timeout=PATIENCE_SECONDS)
    states = queue.SimpleQueue()
    channel.subscribe(states.put, try_to_connect=True)

    assert states.get(timeout=PATIENCE_SECONDS) is grpc.ChannelConnectivity.READY
    channel.unsubscribe(states.put)
    watchers_gone()


def test_a_closed_channel_takes_no_calls(sim, channel):
    with channel:
        stub = RestoreServiceStub(channel)
        stub.ListRestores(ANYTHING)

    for call in (stub.ListRestores, stub.ListRestores.with_call, stub.ListRestores.future):
        with pytest.raises(ValueError, match=r"."):  # over a socket in the words of gRPC
            call(ANYTHING)
    channel.close()
    assert len(sim.calls) == 1


def test_an_unknown_way_is_refused(sim):
    for use in (sim.channel, sim.aio_channel):
        with pytest.raises(ValueError, match="transport is 'carrier pigeon'; expected one of 'in_process', 'loopback'"):
            use(transport="carrier pigeon")


def test_a_simulator_that_was_closed_and_started_again_takes_calls(open_channel):
    sim = Simulator()
    for _ in range(2):
        with sim:
            RestoreServiceStub(open_channel(sim)).ListRestores(ANYTHING)

    assert len(sim.calls) == 2
