"""The call happens, whatever comes of it, and its answer is lost."""

import grpc
import pytest

from fakes.faults.errors import InvalidRule
from fakes.world.errors import NotFound
from simulator.faults.lose_response import LoseResponse
from simulator.rpc.errors import FieldViolation, InvalidRequest
from simulator.rpc.status import CallFailed


def test_the_call_happens_once_and_the_client_gets_unavailable(make_call, make_firing, handler, failure):
    failed = failure(LoseResponse(), make_call(), handler, make_firing())

    assert handler.count == 1
    assert failed.code is grpc.StatusCode.UNAVAILABLE
    assert failed.message == "the connection broke before the answer came, by the rule 'bad luck'"


@pytest.mark.parametrize(
    "error",
    [
        NotFound("restore", "rst:1"),
        InvalidRequest([FieldViolation("id", "is empty")]),
        CallFailed(grpc.StatusCode.ABORTED, "another rule"),
    ],
)
def test_an_answer_that_is_an_error_is_lost_as_well(make_call, make_firing, handler, failure, error):
    handler.error = error

    assert failure(LoseResponse(), make_call(), handler, make_firing()).code is grpc.StatusCode.UNAVAILABLE


def test_an_error_of_ours_is_not_lost(make_call, make_firing, handler, answer):
    handler.error = ZeroDivisionError()

    with pytest.raises(ZeroDivisionError):
        answer(LoseResponse(), make_call(), handler, make_firing())


def test_the_deadline_can_pass_instead(make_call, make_firing, handler, failure):
    call = make_call(deadline_seconds=5)

    failed = failure(LoseResponse("DEADLINE_EXCEEDED"), call, handler, make_firing())

    assert handler.count == 1
    assert failed.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert call.client.waited_seconds == []


def test_on_the_wall_clock_the_client_waits_for_its_deadline(make_call, make_firing, handler, failure):
    call = make_call(deadline_seconds=5, speed=60)

    failed = failure(LoseResponse("DEADLINE_EXCEEDED"), call, handler, make_firing())

    assert handler.count == 1
    assert call.client.waited_seconds == [5]
    assert failed.code is grpc.StatusCode.DEADLINE_EXCEEDED


@pytest.mark.parametrize("code", ["UNAVAILABEL", "OK", "ABORTED", grpc.StatusCode.UNAVAILABLE])
def test_other_codes_are_refused(code):
    with pytest.raises(InvalidRule, match=r"^code: .* is no way to lose an answer; .*'UNAVAILABLE'"):
        LoseResponse(code)
