"""What tests of effects on calls use: calls without a server, and an effect put around how they are handled."""

import pytest

from fakes.faults.rule import Firing
from fakes.lifecycle.gates import Gate
from simulator import default_world, faults
from simulator.api import METHODS, error_details_pb2, restore_pb2
from simulator.rpc.call import Call, start
from simulator.rpc.status import CallFailed
from simulator.sessions.clock import Clock, WallClock
from simulator.sessions.session import Session

NOW_MICROSECONDS = 1_735_689_600_000_000


class Client:
    """A client that waits until its deadline, in a time of its own, which only waiting moves."""

    def __init__(self, timeout_seconds):
        self.timeout_seconds = timeout_seconds
        self.waited_seconds = []

    def is_waiting(self):
        return self.timeout_seconds is None or sum(self.waited_seconds) < self.timeout_seconds

    def remaining_seconds(self):
        return None if self.timeout_seconds is None else self.timeout_seconds - sum(self.waited_seconds)

    def wait(self, hold):
        if hold.deadline_microseconds is not None:
            hold.expire()
            return
        remaining_seconds = self.remaining_seconds()
        assert (hold.timeout_seconds, remaining_seconds) != (None, None), "nothing would ever end this"
        self.waited_seconds.append(remaining_seconds if hold.timeout_seconds is None else hold.timeout_seconds)
        if self.is_waiting():
            hold.expire()
        else:
            hold.client_gone()


class Handler:
    """Answers calls, or fails with an error, and counts them."""

    answer = restore_pb2.Restore(meta={"uid": "rst:1"})

    def __init__(self):
        self.count = 0
        self.error = None

    async def __call__(self, _):
        self.count += 1
        if self.error is not None:
            raise self.error
        return self.answer


@pytest.fixture
def handler():
    return Handler()


@pytest.fixture
def make_call():
    """Makes calls: by default a GetRestore in virtual time, whose client waits for ever."""

    def make(request=b"", *, method="GetRestore", deadline_seconds=None, speed=None):
        clock = Clock() if speed is None else WallClock(speed, lambda: NOW_MICROSECONDS)
        session = Session(default_world(), seed=7, clock=clock, rules=[faults.rule(faults.hang(), name="bad luck")])
        call = Call(METHODS[method], request, (), session, Client(deadline_seconds))
        call.arrive()
        return call

    return make


@pytest.fixture
def make_firing():
    """Makes firings of a rule named ``bad luck``."""

    def make(*, caller="alice", now_microseconds=NOW_MICROSECONDS, memory=None):
        return Firing(
            rule="bad luck",
            effect="effect",
            subject="GetRestore",
            caller=caller,
            stream_key=(7,),
            gate=Gate("bad luck"),
            memory={} if memory is None else memory,
            now_microseconds=now_microseconds,
        )

    return make


@pytest.fixture
def answer():
    """Gives what a call with an effect around it is answered with."""

    def answer(effect, call, handler, firing):
        async def answering():
            return await effect.around(call, handler, firing)

        ends = []
        start(answering(), held=call.client.wait, done=ends.append)
        (give,) = ends
        return give()

    return answer


@pytest.fixture
def failure(answer):
    """Gives how a call fails that a rule has to do with, and makes sure that it names the rule."""

    def fail(effect, call, handler, firing):
        with pytest.raises(CallFailed) as caught:
            answer(effect, call, handler, firing)
        info = caught.value.details[0]
        assert isinstance(info, error_details_pb2.ErrorInfo)
        assert (info.reason, info.domain) == ("INJECTED_FAULT", "pds-restore-simulator")
        assert dict(info.metadata) == {"rule": "bad luck", "effect": "effect"}
        return caught.value

    return fail
