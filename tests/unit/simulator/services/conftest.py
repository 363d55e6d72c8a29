"""What tests of the services use: a session without a server, and calls as a transport makes them."""

import dataclasses

import pytest

from simulator import Token, default_world
from simulator.api import METHODS
from simulator.clock import Clock
from simulator.services.call import Call
from simulator.session import Session


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
    """Makes calls: by default an active GetRestore without metadata."""

    def make(request=b"", *, method="GetRestore", metadata=(), session=session, is_active=lambda: True):
        return Call(METHODS[method], request, metadata, session, is_active)

    return make
