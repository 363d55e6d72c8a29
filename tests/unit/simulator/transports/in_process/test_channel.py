"""A channel tells its connectivity once, and keeps account of the calls that are going on."""

import logging
import threading

import grpc
import pytest

from simulator import default_world
from simulator.sessions.clock import Clock
from simulator.sessions.session import Session
from simulator.transports.in_process.call_state import CallState
from simulator.transports.in_process.channel import InProcessChannel
from simulator.transports.service_registry import ServiceRegistry


@pytest.fixture
def session():
    return Session(default_world(), seed=7, clock=Clock())


@pytest.fixture
def channel(session):
    return InProcessChannel(ServiceRegistry(lambda _: session))


def test_a_callback_that_fails_harms_nobody(channel, caplog):
    caplog.set_level(logging.CRITICAL)

    def fail(_):
        raise RuntimeError

    told = []
    channel.subscribe(fail)
    channel.subscribe(told.append)

    assert told == [grpc.ChannelConnectivity.READY]


def test_a_closed_channel_tells_nothing(channel):
    channel.close()
    told = []

    channel.subscribe(told.append)

    assert told == []


def test_closing_waits_for_the_services_to_be_done_with_a_call(channel, session):
    state = CallState(None, session, ())
    channel.begin(state)
    ended = []

    def serve():
        state.await_end()
        ended.append(state.code)
        channel.end(state)

    service = threading.Thread(target=serve)
    service.start()
    channel.close()

    assert ended == [grpc.StatusCode.CANCELLED]
    service.join()


def test_a_call_that_begins_while_the_channel_closes_does_not_go_on(channel, session):
    channel.close()

    with pytest.raises(ValueError, match="closed channel"):
        channel.begin(CallState(None, session, ()))
    channel.close()


def test_a_service_that_may_take_its_time_keeps_no_caller_of_a_future_waiting(session):
    go_on = threading.Event()
    handler = grpc.unary_unary_rpc_method_handler(lambda _request, _context: b"done" if go_on.wait(20) else b"")
    channel = InProcessChannel(ServiceRegistry(lambda _: session, more={"/a/b": handler}))

    future = channel.unary_unary("/a/b").future(b"")

    assert not future.done()
    go_on.set()
    assert future.result(timeout=20) == b"done"
