"""Every call is written down once, however it ends."""

import grpc
import pytest

from fakes import Caller
from fakes.history.events import RemoteCall
from simulator.api import restore_pb2
from simulator.rpc.recording import recording
from simulator.rpc.status import CallFailed


def test_an_answer_is_recorded_and_passed_on(make_call, session, answer):
    request, response = restore_pb2.GetRestoreRequest(id="rst:x"), restore_pb2.Restore(meta={"uid": "rst:x"})
    response_bytes = response.SerializeToString()
    call = make_call(request.SerializeToString(), metadata=(("key", "value"),))
    call.caller, call.subject = Caller("somebody"), "rst:x"

    async def handler(_):
        return response_bytes

    assert answer(recording, call, handler) is response_bytes

    (record,) = session.calls
    assert (record.request, record.response, record.code, record.metadata) == (
        request,
        response,
        "OK",
        (("key", "value"),),
    )
    (event,) = session.timeline
    assert event == RemoteCall(record.answered_microseconds, "GetRestore", "OK", "somebody", "rst:x", "", call.number)


def test_a_failure_is_recorded_and_passed_on(make_call, session, answer):
    failed = CallFailed(grpc.StatusCode.ABORTED, "no")

    async def handler(_):
        raise failed

    with pytest.raises(CallFailed) as caught:
        answer(recording, make_call(b"\xff"), handler)

    assert caught.value is failed
    (record,) = session.calls
    assert (record.request, record.response, record.code, record.message) == (None, None, "ABORTED", "no")
    assert (session.timeline[0].code, session.timeline[0].message) == ("ABORTED", "no")


def test_the_times_are_those_of_the_arrival_and_of_the_answer(make_call, session, answer):
    async def handler(call):
        with call as world:
            world.environment.advance_to(world.environment.now_microseconds + 5)
        return b""

    before = session.world.environment.now_microseconds
    answer(recording, make_call(), handler)

    assert session.calls[0].answered_microseconds == session.timeline[0].at_microseconds == before + 5
    assert session.calls[0].arrived_microseconds == before


def test_a_call_that_a_reset_overtakes_is_not_part_of_the_new_history(make_call, session, answer):
    async def handler(call):
        call.session.reset()
        return b""

    answer(recording, make_call(), handler)

    assert len(session.calls) == len(session.timeline) == 0


def test_a_call_that_is_interrupted_is_recorded_as_cancelled(make_call, session, answer):
    async def handler(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answer(recording, make_call(), handler)

    assert [(record.code, record.message) for record in session.calls] == [("CANCELLED", "the caller was interrupted")]
