"""A call fails with the status of choice before it has any effect."""

import grpc
import pytest

from fakes.faults.errors import InvalidRule
from simulator.api import error_details_pb2
from simulator.faults.error import Error


@pytest.mark.parametrize("code", [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK])
def test_it_fails_with_the_code_and_the_message_and_the_call_does_not_happen(
    make_call, make_firing, handler, failure, code
):
    failed = failure(Error(code.name, "try later"), make_call(), handler, make_firing())

    assert (failed.code, failed.message) == (code, "try later")
    assert len(failed.details) == 1
    assert handler.count == 0


def test_unavailable_is_meant_unless_told_otherwise_and_the_message_names_the_rule(
    make_call, make_firing, handler, failure
):
    failed = failure(Error(), make_call(), handler, make_firing())

    assert (failed.code, failed.message) == (grpc.StatusCode.UNAVAILABLE, "injected by the rule 'bad luck'")


@pytest.mark.parametrize(("seconds", "nanos"), [(2.5, 500_000_000), (0.000_001, 1_000), (30, 0)])
def test_it_tells_when_to_try_again(make_call, make_firing, handler, failure, seconds, nanos):
    _, retry = failure(Error(retry_delay_seconds=seconds), make_call(), handler, make_firing()).details

    assert isinstance(retry, error_details_pb2.RetryInfo)
    assert (retry.retry_delay.seconds, retry.retry_delay.nanos) == (int(seconds), nanos)


def test_further_details_are_messages_of_google_rpc(make_call, make_firing, handler, failure):
    details = [
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"subject": "project:shop"}]},
        {"@type": "LocalizedMessage", "locale": "de", "message": "später"},
    ]

    failed = failure(Error("RESOURCE_EXHAUSTED", details=details), make_call(), handler, make_firing())

    assert failed.details[1:] == (
        error_details_pb2.QuotaFailure(violations=[{"subject": "project:shop"}]),
        error_details_pb2.LocalizedMessage(locale="de", message="später"),
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"code": "UNAVAILABEL"}, "code: 'UNAVAILABEL' is no status code of an error; did you mean 'UNAVAILABLE'"),
        ({"code": "OK"}, "code: 'OK' is no status code of an error; expected one of 'CANCELLED', 'UNKNOWN'"),
        ({"code": grpc.StatusCode.UNAVAILABLE}, "is no status code of an error; did you mean 'UNAVAILABLE'"),
        ({"retry_delay_seconds": -1}, "retry_delay: is -1; expected a number of seconds above 0"),
        ({"retry_delay_seconds": 1e300}, "retry_delay: is 1e+300; expected a number of seconds above 0"),
        (
            {"details": [{"@type": "ErorInfo"}]},
            "details: 'ErorInfo' is no '@type' of google.rpc; did you mean 'ErrorInfo'",
        ),
        ({"retry_delay_seconds": "2s"}, "retry_delay: is '2s'; expected a number of seconds above 0"),
        ({"details": 5}, "details: is 5; expected a list of mappings"),
        ({"details": [5]}, "details: has 5; expected a mapping with an '@type'"),
        ({"details": [{"reason": "x"}]}, "details: None is no '@type' of google.rpc; expected one of 'BadRequest'"),
        ({"details": [{"@type": "ErrorInfo", "raison": "x"}]}, "details: ErrorInfo: "),
        ({"details": [{"@type": "ErrorInfo", "reason": 5}]}, "details: ErrorInfo: "),
    ],
)
def test_what_makes_no_sense_is_refused(fields, message):
    with pytest.raises(InvalidRule) as caught:
        Error(**fields)

    assert message in str(caught.value)
