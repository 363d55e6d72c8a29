"""What tests of the services use: a session without a server, and calls as a transport makes them."""

import dataclasses

import pytest

from simulator import Token, default_world
from simulator.api import METHODS
from simulator.rpc.call import Call, start
from simulator.sessions.clock import Clock
from simulator.sessions.session import Session


class Client:
    """A client that waits as long as a function says so, and has no deadline."""

    timeout_seconds = None

    def __init__(self, is_waiting):
        self.is_waiting = is_waiting

    def remaining_seconds(self):
        return self.timeout_seconds


@pytest.fixture
def answer():
    """Gives what a handler answers a call with; its second argument goes on to an interceptor."""

    def answer(handler, call, *proceed):
        async def answering():
            return await handler(call, *proceed)

        ends = []
        start(answering(), held=lambda hold: pytest.fail(f"{hold.rule} holds it up"), done=ends.append)
        (give,) = ends
        return give()

    return answer


@pytest.fixture
def session():
    """A session with the default world, without tokens."""
    return Session(default_world(), seed=7, clock=Clock())


@pytest.fixture
def guarded_session():
    """A session whose world has one token, for the project shop."""
    tokens = [Token("shop-team", secret="of-the-shop", projects=["shop"])]  # noqa: S106  # it is none
    return Session(dataclasses.replace(default_world(), tokens=tokens), seed=7, clock=Clock())


@pytest.fixture
def make_call(session):
    """Makes calls: by default a GetRestore without metadata, whose client waits for as long as it takes."""

    def make(request=b"", *, method="GetRestore", metadata=(), session=session, is_waiting=lambda: True):
        call = Call(METHODS[method], request, metadata, session, Client(is_waiting))
        call.arrive()
        return call

    return make
