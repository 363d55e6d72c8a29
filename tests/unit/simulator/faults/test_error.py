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
        ({"message": "\ud800"}, "message: is '\\ud800', which has half of a surrogate pair"),
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


BYTES = b"\x00\xff"


@pytest.mark.parametrize(
    "given",
    [
        {"x-request-id": "f81d4fae", "x-trace-bin": BYTES, "empty": ""},
        (("x-request-id", "f81d4fae"), ("x-trace-bin", BYTES), ("empty", "")),
        [["x-request-id", "f81d4fae"], ["x-trace-bin", BYTES], ["empty", ""]],
    ],
    ids=lambda given: type(given).__name__,
)
def test_metadata_are_sent_as_they_are_given(make_call, make_firing, handler, failure, given):
    pairs = (("x-request-id", "f81d4fae"), ("x-trace-bin", BYTES), ("empty", ""))

    failed = failure(Error(initial_metadata=given, trailing_metadata=given), make_call(), handler, make_firing())

    assert failed.initial_metadata == pairs
    assert failed.trailing_metadata[:-1] == pairs
    assert failed.trailing_metadata[-1][0] == "grpc-status-details-bin"


def test_a_key_may_be_there_more_than_once():
    twice = (("a", "1"), ("a", "2"))

    assert Error(trailing_metadata=twice).trailing_metadata == twice


@pytest.mark.parametrize("milliseconds", ["0", "1500", "-1", "never"])
def test_clients_can_be_told_when_to_try_again(milliseconds):
    pushback = {"grpc-retry-pushback-ms": milliseconds}

    assert Error(trailing_metadata=pushback).trailing_metadata == tuple(pushback.items())


@pytest.mark.parametrize("key", ["initial_metadata", "trailing_metadata"])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("a", "is 'a'; expected a mapping of keys to texts, or pairs of both"),
        (5, "is 5; expected a mapping"),
        (["a"], "is ['a']; expected a mapping"),
        ([("a", "b", "c")], "expected a mapping"),
        ({"Request-Id": "a"}, "'Request-Id' is no key of metadata; expected lower-case letters, digits"),
        ({"": "a"}, "'' is no key of metadata"),
        ({5: "a"}, "5 is no key of metadata"),
        ({"a\n": "a"}, r"'a\n' is no key of metadata"),
        ({"grpc-status": "0"}, "'grpc-status' belongs to gRPC; only 'grpc-retry-pushback-ms' of its keys can be sent"),
        ({"grpc-status-details-bin": BYTES}, "'grpc-status-details-bin' belongs to gRPC"),
        ({"content-type": "text/html"}, "'content-type' belongs to gRPC"),
        ({"a": b"b"}, "'a' is b'b'; expected text of printable ASCII"),
        ({"a": 5}, "'a' is 5; expected text"),
        ({"a": "é"}, "'a' is 'é'; expected text of printable ASCII"),
        ({"a": "b\r\nc: d"}, "expected text of printable ASCII"),
        ({"a": " b"}, "'a' is ' b'; expected text of printable ASCII, without spaces at its ends"),
        ({"a-bin": "b"}, "'a-bin' is 'b'; expected bytes, as the key ends in '-bin'"),
        ({"a": "b" * 3000}, "has 3001 bytes; expected at most 2048"),
    ],
)
def test_metadata_that_can_not_be_sent_are_refused(key, given, message):
    with pytest.raises(InvalidRule) as caught:
        Error(**{key: given})

    assert str(caught.value).startswith(f"{key}: ")
    assert message in str(caught.value)


def test_when_to_try_again_is_told_at_the_end():
    with pytest.raises(InvalidRule, match="can be sent, in 'trailing_metadata'"):
        Error(initial_metadata={"grpc-retry-pushback-ms": "5"})
